"""Networks of a skill: people lent for some hours at a time, so that the load is shared, and thanked for it."""
