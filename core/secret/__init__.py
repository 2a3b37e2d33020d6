"""The installation's key, and what is kept sealed with it."""
