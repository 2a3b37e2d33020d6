"""Papers of bookings over the API, and how they are numbered."""
