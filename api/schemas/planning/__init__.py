"""Runs, what came out of them, and what would be if."""
