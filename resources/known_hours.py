"""Opening hours by their key, read once by each process, for questions about thousands of things.

The key says what the hours are: when they change, so does it.
"""

from collections.abc import Collection, Mapping
from threading import Lock
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Text, cast, func, select, union
from sqlmodel import Session, col

from core.database.tables import among
from core.time.opening import ALWAYS_OPEN, OpeningHours
from resources.models import Resource, Site
from resources.queries import hours_of

MOST_STRETCHES = 500_000
"""That a process keeps, some 50 MB: of 20,000 places with the usual hours, or of a thousand that have all they may."""

Hours = Mapping[UUID | None, OpeningHours | None]
"""None where they cannot be read; the key None has what is always open."""


def hours_key() -> ColumnElement[UUID | None]:
    """Return the key of a resource's own hours, else of those of its site, null where it is always open."""
    return func.coalesce(col(Resource.hours_key), col(Site.hours_key))


def hours_by_key(session: Session, keys: Collection[UUID]) -> Hours:
    """Return opening hours by their keys; one query where there are some that this process has not read yet."""
    known = _known.hours
    found = {key: known[key] for key in keys if key in known}
    missing = [key for key in keys if key not in found]
    if missing:
        read = {key: hours_of(stored) for key, stored in session.execute(_BY_KEY, {"keys": missing})}
        _known.keep(read)
        found |= read
    return found | {None: ALWAYS_OPEN}


def _of(table: type[Resource | Site]) -> Select[UUID | None, str]:
    key = col(table.hours_key)
    wanted = among(key, "keys")
    return select(key, cast(col(table.opening_hours), Text)).where(wanted)


_BY_KEY = union(_of(Resource), _of(Site))


class _Known:
    """What was read, until it is too much."""

    def __init__(self) -> None:
        self.hours: dict[UUID, OpeningHours | None] = {}
        self._stretches = 0
        self._lock = Lock()

    def keep(self, read: dict[UUID, OpeningHours | None]) -> None:
        with self._lock:
            self._stretches += sum(map(_stretches, read.values()))
            if self._stretches > MOST_STRETCHES:
                self.hours, self._stretches = {}, sum(map(_stretches, read.values()))
            self.hours = self.hours | read


def _stretches(hours: OpeningHours | None) -> int:
    return sum(1 + len(each) for each in hours.kinds_of_days) if hours else 1


_known = _Known()
