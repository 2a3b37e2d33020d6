"""Mail out: notices in words, and the way to the mail server."""
