"""Photos of what can be lent: taken in, made anew in two sizes, kept in the database, and taken away."""
