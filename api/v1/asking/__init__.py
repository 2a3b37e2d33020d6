"""What stands around requests: what coordinators ask about them, and what somebody looks for again and again."""
