"""The integer program: presolve, interval rows, cuts, formulation, restriction, incumbent."""
