"""What is left of a unit over real dates: its opening hours, less what is taken. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import inf

import numpy as np
from numpy.typing import NDArray

from core.time.interval import BEGINNING, FOREVER, Interval, intersect, overlaps
from core.time.opening import OpeningHours


@dataclass(frozen=True, slots=True)
class Taken:
    """An amount of a unit that is taken for some time."""

    amount: int
    interval: Interval


@dataclass(frozen=True, slots=True, eq=False)
class MinutesTaken:
    """What is taken of a unit, in any order: half-open stretches of whole minutes since 1970, each with its amount."""

    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    amounts: NDArray[np.int64]


Span = tuple[float, float]
"""From a minute since 1970 up to another; `math.inf` where there is none."""
Claimed = tuple[int, float, float]
"""How much is taken in which span."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Some time during which `capacity` of a unit can be had."""

    interval: Interval
    capacity: int


def pieces(
    opening: OpeningHours,
    during: Interval,
    claims: Iterable[Taken],
    capacity: int,
    *,
    first: date,
    last: date,
) -> list[Piece]:
    """Return what can be had in local dates `first` through `last`: open, within `during`, and not taken.

    The pieces are in order, do not overlap, and have some capacity each.
    """
    return left(intersect(opening.open_intervals(first, last), [during]), claims, capacity)


def left(intervals: Sequence[Interval], claims: Iterable[Taken], capacity: int) -> list[Piece]:
    """Return what is not taken in sorted intervals that do not overlap, in pieces as `pieces` makes them."""
    return list(_within(intervals, list(_left(claims, capacity))))


def short_of(capacity: int, amount: int, claims: Sequence[Claimed]) -> Iterator[Span]:
    """Yield when less than an amount is left of a capacity, by start; all time if it never has so much."""
    if capacity < amount:
        yield -inf, inf
        return
    if all(taken > capacity - amount for taken, _, _ in claims):  # as of all that is taken whole
        yield from sorted([(start, end) for _, start, end in claims])
        return
    running, since = 0, None
    changes = [change for taken, start, end in claims for change in ((start, taken), (end, -taken))]
    for at, change in sorted(changes):  # what ends does so before what begins then
        running += change
        if since is None and running > capacity - amount:
            since = at
        elif since is not None and running <= capacity - amount:
            yield since, at
            since = None


def peak(claims: Iterable[Taken], during: Interval) -> int:
    """Return the most that is taken at once in any moment of `during`."""
    return busiest(claims, during)[0]


def busiest(claims: Iterable[Taken], during: Interval) -> tuple[int, datetime]:
    """Return the most that is taken at once in `during`, and the first moment in which it is."""
    changes = _changes(taken for taken in claims if overlaps([taken.interval], [during]))
    running, most, moment = 0, 0, during.start
    for at in sorted(changes):
        running += changes[at]
        if running > most and at < during.limit:
            most, moment = running, max(at, during.start)
    return most, moment


def _left(claims: Iterable[Taken], capacity: int) -> Iterator[Piece]:
    """Yield what is left of a capacity over all time."""
    since, left = BEGINNING, capacity
    changes = _changes(claims)
    for at in sorted(changes):
        if left > 0:
            yield Piece(Interval(since, at), left)
        since, left = at, left - changes[at]
    if left > 0 and since < FOREVER:
        yield Piece(Interval(since, None), left)


def _changes(claims: Iterable[Taken]) -> dict[datetime, int]:
    """Return by how much the amount taken changes at each moment at which it does."""
    changes: dict[datetime, int] = defaultdict(int)
    for taken in claims:
        changes[taken.interval.start] += taken.amount
        changes[taken.interval.limit] -= taken.amount
    return {at: change for at, change in changes.items() if change}


def _within(intervals: Sequence[Interval], left: Sequence[Piece]) -> Iterator[Piece]:
    """Cut sorted pieces to sorted intervals, passing once over both."""
    i = j = 0
    while i < len(intervals) and j < len(left):
        for common in intersect([intervals[i]], [left[j].interval]):
            yield Piece(common, left[j].capacity)
        if intervals[i].limit <= left[j].interval.limit:
            i += 1
        else:
            j += 1
