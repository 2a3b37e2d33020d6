"""Pages of hubs: what is on there, and registering for it."""
