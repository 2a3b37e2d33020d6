"""Wishes to try another employer, on the wire."""
