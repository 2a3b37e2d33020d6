"""The coordinator's board: a run at a glance, what is taken when, and what waits for whom."""
