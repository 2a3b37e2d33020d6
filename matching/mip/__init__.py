"""Block subproblems as they are solved: CP-SAT, linear programs, executors, replay."""
