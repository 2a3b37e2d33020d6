"""What the market holds, told in words: for pages, papers and the command line."""
