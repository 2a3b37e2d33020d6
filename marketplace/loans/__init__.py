"""Loans of people: which rules each follows, what both sides confirm, how it goes on and ends."""
