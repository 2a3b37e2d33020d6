"""What changes of a booking that is agreed on, on its page: it ends later, or some of it is missing."""
