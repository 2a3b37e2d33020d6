"""What if: a run's stored problem with some changes, solved again and never published; kept, compared, thrown away."""
