"""What can be lent: sites, spaces, furniture, vehicles; their units and the claims on them."""
