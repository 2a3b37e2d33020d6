"""Which days members of a hub plan or could come, whom they tell that, and which day each is told to come."""
