"""Organisations, offers, requests, planning, proposals, bookings, notices: where supply meets demand."""
