"""What is lent stays out for longer, if nothing else is booked then: the borrower asks, and the lender answers."""
