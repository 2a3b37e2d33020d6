"""Who comes to a hub without being a member: at an open house, or because a member has invited it."""
