"""What is on at a hub: activities that members initiate and its host sets, and the line for their seats."""
