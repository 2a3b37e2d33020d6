"""What those who were at a hub are asked: two questions, answered without a name."""
