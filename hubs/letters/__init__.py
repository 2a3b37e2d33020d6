"""Letters of a hub: the weekly one to its members, and the newsletter to whoever has asked for it."""
