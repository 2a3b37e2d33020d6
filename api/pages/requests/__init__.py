"""The pages of what is asked for."""
