"""Why each need got what it got, and what would change it."""
