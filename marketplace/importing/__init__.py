"""CSV files in: what they may hold, how they are read, and the errors in them. See `service.import_csv`."""
