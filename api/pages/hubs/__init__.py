"""Pages of hubs: what they are, joining them, who belongs to them, what is on there, and registering for it."""
