"""What people can do: skills, anonymous capacity cards, suitability and privacy."""
