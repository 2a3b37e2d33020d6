"""Whether an offer can be had in a period: it runs, its doors are open, and so much of it is left. Pure.

The rules are those of matching. For hours, all has to be free and the doors open as the family wants it. For whole
days, as a loan for days is asked for, what is fetched or works has to be free through all of them; a space, which is
lent by the hour, at some time when it is open. What is agreed counts, in part too: seats, things and percent.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import cache, cached_property
from itertools import chain
from math import inf
from uuid import UUID

from core.time.clock import STOCKHOLM
from core.time.interval import Interval, intersect
from marketplace.offers.models import Terms
from resources.availability import Claimed, Span, short_of
from resources.families.family import Doors
from resources.known_hours import Hours

LONGEST_LOOK = timedelta(days=366)
"""How far is looked where a period has no end."""
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit as one of a resource takes it: how much there is, how much one takes, and what is taken."""

    capacity: int
    amount: int
    taken: Sequence[Claimed]


@dataclass(frozen=True)
class Lent:
    """What is looked at of an offer; `during` where it does not run all of the time, `hours` by their key."""

    during: Interval | None
    terms: Terms
    doors: Doors
    least: int
    hours: UUID | None
    units: Sequence[Unit]

    @cached_property
    def _short(self) -> list[Span]:
        """When too little of it is left, by start."""
        if len(self.units) == 1:
            return list(self._short_of(self.units[0]))
        return sorted(chain.from_iterable(map(self._short_of, self.units)))

    def _short_of(self, unit: Unit) -> Iterable[Span]:
        return short_of(unit.capacity, self.least * unit.amount, unit.taken)

    def is_left(self, window: Interval) -> bool:
        """Tell whether enough of it is left through all of a time."""
        start, end = _minutes(window.start), _minutes(window.end)
        return not any(since < end and start < until for since, until in self._short)

    def left(self, window: Interval) -> list[Span]:
        """Return when in a time enough of it is left, the longest first."""
        free, end = _minutes(window.start), _minutes(window.end)
        found: list[Span] = []
        for since, until in self._short:
            if since >= end:
                break
            if since > free:
                found.append((free, since))
            free = max(free, until)
        if free < end:
            found.append((free, end))
        return sorted(found, key=_length)


class Rule:
    """Tells of one offer after the other whether it can be had in a time, of which `window` is yet to come."""

    def __init__(self, during: Interval, window: Interval, hours: Hours) -> None:
        self._whole = Interval(window.start, window.end or window.start + LONGEST_LOOK)
        self._needs_all = {doors for doors in Doors if needs_all(during, doors)}
        self._by_days = are_days(during)
        self._hours = hours
        self._opens_in_all = cache(self.opens)

    def __call__(self, lent: Lent) -> bool:
        if not lent.units:
            return False
        whole = self._whole
        within = [whole] if lent.during is None else intersect([whole], [lent.during])
        if lent.terms is Terms.HAND_OVER:  # it only has to change hands while the offer runs, and is gone then
            return any(lent.is_left(Interval(one.start, None)) for one in within)
        if lent.doors in self._needs_all:
            return within == [whole] and lent.is_left(whole) and self._opens_in_all(lent.doors, lent.hours)
        by_hour = lent.doors is Doors.THROUGHOUT
        free = (span for one in within for span in lent.left(one))
        return any(not by_hour or self._opens_within(lent.hours, _interval(span)) for span in free)

    def opening(self, hours: UUID | None) -> frozenset[Doors]:
        """Return how doors may be wanted with which something can be had whenever it `opens`."""
        return frozenset(doors for doors in Doors if self.opens(doors, hours))

    def minds_hours(self, doors: Doors) -> bool:
        """Tell whether it depends on opening hours whether something can be had whose family wants doors so."""
        if doors in self._needs_all:
            return not self._by_days and doors is not Doors.NEVER
        return doors is Doors.THROUGHOUT

    def opens(self, doors: Doors, hours: UUID | None) -> bool:
        """Tell whether something can be had that runs all of the time, and of which nothing is taken."""
        if not self.minds_hours(doors):
            return True
        whole = self._whole
        if doors not in self._needs_all:
            return self._opens_within(hours, whole)
        if doors is Doors.THROUGHOUT:
            return self._is_open(hours, whole)
        first, last = Interval(whole.start, whole.start + MINUTE), Interval(whole.limit - MINUTE, whole.limit)
        return self._is_open(hours, first) and self._is_open(hours, last)

    def _opens_within(self, hours: UUID | None, piece: Interval) -> bool:
        """Tell whether the doors are open at some of a time; never where the hours cannot be read."""
        known = self._hours[hours]
        return known is not None and known.opens_within(piece)

    def _is_open(self, hours: UUID | None, asked: Interval) -> bool:
        known = self._hours[hours]
        return known is not None and known.covers(asked)


def needs_all(during: Interval, doors: Doors) -> bool:
    """Tell whether what wants doors so has to be free through all of a time, and not only for some of it."""
    return during.end is not None and not (doors is Doors.THROUGHOUT and are_days(during))


def are_days(during: Interval) -> bool:
    """Tell whether a time is told by days: both ends are midnights in Sweden, or there is only one."""
    if during.end is None:
        return True
    return all(each.astimezone(STOCKHOLM).time() == time.min for each in (during.start, during.end))


def _minutes(moment: datetime | None) -> float:
    return inf if moment is None else moment.timestamp() / 60


def _interval(span: Span) -> Interval:
    start, end = (datetime.fromtimestamp(minutes * 60, UTC) for minutes in span)
    return Interval(start, end)


def _length(span: Span) -> float:
    return span[0] - span[1]
