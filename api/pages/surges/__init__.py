"""Pages about help in a crisis."""
