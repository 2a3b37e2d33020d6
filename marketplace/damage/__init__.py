"""What whoever scans the label of a thing says is wrong with it, without being anybody here."""
