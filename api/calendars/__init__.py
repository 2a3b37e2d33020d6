"""Bookings as iCalendar (RFC 5545). No other room knows that format."""
