"""Papers of bookings: the agreement, its addenda, their numbers, and what was signed."""
