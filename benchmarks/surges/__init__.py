"""How soon an alert has a plan, and an answer to a call counts."""
