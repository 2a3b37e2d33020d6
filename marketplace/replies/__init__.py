"""Answers by mail: what may be answered so, and what becomes of a reply."""
