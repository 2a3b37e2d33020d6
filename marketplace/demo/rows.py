"""Rows that wait to be written, in the order that foreign keys ask for, many at a time."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session, SQLModel

from competence.models import StaffCapacity, StaffSkill
from marketplace.offers.models import Offer
from marketplace.organisations.models import Member, Organisation
from marketplace.requests.models import Need, Request
from resources.models import Resource, ResourceUnit, Site, Unit

ORDER: tuple[type[SQLModel], ...] = (
    Organisation,
    Member,
    Site,
    Resource,
    StaffCapacity,
    StaffSkill,
    Unit,
    ResourceUnit,
    Offer,
    Request,
    Need,
)
AT_ONCE = 5000

Progress = Callable[[int, int], None]
"""Told how many rows are written, of how many."""


class Rows:
    """Rows by their table."""

    def __init__(self) -> None:
        self._waiting: dict[type[SQLModel], list[Mapping[str, Any]]] = defaultdict(list)

    def add(self, row: type[SQLModel], **values: Any) -> None:
        """Let a row wait."""
        self._waiting[row].append(values)

    def count(self, row: type[SQLModel]) -> int:
        """Return how many rows of a table wait."""
        return len(self._waiting[row])

    def write(self, session: Session, progress: Progress) -> None:
        """Write all that waits."""
        total, written = sum(map(len, self._waiting.values())), 0
        for row in ORDER:
            waiting = self._waiting[row]
            for start in range(0, len(waiting), AT_ONCE):
                batch = waiting[start : start + AT_ONCE]
                # Without it, rows with and without an empty column would go in separate statements, thousands of them.
                session.execute(insert(row), batch, execution_options={"render_nulls": True})
                written += len(batch)
                progress(written, total)
