"""What the locks of a scenario fix: of each need what the run gave it, or the best of an offer that fits beside."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np

from marketplace.scenarios.solving.base import Base
from marketplace.scenarios.solving.changes import Lock
from matching.arrays.arrays import Arrays, Ints
from matching.arrays.conversion import problem_of
from matching.problem.errors import ProblemError
from matching.problem.fixed import FixedSet
from matching.problem.needs import Match
from matching.problem.problem import Problem

NONE = np.empty((0, 2), np.int64)


def fitting(base: Base, arrays: Arrays, locks: Mapping[int, Lock]) -> tuple[Ints, tuple[int, ...]]:
    """Return rows [option, amount] of what is fixed, and which of the locks find no room beside those before them."""
    if not locks:
        return NONE, ()
    asked = {n: _asked(base, arrays, lock) for n, lock in locks.items()}
    named = [option for demands in asked.values() for choices in demands for option, _ in choices]
    bare = replace(arrays, fixed=NONE, previous=NONE)
    problem = problem_of(replace(bare, forbidden=np.intersect1d(arrays.forbidden, named)), named)
    fixed: dict[Choice, Match] = {}
    unfitting = []
    for n, demands in asked.items():
        before = len(fixed)
        for choices in demands:
            fixed |= _first_that_fits(arrays, problem, fixed.values(), choices)
        if len(fixed) == before:
            unfitting.append(n)
    return np.array(list(fixed), np.int64).reshape(-1, 2), tuple(unfitting)


Choice = tuple[int, int]
"""An option and how much of it."""


def _asked(base: Base, arrays: Arrays, lock: Lock) -> list[list[Choice]]:
    """What could be fixed, the best first: for each demand of the need, or for each part of what the run gave it."""
    if lock.offer_id is None:
        return [[(option, amount)] for option, amount in base.taken_by(lock.need_id).tolist()]
    by_demand: dict[int, list[Choice]] = {}
    options = base.options_of(lock.offer_id, lock.need_id)
    for option, demand in zip(options.tolist(), base.demands_at(options).tolist(), strict=True):
        by_demand.setdefault(demand, []).append((option, int(min(arrays.most[option], arrays.amount[demand]))))
    return [sorted(choices, key=lambda choice: -int(arrays.score[choice[0]])) for choices in by_demand.values()]


def _first_that_fits(
    arrays: Arrays, problem: Problem, fixed: Iterable[Match], choices: list[Choice]
) -> dict[Choice, Match]:
    for option, amount in choices:
        need = int(np.searchsorted(arrays.option_from, option, side="right")) - 1
        match = Match(arrays.need_ids[need], arrays.option_ids[option], amount)
        every = FixedSet((*fixed, match), problem.unit_of, problem.need_of, problem.option_of)
        try:
            every.check(problem.forbidden, problem.alternatives)
        except ProblemError:
            continue
        return {(option, amount): match}
    return {}
