"""Pages of a hub's members for meeting others: who they are, which day to come, introductions, and coffee."""
