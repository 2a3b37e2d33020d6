"""Pages of one's own wishes to try another employer."""
