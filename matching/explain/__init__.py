"""Reasons: what a choice costs others, what blocks a need, what differs between two plans."""
