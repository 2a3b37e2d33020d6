"""What if: drafts of a run with changes, what they come to, and several side by side."""
