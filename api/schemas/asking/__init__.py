"""Questions about skills, and who answers for a card of its own, on the wire."""
