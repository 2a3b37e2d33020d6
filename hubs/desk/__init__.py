"""The community manager's desk: who is new, who has not been seen, and who should meet whom."""
