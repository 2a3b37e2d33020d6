"""Coffee rounds: who has coffee with whom this time, so that people meet who have not met before."""
