"""Half-open stretches of time in UTC, and sums, cuts and differences of lists of them.

A list of intervals that goes *in* to `intersect`, `subtract`, `covers` and `overlaps` is sorted and has no
overlaps, as `union` makes it. What comes out is the same.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy.dialects.postgresql import Range

from core.errors import BadInput

BEGINNING = datetime.min.replace(tzinfo=UTC)
FOREVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Interval:
    """The time from `start` up to but not including `end`; without an end it goes on for good.

    Any aware instants may be given; they are kept in UTC, where subtraction gives real elapsed time.

    Raises
    ------
    BadInput
        An instant lacks its UTC offset, or `end` is not after `start`.
    """

    start: datetime
    end: datetime | None

    def __post_init__(self) -> None:
        object.__setattr__(self, "start", utc("start", self.start))
        if self.end is not None:
            object.__setattr__(self, "end", utc("end", self.end))
        if self.limit <= self.start:
            raise BadInput("end", self.end, f"it ends before it starts: it has to be after {self.start.isoformat()}")

    @property
    def limit(self) -> datetime:
        """The end, or the end of the calendar where there is none: for comparing."""
        return FOREVER if self.end is None else self.end


def utc(field: str, moment: datetime) -> datetime:
    """Return an aware `moment` in UTC.

    Raises
    ------
    BadInput
        It has no UTC offset. The error names `field`.
    """
    if moment.tzinfo is None:
        raise BadInput(field, moment, "it has no UTC offset: write for example 2026-11-21T08:00:00Z")
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise BadInput(field, moment, "it is outside the calendar: use a year from 1 to 9999") from error


def union(*lists: Iterable[Interval]) -> list[Interval]:
    """Return all time that is in any of the lists, sorted; pieces that overlap or touch become one."""
    joined: list[Interval] = []
    for piece in sorted((piece for pieces in lists for piece in pieces), key=lambda piece: piece.start):
        if joined and piece.start <= joined[-1].limit:
            joined[-1] = _interval(joined[-1].start, max(joined[-1].limit, piece.limit))
        else:
            joined.append(piece)
    return joined


def intersect(a: Sequence[Interval], b: Sequence[Interval]) -> list[Interval]:
    """Return the time that is in both `a` and `b`."""
    common: list[Interval] = []
    i = j = 0
    while i < len(a) and j < len(b):
        start, end = max(a[i].start, b[j].start), min(a[i].limit, b[j].limit)
        if start < end:
            common.append(_interval(start, end))
        if a[i].limit <= b[j].limit:
            i += 1
        else:
            j += 1
    return common


def subtract(a: Sequence[Interval], b: Sequence[Interval]) -> list[Interval]:
    """Return the time that is in `a` but not in `b`."""
    return intersect(a, list(_gaps(b)))


def overlaps(a: Sequence[Interval], b: Sequence[Interval]) -> bool:
    """Say whether `a` and `b` have any moment in common; to touch is not to overlap."""
    return bool(intersect(a, b))


def total_minutes(intervals: Iterable[Interval]) -> int:
    """Return the length of the intervals together in whole minutes.

    Raises
    ------
    BadInput
        One has no end.
    """
    total = timedelta()
    for interval in intervals:
        if interval.end is None:
            raise BadInput("end", None, "an interval without an end has no length: cut it to a period first")
        total += interval.end - interval.start
    return total // timedelta(minutes=1)


def to_range(interval: Interval) -> Range[datetime]:
    """Return the interval as a value for a PostgreSQL `tstzrange` column."""
    return Range(interval.start, interval.end, bounds="[)")


def from_range(stored: Range[datetime]) -> Interval:
    """Return a stored `tstzrange` as an interval.

    Raises
    ------
    BadInput
        It is empty, has no start or is not "[)".
    """
    if stored.lower is None or stored.bounds != "[)":
        raise BadInput("range", stored, "it has to be a half-open range with a start, as in [start, end)")
    return Interval(stored.lower, stored.upper)


def _gaps(intervals: Iterable[Interval]) -> Iterator[Interval]:
    """Yield all time, from the beginning to for ever, that is in none of the sorted intervals."""
    since = BEGINNING
    for interval in intervals:
        if since < interval.start:
            yield _interval(since, interval.start)
        since = interval.limit
    if since < FOREVER:
        yield _interval(since, FOREVER)


def _interval(start: datetime, end: datetime) -> Interval:
    return Interval(start, None if end == FOREVER else end)
