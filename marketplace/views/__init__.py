"""What is read across aggregates to be shown together."""
