"""Bytes of a file into rows of text, and cells into values."""
