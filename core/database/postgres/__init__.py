"""The PostgreSQL server itself: started where there is none, its roles, its schema."""
