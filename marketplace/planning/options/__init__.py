"""What each candidate is worth: one scored option for each way to serve a need."""
