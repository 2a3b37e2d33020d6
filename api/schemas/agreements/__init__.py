"""What is agreed on, on the wire: proposals, the bookings they become, and what is lent by either."""
