"""Calendars that a member subscribes to: the page of them, and what calendar programs fetch."""
