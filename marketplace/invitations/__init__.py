"""Invitations of calendars to what is booked, rooms' own and members', and what becomes of rooms' answers (iTIP)."""
