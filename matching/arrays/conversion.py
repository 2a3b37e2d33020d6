"""Problems as arrays and back.

Both say the same, though not always in the same words: arrays forget the capacity of a unit that has pieces, a `max`
that is no limit, and which of the claims on a unit an interval is from.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np
from msgspec import UnsetType

from matching.arrays import structs
from matching.arrays.arrays import Arrays, Ints
from matching.arrays.builder import GrowingArrays, SomeNeeds, SomeUnits
from matching.arrays.unpacking import Unpacking
from matching.problem.needs import Claim, Forbidden, Match, Need, Option
from matching.problem.plan import Plan
from matching.problem.problem import Problem
from matching.problem.units import Interval, Piece, Unit

MOST_TIMES = 100_000


def arrays_of(problem: Problem) -> Arrays:
    """The problem as arrays."""
    growing = GrowingArrays()
    growing.add_units(SomeUnits.of(problem.units))
    growing.add_needs(SomeNeeds.of(problem.needs))
    return with_agreements(growing.arrays(problem.name, problem.seed, problem.stability), problem)


def problem_of(arrays: Arrays, options: Ints | Sequence[int] | None = None) -> Problem:
    """The problem that the arrays say, with all of its needs; of the options only those at these positions, if given.

    Options that are fixed, forbidden or previous are always kept.
    """
    given = np.arange(len(arrays.option_ids)) if options is None else np.asarray(options, dtype=np.int64)
    kept = np.concatenate([given, arrays.fixed[:, 0], arrays.forbidden, arrays.previous[:, 0]])
    need_ids = list(arrays.need_ids)
    return problem_with(
        arrays,
        kept,
        name=arrays.name,
        seed=arrays.seed,
        stability=arrays.stability,
        together=tuple(tuple(need_ids[need] for need in group) for group in arrays.together),
        alternatives=tuple(tuple(need_ids[need] for need in group) for group in arrays.alternatives),
        fixed=matches_at(arrays, arrays.fixed),
        forbidden=tuple(Forbidden(*pair) for pair in _pairs(arrays, arrays.forbidden)),
        previous=matches_at(arrays, arrays.previous),
    )


def relevant(arrays: Arrays, plan: Plan) -> Problem:
    """All of the problem that it takes to check the plan: of the options those that it or an agreement names."""
    return problem_of(arrays, options_at(arrays, plan.matches))


def problem_with(arrays: Arrays, options: Ints, **rest: Any) -> Problem:
    """The problem of the arrays' units and needs, with these of their options, and the rest of its fields as given."""
    unpacking, interval = Unpacking(arrays), lru_cache(MOST_TIMES)(Interval)  # most options want one of a few times
    needs = unpacking.needs(range(len(arrays.need_ids)), np.unique(options))
    return Problem(units=tuple(map(_unit, unpacking.units())), needs=tuple(_need(n, interval) for n in needs), **rest)


def _unit(unit: structs.Unit) -> Unit:
    pieces, position = unit.available, unit.position
    return Unit(
        id=unit.id,
        capacity=unit.capacity,
        available=None
        if isinstance(pieces, UnsetType)
        else tuple(Piece(piece.start, piece.end, piece.capacity) for piece in pieces),
        position=None if isinstance(position, UnsetType) else position,
    )


def _need(need: structs.Need, interval: Callable[[int, int], Interval]) -> Need:
    options = (
        Option(
            id=option.id,
            score=option.score,
            max=option.max or None,
            claims=tuple(
                Claim(claim.unit, claim.amount, tuple(interval(time.start, time.end) for time in claim.during))
                for claim in option.claims
            ),
        )
        for option in need.options
    )
    return Need(need.id, need.value, need.amount, tuple(options), need.parts or 1)


def with_agreements(arrays: Arrays, problem: Problem) -> Arrays:
    """The arrays with the groups and choices of the problem, all of whose needs and options they have."""
    need_at = {id_: position for position, id_ in enumerate(arrays.need_ids)}
    return replace(
        arrays,
        together=tuple(tuple(need_at[need] for need in group) for group in problem.together),
        alternatives=tuple(tuple(need_at[need] for need in group) for group in problem.alternatives),
        fixed=amounts_at(arrays, problem.fixed),
        forbidden=options_at(arrays, problem.forbidden),
        previous=amounts_at(arrays, problem.previous),
    )


def options_at(arrays: Arrays, choices: Iterable[Match | Forbidden]) -> Ints:
    """Where the chosen options are, in the order of the choices; those that there are not are left out."""
    need_at = {id_: position for position, id_ in enumerate(arrays.need_ids)}
    first = arrays.option_from.tolist()
    named = ((need_at[choice.need], choice.option) for choice in choices if choice.need in need_at)
    found = (arrays.option_ids.find(option, first[need], first[need + 1]) for need, option in named)
    return np.array([option for option in found if option is not None], dtype=np.int64)


def amounts_at(arrays: Arrays, matches: Sequence[Match]) -> Ints:
    """Rows [option, amount] of the matches, all of whose options the arrays have."""
    amounts = np.array([match.amount for match in matches], dtype=np.int64)
    return np.column_stack([options_at(arrays, matches), amounts])


def matches_at(arrays: Arrays, rows: Ints) -> tuple[Match, ...]:
    """The matches that rows [option, amount] say."""
    pairs = _pairs(arrays, rows[:, 0])
    return tuple(Match(*pair, amount) for pair, amount in zip(pairs, rows[:, 1].tolist(), strict=True))


def _pairs(arrays: Arrays, options: Ints) -> list[tuple[str, str]]:
    """The ids of need and option."""
    needs = np.searchsorted(arrays.option_from, options, side="right") - 1
    return [
        (arrays.need_ids[need], arrays.option_ids[option])
        for need, option in zip(needs.tolist(), options.tolist(), strict=True)
    ]
