"""Help in a crisis on the wire."""
