"""Opening hours as they are stored, read once by each process: many places have the same, and thousands are asked for.

The database keeps a key beside hours that says what they are: when they change, so does it. What a list shows of them
is the next deviations: what one party has stored must not fill the answers of others.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from threading import Lock
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, CompoundSelect, Select, Text, cast, func, select, union
from sqlmodel import Session, col

from core.database.tables import among
from core.errors import BadInput
from core.limits import MOST_DEVIATIONS_LISTED
from core.time import clock, opening, opening_stored
from core.time.opening import ALWAYS_OPEN, Deviation, OpeningHours
from resources.models import Resource, Site

MOST_STRETCHES = 500_000
"""That a process keeps, some 50 MB: of 20,000 places with the usual hours, or of a thousand that have all they may."""

Hours = Mapping[UUID | None, OpeningHours | None]
"""None where they cannot be read; the key None has what is always open."""


@dataclass(frozen=True, slots=True, eq=False)
class ListedHours:
    """The JSON of opening hours with their next deviations only, and whether that leaves some out.

    There is one for all that have the same hours, so that what is made of it may be kept, too.
    """

    stored: dict[str, Any] | None = None
    shortened: bool = False


NO_HOURS = ListedHours()


def hours_of(stored: str | bytes | None) -> OpeningHours | None:
    """Return opening hours from their JSON, always open where there are none; None if they cannot be read."""
    if stored is None or stored in {"null", "{}"}:
        return ALWAYS_OPEN
    try:
        return read_hours(stored)
    except (BadInput, ValueError, TypeError, KeyError, AttributeError):
        return None


@lru_cache(maxsize=5000)
def read_hours(stored: str | bytes) -> OpeningHours:
    """Return opening hours from their JSON, each read once; raises as `opening_stored.from_stored`."""
    return opening_stored.from_stored(stored)


def hours_key() -> ColumnElement[UUID | None]:
    """Return the key of a resource's own hours, else of those of its site, null where it is always open."""
    return func.coalesce(col(Resource.hours_key), col(Site.hours_key))


def hours_keys() -> CompoundSelect[str]:
    """Return the SELECT of the keys of all opening hours that are stored, as text."""
    return _KEYS


def hours_by_key(session: Session, keys: Collection[UUID]) -> Hours:
    """Return opening hours by their keys; one query where there are some that this process has not read yet."""
    known = _known.hours
    found = {key: known[key] for key in keys if key in known}
    missing = [key for key in keys if key not in found]
    if missing:
        read = {key: hours_of(stored) for key, stored in session.execute(_BY_KEY, {"keys": missing})}
        _known.keep(read)
        found |= dict.fromkeys(missing) | read  # some may have been changed since their key was read
    return found | {None: ALWAYS_OPEN}


def hours_listed(session: Session, keys: Collection[UUID | None]) -> Mapping[UUID | None, ListedHours]:
    """Return opening hours as a list shows them, by their keys; nothing where there are none or they cannot be read."""
    today = clock.today()
    known = hours_by_key(session, {key for key in keys if key is not None})
    return {key: _known.listed(key, hours, today) if key and hours else NO_HOURS for key, hours in known.items()}


def _of(table: type[Resource | Site]) -> Select[UUID | None, str]:
    key = col(table.hours_key)
    wanted = among(key, "keys")
    return select(key, cast(col(table.opening_hours), Text)).where(wanted)


_BY_KEY = union(_of(Resource), _of(Site))


_KEYS = union(
    *(select(cast(col(each.hours_key), Text)).where(col(each.hours_key).is_not(None)) for each in (Resource, Site))
)


class _Known:
    """What was read, until it is too much."""

    def __init__(self) -> None:
        self.hours: dict[UUID, OpeningHours | None] = {}
        self._listed: dict[tuple[UUID, date], ListedHours] = {}
        self._stretches = 0
        self._lock = Lock()

    def keep(self, read: dict[UUID, OpeningHours | None]) -> None:
        with self._lock:
            more = sum(map(_stretches, read.values()))
            if self._stretches + more > MOST_STRETCHES:
                self.hours, self._listed, self._stretches = {}, {}, 0
            self.hours = self.hours | read
            self._stretches += more

    def listed(self, key: UUID, hours: OpeningHours, today: date) -> ListedHours:
        found = self._listed.get((key, today))
        if found is None:
            found = _listed(hours, today)
            with self._lock:
                self._listed[key, today] = found
                self._stretches += MOST_DEVIATIONS_LISTED
        return found


def _stretches(hours: OpeningHours | None) -> int:
    return sum(1 + len(each) for each in hours.kinds_of_days) if hours else 1


def _listed(hours: OpeningHours, today: date) -> ListedHours:
    """Return hours with the deviations that are to come next, in the order in which they are stored."""
    to_come = [each for each in hours.exceptions if each.last >= today]
    soonest = sorted(to_come, key=_first)[:MOST_DEVIATIONS_LISTED]
    kept = tuple(each for each in to_come if each in soonest)
    shown = OpeningHours(hours.weekly, kept, hours.closed_on_holidays)
    return ListedHours(opening.to_json(shown), len(kept) < len(hours.exceptions))


def _first(deviation: Deviation) -> date:
    return deviation.first


_known = _Known()
