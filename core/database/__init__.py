"""One PostgreSQL: sessions and commits, migrations, lifecycles, audit and what many tables share."""
