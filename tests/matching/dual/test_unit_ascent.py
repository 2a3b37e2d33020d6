"""Units that are knapsacks are solved exactly, which proves what no linear program over their rows can."""

import numpy as np
import pytest

from benchmarks.contestants import linear
from benchmarks.markets.people import people_market
from matching.arrays.conversion import arrays_of
from matching.dual.multipliers import Multipliers
from matching.dual.unit_ascent import UnitAscent, knapsacks
from matching.mip import cp_sat
from matching.mip.limits import Limits
from matching.model.formulation import Formulation, formulate
from matching.model.incumbent import Incumbent
from tests.matching.build import claim, need, option, problem


def bounds(f: Formulation, passes: int) -> tuple[int, list[int]]:
    """The bound of multipliers, and those of so many passes."""
    multipliers = Multipliers(f)
    multipliers.ascend(None, lambda: False)
    ascent, found = UnitAscent(Incumbent(f), multipliers), []
    for _ in range(passes):
        for units in ascent.batches():
            ascent.take(ascent.relaxation, units, cp_sat.solve(ascent.mip(units, 1), Limits(None)))
        found.append(ascent.relaxation.bound)
        ascent.step()
    return multipliers.bound, found


@pytest.mark.parametrize("tight", [False, True])
def test_people_in_percent_are_bounded_lower_than_by_the_linear_program(tight: bool) -> None:
    arrays = people_market(60, tight=tight)
    by_multipliers, by_passes = bounds(formulate(arrays), 30)
    assert by_passes[0] < by_multipliers
    assert min(by_passes) < linear.bound(arrays, "highs")


def test_three_of_sixty_percent_do_not_fit_into_two_people() -> None:
    anybody = [option(f"by-{unit}", claim(unit, amount=60)) for unit in ("a", "b")]
    arrays = arrays_of(problem(*(need(f"n{n}", *anybody) for n in range(3)), units={"a": 100, "b": 100}))
    by_multipliers, by_passes = bounds(formulate(arrays, cuts=()), 30)
    relaxed = linear.bound(arrays, "highs")
    assert by_multipliers >= relaxed > min(by_passes) >= linear.whole(arrays).bound


def test_only_units_of_which_columns_take_several_at_once_are_knapsacks() -> None:
    room, pool = need("n0", option("room"), value=9), need("n1", option("room"), option("pool"), value=9, amount=2)
    other = need("n2", option("pool"), value=9, amount=3)
    f = formulate(arrays_of(problem(room, pool, other, units={"room": 1, "pool": 4})))
    assert knapsacks(f).tolist() == [False, True]


def test_a_pass_ends_where_no_unit_is_a_knapsack() -> None:
    rooms = [need(f"n{n}", option("a"), option("b"), value=100) for n in range(3)]
    f = formulate(arrays_of(problem(*rooms, units={"a": 1, "b": 1})))
    assert UnitAscent(Incumbent(f), Multipliers(f)).batches() == []
    assert np.count_nonzero(knapsacks(f)) == 0
