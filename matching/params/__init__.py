"""What steers a run: what a caller wants of it, and the constants that the search was tuned with.

Work is counted in *deterministic seconds*, CP-SAT's own measure: about a second of one core, and the same for the same
search on any machine. Points are those of the problem's values and scores.
"""
