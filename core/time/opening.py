"""Opening hours: rules in local time, and what they come to in real instants over real dates.

Errors name a field as it is called in the JSON form, for example ``weekly.mo[0].untilTime``.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache, partial
from itertools import pairwise
from typing import TypeVar

import numpy as np
from holidays import country_holidays
from holidays.constants import DE_FACTO, PUBLIC
from numpy.typing import NDArray

from core.errors import BadInput, InvalidParameter
from core.time import reading
from core.time.clock import STOCKHOLM
from core.time.interval import Interval, union

T = TypeVar("T")

WEEKDAYS = ("mo", "tu", "we", "th", "fr", "sa", "su")
DATE = r"\d{4}-\d{2}-\d{2}"


def _minute(at: time) -> int:
    return at.hour * 60 + at.minute


def _clock(at: time, *, end: bool = False) -> str:
    return "24:00" if end and at == time.min else f"{at:%H:%M}"


@lru_cache(maxsize=20_000)
def local_instant(day: date, at: time, *, end: bool = False) -> datetime:
    """Return a local time on a date in UTC.

    A time that the clock passes twice is the first pass for a start and the second for an end. A time that the clock
    jumps over is the moment of the jump, which in Sweden is on a whole hour.
    """
    first, second = (datetime.combine(day, at.replace(fold=n), STOCKHOLM).astimezone(UTC) for n in (0, 1))
    if second < first:
        return first.replace(minute=0)
    return second if end else first


def local_span(first: date, from_time: time, last: date, until_time: time) -> tuple[datetime, datetime]:
    """Return the instants from a local time on one day until one on another; until 00:00 is the end of the last day.

    Raises
    ------
    BadInput
        The clock is put forward past all of it.
    """
    last_day = last + timedelta(days=1) if until_time == time.min else last
    start, end = local_instant(first, from_time), local_instant(last_day, until_time, end=True)
    if start == end and (first, from_time) < (last_day, until_time):
        hours = f"{_clock(from_time)}-{_clock(until_time, end=True)}"
        raise BadInput("fromTime", hours, f"there is no {hours} on {first}, when the clock is put forward")
    return start, end


@dataclass(frozen=True, slots=True, order=True)
class Hours:
    """A stretch of a day in local time, to the minute; `until_time` 00:00 means the end of the day, 24:00.

    Raises
    ------
    BadInput
        It does not end after it starts, or a time has seconds or a zone of its own.
    """

    from_time: time
    until_time: time

    def __post_init__(self) -> None:
        for name, at in (("fromTime", self.from_time), ("untilTime", self.until_time)):
            if at != time(at.hour, at.minute):
                raise BadInput(name, at, "it has to be a local time in whole minutes, such as 08:00")
        if self.until_minute <= _minute(self.from_time):
            raise BadInput("untilTime", str(self), "it ends before it starts: the end has to be after the start")

    def __str__(self) -> str:
        return f"{_clock(self.from_time)}-{_clock(self.until_time, end=True)}"

    @property
    def from_minute(self) -> int:
        """Minutes from 00:00 to the start by the clock on the wall."""
        return _minute(self.from_time)

    @property
    def until_minute(self) -> int:
        """Minutes from 00:00 to the end by the clock on the wall, 1 to 1440."""
        return _minute(self.until_time) or 24 * 60

    def on(self, day: date) -> Interval | None:
        """Return the real time between these clock times on a date; None if the clock jumps over all of it."""
        return _on(day, self.from_time, self.until_time)


@lru_cache(20_000)
def _on(day: date, from_time: time, until_time: time) -> Interval | None:
    """Remembered: thousands of needs and doors have the same few hours on the same dates."""
    start = local_instant(day, from_time)
    last_day = day + timedelta(days=1) if until_time == time.min else day
    end = local_instant(last_day, until_time, end=True)
    return Interval(start, end) if start < end else None


WHOLE_DAY = Hours(time.min, time.min)


def in_order(field: str, hours: Iterable[Hours]) -> tuple[Hours, ...]:
    """Return the hours of a day sorted.

    Raises
    ------
    BadInput
        Two of them overlap. The error names `field`.
    """
    ordered = tuple(sorted(hours))
    for one, following in pairwise(ordered):
        if _minute(following.from_time) < one.until_minute:
            raise BadInput(field, f"{one}, {following}", "hours of the same day overlap: make them one")
    return ordered


@dataclass(frozen=True, slots=True)
class Deviation:
    """Other hours than usual from `first` through `last`; no hours means closed."""

    first: date
    last: date
    hours: tuple[Hours, ...] = ()

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise BadInput(
                "last", self.last.isoformat(), f"it ends before it starts: it has to be {self.first} or later"
            )
        object.__setattr__(self, "hours", in_order("hours", self.hours))


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """Weekly hours in Sweden with deviations.

    `weekly` has seven entries, Monday first. A date follows the last of the `exceptions` that names it; otherwise
    it is closed if it is a holiday and `closed_on_holidays`; otherwise it follows its weekday.

    Raises
    ------
    BadInput
        There are not seven weekdays, or hours of the same day overlap.
    """

    weekly: tuple[tuple[Hours, ...], ...]
    exceptions: tuple[Deviation, ...] = ()
    closed_on_holidays: bool = False
    _turns: tuple[list[int], list[int]] = field(init=False, repr=False, compare=False)
    """From which days on, in order, which of the exceptions holds until the next of these, or -1 for none."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "_turns", _turns(self.exceptions))
        if len(self.weekly) != len(WEEKDAYS):
            raise BadInput("weekly", len(self.weekly), "it has to have seven weekdays, Monday first")
        weekly = tuple(in_order(f"weekly.{day}", hours) for day, hours in zip(WEEKDAYS, self.weekly, strict=True))
        object.__setattr__(self, "weekly", weekly)

    def on(self, day: date) -> tuple[Hours, ...]:
        """Return the hours that hold on a date; of many dates in a row `on_days` is quicker."""
        days, which = self._turns
        exception = which[bisect_right(days, day.toordinal()) - 1] if days else -1
        if exception >= 0:
            return self.exceptions[exception].hours
        return () if self.closed_on_holidays and is_holiday(day) else self.weekly[day.weekday()]

    def on_days(self, first: date, count: int) -> list[tuple[Hours, ...]]:
        """Return the hours that hold on so many dates in a row."""
        kinds = self.kinds_of_days
        return [kinds[kind] for kind in self.kind_on_days(first, count).tolist()]

    @property
    def kinds_of_days(self) -> Sequence[tuple[Hours, ...]]:
        """The hours that different days may have: the weekdays, none, and those of each deviation."""
        return [*self.weekly, (), *(each.hours for each in self.exceptions)]

    def kind_on_days(self, first: date, count: int) -> NDArray[np.int64]:
        """Return which of the kinds of days each of so many dates in a row is, (count,)."""
        kind = (first.weekday() + np.arange(count)) % len(WEEKDAYS)
        if self.closed_on_holidays:
            kind[_holidays_among(first, count)] = len(WEEKDAYS)
        days, which = self._turns
        start = first.toordinal()
        for place in range(max(bisect_right(days, start) - 1, 0), bisect_left(days, start + count)):
            if which[place] >= 0:
                end = days[place + 1] - start  # the last turn is back to the usual
                kind[max(days[place] - start, 0) : max(end, 0)] = len(WEEKDAYS) + 1 + which[place]
        return kind

    def open_intervals(self, first: date, last: date) -> list[Interval]:
        """Return when it is open in local dates `first` through `last`; hours that touch become one interval."""
        of_days = self.on_days(first, (last - first).days + 1)
        found = (hours.on(first + timedelta(days=n)) for n, of_day in enumerate(of_days) for hours in of_day)
        return union(interval for interval in found if interval is not None)

    def opens_within(self, asked: Interval) -> bool:
        """Tell whether it is open at some of a time, looking only as far as it takes to find that it is."""
        start, end = asked.start, asked.limit
        first = start.astimezone(STOCKHOLM).date()
        if self._opens_on(first, start, end):
            return True
        last = end.astimezone(STOCKHOLM).date()
        if last == first:
            return False
        if self._opens_on(last, start, end):
            return True
        opens = np.fromiter(map(bool, self.kinds_of_days), bool)[self.kind_on_days(first, (last - first).days)]
        return any(self._opens_on(first + timedelta(days=n), start, end) for n in np.flatnonzero(opens).tolist())

    def _opens_on(self, day: date, start: datetime, end: datetime) -> bool:
        for hours in self.on(day):
            stretch = hours.on(day)
            if stretch is not None and stretch.start < end and start < stretch.limit:
                return True
        return False

    def covers(self, asked: Interval) -> bool:
        """Tell whether it is open throughout a time, looking only as far as it takes to find that it is not."""
        open_until, end = asked.start, asked.limit
        day = open_until.astimezone(STOCKHOLM).date()
        while True:
            reached = open_until
            for hours in self.on(day):
                stretch = hours.on(day)
                if stretch is None:
                    continue
                if stretch.start > open_until:
                    return False
                open_until = max(open_until, stretch.limit)
                if open_until >= end:
                    return True
            if open_until == reached:
                return False
            day += timedelta(days=1)


