"""What is looked for among offers: words, and what can be had in a time, each looked up once for all statements."""
