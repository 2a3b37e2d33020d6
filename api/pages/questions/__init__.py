"""Pages of questions about skills: asking, answering, and what one answers questions about."""
