"""The pages of proposals: what is suggested, and why."""
