"""Opening hours on the wire: the same JSON as `core.opening` reads and writes."""

from datetime import date
from typing import Any, Self

import msgspec
from msgspec import field

from api.schemas.base import Wire
from api.schemas.needs import LocalTime, Weekday
from core.time import opening


class Hours(Wire):
    """A stretch of a day in local time."""

    from_time: LocalTime
    until_time: LocalTime


class Deviation(Wire):
    """Other hours than usual from `first` through `last`; no hours means closed."""

    first: date
    last: date
    hours: list[Hours] = field(default_factory=list)


class OpeningHours(Wire):
    """Weekly hours in Sweden with deviations; a weekday that is left out is closed."""

    weekly: dict[Weekday, list[Hours]]
    exceptions: list[Deviation] = field(default_factory=list)
    closed_on_holidays: bool = False

    @classmethod
    def example(cls) -> Self:
        """Return office hours."""
        hours = [Hours(from_time="08:00", until_time="17:00")]
        return cls(weekly={"mo": hours, "tu": hours, "we": hours, "th": hours, "fr": hours}, closed_on_holidays=True)

    def value(self) -> opening.OpeningHours:
        """Return them as a value, or raise `BadInput`."""
        return opening.from_json(msgspec.to_builtins(self, str_keys=True))


def opening_out(stored: dict[str, Any] | None) -> OpeningHours | None:
    """Return stored opening hours as the API shows them."""
    return msgspec.convert(stored, OpeningHours) if stored else None
