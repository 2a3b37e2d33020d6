"""What the product tells those who run it: logs, figures and traces. None of it has anybody's data."""
