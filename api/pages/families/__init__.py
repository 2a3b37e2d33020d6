"""Forms and words of any family, made from its specification."""
