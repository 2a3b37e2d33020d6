"""What a hub is: a site with zones, its manifesto and house rules, who has which role there, and when all may come."""
