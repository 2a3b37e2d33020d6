"""Mail out while workers and the mail server are killed."""
