"""What an organisation lists of its own: its sites, what it can lend, and photos of it."""
