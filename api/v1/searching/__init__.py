"""Looking for offers: what can be asked for, how many there are of what, and searches that are saved."""
