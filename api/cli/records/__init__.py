"""Commands about what is kept: the audit, personal data, and how long; and runs that a worker does."""