def _turns(exceptions: Sequence[Deviation]) -> tuple[list[int], list[int]]:
    """Return the days at which it changes which exception holds, so that a day is found without trying each."""
    first_days = {each.first.toordinal() for each in exceptions}
    days = sorted(first_days | {each.last.toordinal() + 1 for each in exceptions})
    place = {day: number for number, day in enumerate(days)}
    which = [-1] * len(days)
    for number, each in enumerate(exceptions):  # the last that names a day holds
        first, after = place[each.first.toordinal()], place[each.last.toordinal() + 1]
        which[first:after] = [number] * (after - first)
    return days, which


ALWAYS_OPEN = OpeningHours(weekly=((WHOLE_DAY,),) * 7)


def is_holiday(day: date) -> bool:
    """Say whether a date is a Swedish public holiday, or Midsummer, Christmas or New Year's Eve.

    The Annual Leave Act (SFS 1977:480, section 7) treats those eves as holidays, and offices are closed. An ordinary
    Sunday is not one: whether it is open on Sundays is for the weekly hours to say.
    """
    return day in _holidays(day.year)


@cache
def _holidays(year: int) -> frozenset[date]:
    found = country_holidays("SE", years=year, categories=(PUBLIC, DE_FACTO), include_sundays=False)
    return frozenset(found)


