"""A made-up market of any size over the real municipalities, for trying things and for measuring them."""
