"""What papers of bookings say, by templates, and the pages on which they are made, fetched and come back signed."""