@lru_cache(maxsize=1000)
def _holidays_among(first: date, count: int) -> list[int]:
    """Which of so many dates in a row are holidays."""
    years = range(first.year, (first + timedelta(days=max(count - 1, 0))).year + 1)
    numbers = sorted((day - first).days for year in years for day in _holidays(year))
    return [number for number in numbers if 0 <= number < count]


# The JSON form, as it stands in a jsonb column and in the API.


def to_json(opening: OpeningHours) -> dict[str, object]:
    """Return opening hours as plain JSON data that `from_json` reads."""
    return {
        "weekly": {day: _spans(hours) for day, hours in zip(WEEKDAYS, opening.weekly, strict=True) if hours},
        "exceptions": [
            {"first": each.first.isoformat(), "last": each.last.isoformat(), "hours": _spans(each.hours)}
            for each in opening.exceptions
        ],
        "closedOnHolidays": opening.closed_on_holidays,
    }


def from_json(value: object) -> OpeningHours:
    """Return opening hours from JSON data; a weekday that is left out is closed.

    Raises
    ------
    BadInput
        Something in it is wrong; the error names the field.
    """
    data = read_object(value, required=("weekly",), optional=("exceptions", "closedOnHolidays"))
    weekly = _within("weekly", lambda week: read_object(week, optional=WEEKDAYS), data["weekly"])
    closed_on_holidays = data.get("closedOnHolidays", False)
    if not isinstance(closed_on_holidays, bool):
        raise BadInput("closedOnHolidays", closed_on_holidays, "it has to be true or false")
    return OpeningHours(
        weekly=tuple(_each(f"weekly.{day}", read_hours, weekly.get(day, [])) for day in WEEKDAYS),
        exceptions=_each("exceptions", _read_deviation, data.get("exceptions", [])),
        closed_on_holidays=closed_on_holidays,
    )


