"""Hubs: places where people of many organisations meet."""
