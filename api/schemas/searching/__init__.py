"""Looking for offers, on the wire."""
