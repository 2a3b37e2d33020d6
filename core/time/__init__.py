"""Instants, intervals, opening hours and weekly patterns: local-time rules over real dates."""
