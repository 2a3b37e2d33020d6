"""Pages about capacity cards for those who say yes to them: the employee, the manager, HR."""
