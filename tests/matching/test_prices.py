"""Prices come near those of the linear program, which scipy's HiGHS solves from the formulation itself."""

import numpy as np
import pytest
from scipy.optimize import linprog
from scipy.sparse import coo_array, vstack

from benchmarks.assignments import assignment
from platsverket.matching import segments
from platsverket.matching.arrays import Arrays
from platsverket.matching.conversion import arrays_of
from platsverket.matching.formulation import Formulation, formulate
from platsverket.matching.prices import improving
from platsverket.matching.response import Market

from .build import need, option, problem
from .market import market


def stores() -> Arrays:
    """Forty needs of chairs, each from at most two of four stores: the smallest have the best scores."""
    stores = [option(f"s{s}", score=4 - s, most=6 + 5 * s) for s in range(4)]
    needs = [need(f"n{n}", *stores, value=200 + 10 * n, amount=10 + n % 11, parts=2) for n in range(40)]
    return arrays_of(problem(*needs, units={f"s{s}": 60 + 40 * s for s in range(4)}))


def relaxed(f: Formulation) -> float:
    """The best value if needs could be served, and columns taken, in part: of one need a bundle, without stability."""
    columns, needs, rows = len(f.option), len(f.need), len(f.capacity)
    cell, column = segments.places(f.cell_from[:-1], f.cell_from[1:])
    row, of_cell = segments.places(f.low[cell], f.high[cell])
    loads = coo_array((f.load[cell][of_cell], (row, column[of_cell])), shape=(rows, columns + needs))
    parts = coo_array((1 / f.most, (f.owner, np.arange(columns))), shape=(needs, columns + needs))
    full = coo_array(
        (
            np.concatenate((np.ones(columns), -f.missing)),
            (np.concatenate((f.owner, np.arange(needs))), np.arange(columns + needs)),
        )
    )
    found = linprog(
        -np.concatenate((f.score, f.value)),
        A_ub=vstack([loads, parts]),
        b_ub=np.concatenate((f.capacity, f.parts)),
        A_eq=full,
        b_eq=np.zeros(needs),
        bounds=np.column_stack((np.zeros(columns + needs), np.concatenate((f.most, np.ones(needs))))),
    )
    return f.base - float(found.fun)


@pytest.mark.parametrize(
    "arrays",
    [arrays_of(market(150)), assignment(8, 80, kind="D"), stores()],
    ids=["market", "assignment at least cost", "stores of chairs"],
)
def test_prices_come_near_those_of_the_linear_program(arrays: Arrays) -> None:
    formulation = formulate(arrays)
    prices = Market(formulation)
    nothing = np.zeros(len(prices.capacity))
    bound = min(float(response.bound) for _, response in improving(prices, nothing))
    best, free = relaxed(formulation), float(prices.respond(nothing).bound)

    # Of all that prices can take off the bound at most a twentieth is missing.
    assert best - 1e-6 <= bound <= best + (free - best) / 20
