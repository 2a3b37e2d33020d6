"""Synthetic national markets."""
