"""What is lost is missing where it was promised to others: lender and borrower are told, and the borrower decides."""
