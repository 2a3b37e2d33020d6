"""Labels of what there is at hubs."""
