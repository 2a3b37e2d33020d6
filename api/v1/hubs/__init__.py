"""Hubs: what they are, which organisations are members, and which of their people."""
