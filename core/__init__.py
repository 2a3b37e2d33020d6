"""What every room stands on: settings, database, clock, time, place, errors, jobs, audit, actor."""
