"""Organisations that leave and come back, and whom that concerns."""
