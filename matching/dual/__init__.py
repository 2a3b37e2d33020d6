"""Bounds from multipliers: Lagrangian relaxation, subgradient and block ascent, decomposition."""
