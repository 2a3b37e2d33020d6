"""Short lists of what is looked through when something is handed over and when it comes back."""
