"""Measures how good the optimiser is and how long it takes; see docs/benchmarks.md."""
