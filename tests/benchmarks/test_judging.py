from dataclasses import replace

import numpy as np
import pytest

from benchmarks.harness.judging import judged
from benchmarks.markets.markets import market
from matching.arrays.conversion import problem_of
from matching.problem.checker import value
from matching.problem.needs import Match
from matching.search.serial import first_come_first_served

ARRAYS = market(120, options=6, bundles=0.2, alternatives=0.1, pieces=0.3, fixed=0.1, previous=0.5)
TAKEN = first_come_first_served(ARRAYS).taken


def matches(taken):
    owner = np.searchsorted(ARRAYS.option_from, taken[:, 0], side="right") - 1
    names = zip(owner.tolist(), taken.tolist(), strict=True)
    return [Match(ARRAYS.need_ids[need], ARRAYS.option_ids[option], amount) for need, (option, amount) in names]


def test_the_worth_is_what_the_checker_says():
    assert judged(ARRAYS, TAKEN)[0] == value(problem_of(ARRAYS), matches(TAKEN))


def test_what_is_fixed_may_not_be_left_out():
    with pytest.raises(ValueError, match=r"fixed|amounts"):
        judged(ARRAYS, TAKEN[~np.isin(TAKEN[:, 0], ARRAYS.fixed[:, 0])])


def test_nothing_forbidden_is_taken():
    with pytest.raises(ValueError, match="forbidden"):
        judged(replace(ARRAYS, forbidden=TAKEN[:1, 0]), TAKEN)


def test_less_than_the_amount_is_nothing():
    several = np.flatnonzero(TAKEN[:, 1] > 1)[0]
    less = TAKEN.copy()
    less[several, 1] -= 1
    with pytest.raises(ValueError, match="amounts"):
        judged(ARRAYS, less)


def test_all_of_a_group_or_none():
    owner = np.searchsorted(ARRAYS.option_from, TAKEN[:, 0], side="right") - 1
    fixed = np.searchsorted(ARRAYS.option_from, ARRAYS.fixed[:, 0], side="right") - 1
    free = [group for group in ARRAYS.together if not np.isin(group, fixed).any() and np.isin(group, owner).all()]
    with pytest.raises(ValueError, match="together"):
        judged(ARRAYS, TAKEN[owner != free[0][0]])


def test_no_more_than_the_capacity():
    owner = np.repeat(np.arange(120), np.diff(ARRAYS.option_from))
    some = np.unique(owner, return_index=True)[1]
    everything = np.column_stack([some, ARRAYS.amount[owner[some]]])
    greedy = replace(ARRAYS, most=ARRAYS.amount[owner], fixed=ARRAYS.fixed[:0], together=(), alternatives=())
    with pytest.raises(ValueError, match="capacity"):
        judged(greedy, everything)
