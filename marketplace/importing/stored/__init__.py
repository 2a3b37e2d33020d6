"""What the market has, as the rows that a file says it with: what an export writes, and an import compares with."""