def hours_to_json(hours: Hours) -> dict[str, object]:
    """Return hours as the two JSON fields `fromTime` and `untilTime`."""
    return {"fromTime": _clock(hours.from_time), "untilTime": _clock(hours.until_time, end=True)}


def _spans(hours: Iterable[Hours]) -> list[dict[str, object]]:
    return [hours_to_json(each) for each in hours]


def read_hours(value: object) -> Hours:
    """Return a stretch of a day from JSON data.

    Raises
    ------
    BadInput
        Something in it is wrong; the error names the field.
    """
    data = read_object(value, required=("fromTime", "untilTime"))
    start, end = data["fromTime"], data["untilTime"]
    return stretch(start, end) if isinstance(start, str) and isinstance(end, str) else _read_stretch(data)


@lru_cache(maxsize=10_000)
def stretch(start: str, end: str) -> Hours:
    """Return a stretch of a day from its two times as JSON has them; the same few stand in the hours of most sites.

    Raises
    ------
    BadInput
        One of them is no time, or they are not in order.
    """
    return _read_stretch({"fromTime": start, "untilTime": end})


def _read_stretch(data: Mapping[str, object]) -> Hours:
    return Hours(read_time(data, "fromTime"), read_time(data, "untilTime", end=True))


def _read_deviation(value: object) -> Deviation:
    data = read_object(value, required=("first", "last", "hours"))
    return Deviation(read_date(data, "first"), read_date(data, "last"), _each("hours", read_hours, data["hours"]))


def _each(field: str, read: Callable[[object], T], value: object) -> tuple[T, ...]:
    if not isinstance(value, list):
        raise BadInput(field, value, "it has to be a list")
    return tuple(_within(f"{field}[{n}]", read, each) for n, each in enumerate(value))


def _within(field: str, read: Callable[[object], T], value: object) -> T:
    """Read a part of the JSON data, naming the part if it is wrong."""
    try:
        return read(value)
    except BadInput as error:
        raise error.under(field) from error


def read_object(value: object, required: Sequence[str] = (), optional: Sequence[str] = ()) -> Mapping[str, object]:
    """Return `value` as a JSON object that has the required fields and none but these.

    Raises
    ------
    BadInput
        It is no object, lacks a required field, or has another one.
    """
    allowed = (*required, *optional)
    if not isinstance(value, dict):
        raise BadInput("", value, f"it has to be an object with {', '.join(allowed)}")
    faults = [
        InvalidParameter(str(field), value[field], f"there is no such field: use {', '.join(allowed)}")
        for field in value
        if field not in allowed
    ]
    faults += [InvalidParameter(field, None, "it is missing") for field in required if field not in value]
    if faults:
        raise BadInput.of(faults)
    return value


def read_date(data: Mapping[str, object], field: str) -> date:
    """Return the date in a field, written 2026-11-21.

    Raises
    ------
    BadInput
        It is no text, no date, or written in another way.
    """
    return _told_of(field, reading.read_date, data[field])


def read_time(data: Mapping[str, object], field: str, *, end: bool = False) -> time:
    """Return the local time in a field, written 08:00 (or 8, 8:00, 08.00); 24:00 is allowed for an end."""
    return _told_of(field, partial(reading.read_clock, end=end), data[field])


def _told_of(field: str, read: Callable[[str], T], value: object) -> T:
    try:
        return read(value if isinstance(value, str) else "")
    except BadInput as error:
        raise BadInput(field, value, error.parameters[0].reason) from error
