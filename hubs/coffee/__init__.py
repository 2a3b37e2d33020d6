"""Rounds of coffee at a hub: who takes part has coffee with somebody else each time, as `hubs.pairing` chooses."""
