"""What members of a hub say of themselves, each part to whom they choose, and whom they want to meet."""
