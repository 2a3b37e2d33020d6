"""What is kept of whom, why and for how long; what forgets it, and what one person may ask for."""
