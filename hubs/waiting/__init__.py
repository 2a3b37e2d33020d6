"""Who gets a seat when there are too few: first come, first served, groups whole, and nobody passed by unknowingly."""
