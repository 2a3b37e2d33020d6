"""What can be had in a time, kept by all that decides it: a page is turned and a list narrowed for the same time.

No answer can be stale or somebody else's: it is given for what is read anew each time, as text, which is what is lent
and how much of it is taken when, and for opening hours by their key, which changes with them.
"""

from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy.dialects.postgresql import Range
from sqlmodel import Session

from core.time.interval import Interval, from_range
from marketplace.offers.models import Terms
from marketplace.offers.sought.free_time import Lent, Rule, Unit
from resources.availability import Claimed
from resources.families import family_of
from resources.families.family import Doors
from resources.known_hours import hours_by_key

MOST_TIMES, MOST_BYTES = 16, 1_000_000
"""Of which answers are kept, and how much is kept of each: some 20 MB in all."""
_EACH = 300
"""What an answer takes beside the text that it is kept by."""


class Thing(NamedTuple):
    """What is looked at of offers that are alike; `hours` by their key, `units` as JSON."""

    terms: Terms
    during: Range | None  # type: ignore[type-arg]
    family: str
    kind: str
    hours: str | None
    units: str

    def lent(self, least: int) -> Lent:
        """Return it as the rule looks at it, when so much is asked for."""
        family = family_of(self.family)
        return Lent(
            during=None if self.during is None else from_range(self.during),
            terms=self.terms,
            doors=family.doors,
            least=least if family.counts(self.kind) else 1,
            hours=_uuid(self.hours),
            units=[
                Unit(capacity, amount, _taken(taken)) for capacity, amount, taken in msgspec.json.decode(self.units)
            ],
        )


class Answers:
    """The answers about one time, of which `window` is yet to come."""

    def __init__(self, during: Interval, window: Interval) -> None:
        self._time = during, window
        self._opens: dict[str | None, frozenset[Doors]] = {}
        self._free: dict[tuple[Thing, int], bool] = {}
        self._bytes = 0

    def given(
        self, session: Session, keys: Iterable[str | None], things: Iterable[Thing], least: int
    ) -> tuple[Mapping[str | None, frozenset[Doors]], Mapping[Thing, bool]]:
        """Return what can be had with opening hours, by how it wants doors, and which things, in so large an amount.

        One query where there are opening hours that this process has not read yet.
        """
        opens: dict[str | None, Any] = {key: self._opens.get(key) for key in keys}
        free: dict[Thing, Any] = {thing: self._free.get((thing, least)) for thing in things}
        unseen = [key for key, told in opens.items() if told is None]
        unknown = [thing for thing, told in free.items() if told is None]
        if unseen or unknown:
            asked = {*unseen, *(thing.hours for thing in unknown)}
            hours = hours_by_key(session, {UUID(key) for key in asked if key})
            rule = Rule(*self._time, hours)
            found = {key: rule.opening(_uuid(key)) for key in unseen}
            told = {thing: rule(thing.lent(least)) for thing in unknown}
            opens.update(found)
            free.update(told)
            self._keep(found, told, least, {str(key) for key, each in hours.items() if each is None})
        return opens, free

    def _keep(
        self,
        opens: Mapping[str | None, frozenset[Doors]],
        free: Mapping[Thing, bool],
        least: int,
        unread: Collection[str],
    ) -> None:
        """Keep answers, but for those about opening hours that could not be read: they may have changed meanwhile."""
        self._bytes += _EACH * (len(opens) + len(free)) + sum(len(thing.units) for thing in free)
        if self._bytes <= MOST_BYTES:
            self._opens.update((key, told) for key, told in opens.items() if key not in unread)
            self._free.update(((thing, least), told) for thing, told in free.items() if thing.hours not in unread)


answers = lru_cache(MOST_TIMES)(Answers)


def _uuid(key: str | None) -> UUID | None:
    return UUID(key) if key else None


def _taken(told: str | None) -> list[Claimed]:
    """Return what is taken, from the text of an array of arrays."""
    return _CLAIMED.decode(told.replace("{", "[").replace("}", "]")) if told else []


_CLAIMED = msgspec.json.Decoder(list[Claimed])
