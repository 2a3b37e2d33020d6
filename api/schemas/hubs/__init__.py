"""Hubs on the wire, with who belongs to them."""
