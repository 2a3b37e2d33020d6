"""A run from its queue to its published proposals."""
