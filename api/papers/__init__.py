"""The papers of a booking: what they say, in words, from a template."""
