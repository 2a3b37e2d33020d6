"""Wishes of employees to try another employer: their own alone until they ask HR about a need that fits."""
