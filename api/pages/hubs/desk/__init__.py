"""Pages for the community manager of a hub."""
