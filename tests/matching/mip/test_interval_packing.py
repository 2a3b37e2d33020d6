"""The best of one unit over time, against every choice of small random ones and against CP-SAT."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.mip import cp_sat
from matching.mip.block_mip import Constraints
from matching.mip.interval_packing import SLOTS, IntervalPacking, best
from matching.mip.limits import Limits


def packing(seed: int, columns: int, rows: int, largest: int) -> IntervalPacking:
    random = np.random.default_rng(seed)
    low = random.integers(0, rows, columns)
    return IntervalPacking(
        gain=random.integers(-3, 20, columns),
        load=random.integers(1, largest + 1, columns),
        low=low,
        high=random.integers(low + 1, rows + 1),
        capacity=random.integers(0, 2 * largest, rows),
    )


def fits(of: IntervalPacking, taken: np.ndarray) -> bool:
    inside = (of.low[:, None] <= np.arange(len(of.capacity))) & (np.arange(len(of.capacity)) < of.high[:, None])
    return bool(((taken * of.load) @ inside <= of.capacity).all())


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.integers(0, 2**32), st.integers(0, 8), st.integers(1, 6), st.sampled_from([1, 3, 100]))
def test_it_finds_the_best_of_all_choices(seed: int, columns: int, rows: int, largest: int) -> None:
    of = packing(seed, columns, rows, largest)
    found, _ = best(of)
    choices = (np.array(choice, dtype=np.int64) for choice in product((0, 1), repeat=columns))
    assert found is not None
    assert fits(of, found)
    assert of.gain @ found == max(of.gain @ choice for choice in choices if fits(of, choice))


@pytest.mark.parametrize("seed", range(3))
def test_it_finds_what_cp_sat_finds(seed: int) -> None:
    of, constraints = packing(seed, 40, 12, 100), Constraints()
    entries = [(row, column) for column in range(40) for row in range(of.low[column], of.high[column])]
    row, column = np.array(entries).T
    constraints.add(row, column, of.load[column], 0, of.capacity)
    ones = np.ones(40, dtype=np.int64)
    mip = constraints.mip(of.gain, ones, 0 * ones, 60.0, 1)
    searched, swept = (cp_sat.solve(replace(mip, by_time=by_time), Limits(None)) for by_time in (False, True))
    assert swept.bound == searched.bound == mip.gain @ swept.values


def test_what_is_too_wide_is_given_up() -> None:
    ones = np.ones(SLOTS + 1, dtype=np.int64)
    wide = IntervalPacking(ones, ones, 0 * ones, ones, np.array([1]))
    assert best(wide)[0] is None
    assert best(packing(1, 30, 3, 3), most_states=4)[0] is None


def test_a_block_that_is_not_of_one_unit_keeps_its_hint_and_proves_nothing() -> None:
    constraints, ones = Constraints(), np.ones(2, dtype=np.int64)
    constraints.add(np.array([0, 0, 1, 2]), np.array([0, 1, 1, 0]), np.array([1, 2, 1, 1]), 0, np.array([2, 1, 1]))
    mip = replace(constraints.mip(9 * ones, ones, np.array([1, 0]), 1.0, 1), by_time=True)
    result = cp_sat.solve(mip, Limits(None))
    assert (result.values.tolist(), result.bound) == ([1, 0], 18)
