"""Reasons: what a choice costs others, and which excerpt or region of the problem it takes to say so."""
