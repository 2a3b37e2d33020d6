"""The first plan takes the columns of the largest primal average, and bundles of the largest gain first."""

import numpy as np

from matching.arrays.conversion import arrays_of
from matching.dual.multipliers import Multipliers
from matching.model.formulation import Formulation, formulate
from matching.model.incumbent import Incumbent
from matching.search.construction import construct
from tests.matching.build import need, option, problem


def rooms(*values: int) -> Formulation:
    """Needs of these values, each in room a or, at the same score, in room b; there is one of each."""
    needs = [need(f"n{n}", option("a"), option("b"), value=value) for n, value in enumerate(values)]
    return formulate(arrays_of(problem(*needs, units={"a": 1, "b": 1})))


def first_plan(f: Formulation, multipliers: Multipliers) -> Incumbent:
    incumbent = Incumbent(f)
    construct(incumbent, multipliers, lambda _: False)
    return incumbent


def test_of_options_that_are_worth_the_same_the_most_frequent_is_taken() -> None:
    f = rooms(100, 90)
    multipliers = Multipliers(f)
    assert first_plan(f, multipliers).amounts.tolist() == [1, 0, 0, 1]
    # The first need has been in b more often; columns are a and b of the first, then of the second.
    multipliers.primal_average = np.array([0.2, 0.8, 0.5, 0.5])
    assert first_plan(f, multipliers).amounts.tolist() == [0, 1, 1, 0]


def test_those_worth_most_are_served_where_there_is_not_room_for_all() -> None:
    f = rooms(80, 100, 90)
    assert first_plan(f, Multipliers(f)).served.tolist() == [False, True, True]


def test_who_gets_a_room_is_in_most_passes() -> None:
    f = rooms(100, 90, 80)
    multipliers = Multipliers(f)
    multipliers.ascend(None, lambda: False)
    # Two rooms for three: the multipliers come near 80, where the last is indifferent and the others want one each.
    taken = multipliers.primal_average.reshape(3, 2).sum(axis=1)
    assert taken[0] > 0.9
    assert taken[1] > 0.9
    assert taken[2] < 0.9
