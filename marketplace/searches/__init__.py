"""Searches that members have saved: each is told once of every offer that newly fits."""
