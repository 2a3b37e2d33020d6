"""What every answer of the web and the API shares: who asks, how errors, pages and repeats are answered."""
