"""Networks and working groups of members of hubs: who is in them, from whichever hub."""
