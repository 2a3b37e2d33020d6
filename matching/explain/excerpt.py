"""What of a large problem it takes to say what other choices for a need would cost, without building all of it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matching.arrays.arrays import Arrays, Bools, Ints
from matching.arrays.conversion import options_at, problem_of
from matching.arrays.graphs import components, grow
from matching.problem.needs import Match
from matching.problem.problem import Problem

MOST_OPTIONS = 4000
"""A component of a problem that has so many options can be solved again within seconds."""
MOST_NEEDS = 400
"""Up to how many needs around the one that is asked about keep all of their options in a larger one. Those who hold
something that it could take always do."""


@dataclass(frozen=True, slots=True, eq=False)
class Excerpt:
    """All needs of a problem, some with all of their options, the others with what they take.

    Every plan of it is one of the problem, so that what it says a choice costs is at least what it costs; and no less
    where `whole` says that it has every option that the choice could touch.
    """

    problem: Problem
    whole: bool


def excerpt(
    arrays: Arrays,
    matches: Sequence[Match],
    needs: Sequence[str],
    most_options: int = MOST_OPTIONS,
    most_needs: int = MOST_NEEDS,
) -> Excerpt:
    """All that choices for some needs could touch, or at least what is near them where that is too much."""
    taken = options_at(arrays, matches)
    need_at = {id_: position for position, id_ in enumerate(arrays.need_ids)}
    asked = np.array([need_at[need] for need in needs])
    inside = _connected(arrays, asked)
    whole = int(np.diff(arrays.option_from)[inside].sum()) <= most_options
    if not whole:
        inside = _near(arrays, taken, asked, most_needs)
    kept = np.flatnonzero(np.repeat(inside, np.diff(arrays.option_from)))
    return Excerpt(problem_of(arrays, np.union1d(kept, taken)), whole)


def _connected(arrays: Arrays, asked: Ints) -> Bools:
    """The needs that units they could take, or groups, connect with those asked about, however indirectly."""
    needs, units = len(arrays.need_ids), len(arrays.unit_ids)
    pairs = [(group[0], other) for group in (*arrays.together, *arrays.alternatives) for other in group[1:]]
    grouped = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    one = np.concatenate((_owner(arrays), grouped[:, 0]))
    other = np.concatenate((needs + arrays.claim_unit, grouped[:, 1]))
    component = components(one, other, needs + units)[:needs]
    return np.isin(component, component[asked])


def _owner(arrays: Arrays) -> Ints:
    """The need of each claim."""
    return np.searchsorted(arrays.option_from, arrays.claim_option, side="right") - 1


def _near(arrays: Arrays, taken: Ints, asked: Ints, most: int) -> Bools:
    """Those who hold a unit that the needs could take, whenever that is, then theirs in turn; a ring at a time."""
    owner, is_taken = _owner(arrays), np.zeros(len(arrays.score), dtype=bool)
    is_taken[taken] = True
    held = is_taken[arrays.claim_option]

    def beside(ring: list[int]) -> list[int]:
        near = np.zeros(len(arrays.need_ids), dtype=bool)
        near[ring] = True
        wanted = np.zeros(len(arrays.unit_ids), dtype=bool)
        wanted[arrays.claim_unit[near[owner]]] = True
        near[owner[held & wanted[arrays.claim_unit]]] = True
        found: list[int] = np.flatnonzero(_with_groups(arrays, near)).tolist()
        return found

    def admit(inside: list[int], fresh: list[int]) -> list[int]:
        return fresh if len(inside) == len(start) or len(inside) + len(fresh) <= most else []

    near = np.zeros(len(arrays.need_ids), dtype=bool)
    near[asked] = True
    start: list[int] = np.flatnonzero(_with_groups(arrays, near)).tolist()
    near[grow(start, beside(start), beside, admit)] = True
    return near


def _with_groups(arrays: Arrays, inside: Bools) -> Bools:
    """The needs with those that go together with them or against them."""
    wider = inside.copy()
    for group in (*arrays.together, *arrays.alternatives):
        members = np.array(group)
        if inside[members].any():
            wider[members] = True
    return wider
