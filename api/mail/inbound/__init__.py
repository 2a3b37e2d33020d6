"""Mail in: one door for all of it, and by its address what it is for."""
