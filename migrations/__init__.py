"""The database's schema and its changes."""
