"""When a booking takes something: its dates, by the clock of Sweden, and what each is known by in calendars."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from core.time.clock import STOCKHOLM
from core.time.interval import from_range
from resources.models import Claim


@dataclass(frozen=True)
class Occurrence:
    """When a booking takes something, once, by the clock of Sweden; `cancelled_at` where it does so no longer.

    Without an end it is handed over for good: what is in a calendar then is the day of that.
    """

    start: datetime
    end: datetime | None
    cancelled_at: datetime | None

    @property
    def is_whole_days(self) -> bool:
        """Whether it lasts from midnight to midnight, or has no end."""
        return self.end is None or (self.start.time() == self.end.time() == time.min)

    @property
    def days(self) -> tuple[date, date]:
        """The first day, and the one after the last."""
        first = self.start.date()
        return first, self.end.date() if self.end else first + timedelta(days=1)


def occurrences(claims: Iterable[Claim]) -> list[Occurrence]:
    """Return when a booking's claims take what they take: those that start together are one date of it."""
    starting: defaultdict[datetime, list[Claim]] = defaultdict(list)
    for each in claims:
        starting[from_range(each.during).start].append(each)
    return [_occurrence(start, together) for start, together in sorted(starting.items())]


def uid_of(booking_id: UUID, start: datetime) -> str:
    """Return what a date is known by in every calendar, whatever else of the booking is changed."""
    return f"{booking_id}-{start.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _occurrence(start: datetime, claims: Sequence[Claim]) -> Occurrence:
    ends = [from_range(each.during).end for each in claims]
    known = [each.astimezone(STOCKHOLM) for each in ends if each is not None]
    released = [each.released_at for each in claims if each.released_at is not None]
    return Occurrence(
        start.astimezone(STOCKHOLM),
        max(known) if len(known) == len(ends) else None,
        max(released) if len(released) == len(claims) else None,
    )
