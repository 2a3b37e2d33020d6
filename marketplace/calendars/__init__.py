"""Calendars that members subscribe to: each by an address that nobody guesses, and with what its owner may see now."""
