"""Opening hours from the JSON that they are stored as: what `opening.from_json` reads, for thousands of them."""

from datetime import date

import msgspec
from msgspec import Struct

from core.errors import BadInput
from core.time import opening
from core.time.opening import WEEKDAYS, Deviation, Hours, OpeningHours, stretch


class _Stretch(Struct, rename="camel", forbid_unknown_fields=True):
    from_time: str
    until_time: str


class _Deviation(Struct, forbid_unknown_fields=True):
    first: date
    last: date
    hours: list[_Stretch]


class _Opening(Struct, rename="camel", forbid_unknown_fields=True):
    weekly: dict[str, list[_Stretch]]
    exceptions: list[_Deviation] = []
    closed_on_holidays: bool = False


_read = msgspec.json.Decoder(_Opening).decode


def from_stored(stored: str | bytes) -> OpeningHours:
    """Return opening hours from their JSON.

    Raises
    ------
    BadInput, ValueError
        They are none: stored by a version that is not ours, or damaged.
    """
    try:
        return _opening(_read(stored))
    except (msgspec.ValidationError, BadInput):  # as it was written before, or by hand; or wrong, which that tells
        return opening.from_json(msgspec.json.decode(stored))


def _opening(found: _Opening) -> OpeningHours:
    if not found.weekly.keys() <= set(WEEKDAYS):
        raise BadInput("weekly", list(found.weekly), f"it has to be an object with {', '.join(WEEKDAYS)}")
    return OpeningHours(
        weekly=tuple(_hours(found.weekly.get(day, [])) for day in WEEKDAYS),
        exceptions=tuple(Deviation(each.first, each.last, _hours(each.hours)) for each in found.exceptions),
        closed_on_holidays=found.closed_on_holidays,
    )


def _hours(stored: list[_Stretch]) -> tuple[Hours, ...]:
    return tuple(stretch(each.from_time, each.until_time) for each in stored)
