"""Pages of what one is told, here and by mail."""
