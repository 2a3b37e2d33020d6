"""From options to the problem that is solved, and from the plan back to what will be proposed."""
