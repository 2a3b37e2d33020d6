"""What is asked and what is answered: the problem, the plan and the checker."""
