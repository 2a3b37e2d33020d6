"""The yeses to a capacity card: the employee agrees, the manager approves, HR decides."""
