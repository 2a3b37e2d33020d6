"""What goes between organisations as a whole: people's days given and taken, and what is wanted and not to be had."""
