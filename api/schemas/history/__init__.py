"""What happened to things, and cases."""
