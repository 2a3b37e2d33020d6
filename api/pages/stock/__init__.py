"""What an organisation has in store: what is looked through as it goes out and comes back, and how much is there."""
