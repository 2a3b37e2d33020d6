"""Busy times in: calendars that an owner keeps elsewhere are read on a schedule, and become the owner's claims."""
