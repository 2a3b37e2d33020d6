"""Pages of who takes part, and of where what they lend stands."""
