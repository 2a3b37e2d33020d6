"""When a need wants something: one fixed time, any time in a window, a weekly pattern, or a period of whole days.

Errors name a field as it is called in the JSON form, for example ``durationMin``.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from core.errors import BadInput, Faults, InvalidParameter
from core.time import years
from core.time.clock import STOCKHOLM
from core.time.interval import Interval, utc
from core.time.opening import WEEKDAYS, Hours, hours_to_json, local_instant, read_date, read_object, read_time
from core.time.reading import read_instant

MOST_STARTS = 5000
"""Possible starts in a flexible window: half-hours of a hundred days."""
DAY_MIN = 24 * 60
MOST_SHIFT_MIN = 60
"""By which a day is longer or shorter when the clock is changed."""
LONGEST_SEASON_MIN = 120 * DAY_MIN
"""Within less, the clock is not changed twice."""
LONGEST_PATTERN_DAYS = 3 * 366
"""Days that a weekly pattern may run, first through last."""


def _check_year(field: str, day: date) -> None:
    """Refuse years so far off that they are mistakes, which also keeps date arithmetic inside the calendar."""
    if day.year not in years.READABLE_YEARS:
        raise BadInput.of([years.year_fault(field, day)])


def _check_dates(first: date, last: date) -> None:
    _check_year("first", first)
    _check_year("last", last)
    if last < first:
        raise BadInput("last", last.isoformat(), f"it ends before it starts: it has to be {first} or later")


def _check_order(field: str, start: datetime, end: datetime) -> None:
    if end <= start:
        raise BadInput(field, end.isoformat(), f"it ends before it starts: it has to be after {start.isoformat()}")


def _instant(field: str, moment: datetime) -> datetime:
    _check_year(field, moment)
    return utc(field, moment)


@dataclass(frozen=True, slots=True)
class Fixed:
    """Exactly from `start` until `end`, any aware instants, kept in UTC.

    Raises
    ------
    BadInput
        It ends before it starts.
    """

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        object.__setattr__(self, "start", _instant("start", self.start))
        object.__setattr__(self, "end", _instant("end", self.end))
        _check_order("end", self.start, self.end)


@dataclass(frozen=True, slots=True)
class Flexible:
    """`duration_min` minutes somewhere from `earliest` until `latest`, starting every `step_min` from `earliest`.

    A whole number of days, of either, is one by the clock on the wall: a day later it is as late in the day, also when
    the clock was put forward or back in between, so that the day had 23 or 25 hours.

    Raises
    ------
    BadInput
        A number is below 1, the duration has no room, or there are over `MOST_STARTS` possible starts.
    """

    earliest: datetime
    latest: datetime
    duration_min: int
    step_min: int = 30

    def __post_init__(self) -> None:
        object.__setattr__(self, "earliest", _instant("earliest", self.earliest))
        object.__setattr__(self, "latest", _instant("latest", self.latest))
        faults = Faults()
        with faults.under():
            _check_order("latest", self.earliest, self.latest)
        for field, minutes in (("durationMin", self.duration_min), ("stepMin", self.step_min)):
            if minutes < 1:
                faults.parameters.append(InvalidParameter(field, minutes, "it has to be at least 1 minute"))
        faults.refuse()
        if self.starts < 1:
            raise BadInput("durationMin", self.duration_min, f"the window has only {self.window_min} minutes")
        if self.starts > MOST_STARTS:
            reason = (
                f"it gives {self.starts} possible starts, at most {MOST_STARTS}: use a longer step or a shorter window"
            )
            raise BadInput("stepMin", self.step_min, reason)

    @property
    def window_min(self) -> int:
        """Whole minutes from `earliest` until `latest`."""
        return (self.latest - self.earliest) // timedelta(minutes=1)

    @property
    def starts(self) -> int:
        """How many possible starts there are."""
        if self.duration_min > self.window_min + MOST_SHIFT_MIN:
            return 0
        last = _moved(self.latest, -self.duration_min)
        if self.step_min % DAY_MIN or self.step_min > self.window_min + MOST_SHIFT_MIN:
            return (last - self.earliest) // timedelta(minutes=1) // self.step_min + 1
        steps = (_local(last).date() - _local(self.earliest).date()) // timedelta(minutes=self.step_min)
        return steps + 1 if _moved(self.earliest, steps * self.step_min) <= last else steps

    @property
    def last_start(self) -> datetime:
        """The last of the possible starts."""
        move = _added if self.step_min % DAY_MIN else _moved
        return move(self.earliest, (self.starts - 1) * self.step_min)

    @property
    def is_elapsed(self) -> bool:
        """Whether minutes can simply be added up: no day in the window is longer or shorter than others."""
        in_days = not (self.step_min % DAY_MIN and self.duration_min % DAY_MIN)
        same_clock = _local(self.earliest).utcoffset() == _local(self.latest).utcoffset()
        return not in_days or (same_clock and self.window_min < LONGEST_SEASON_MIN)

    def intervals(self) -> Iterator[Interval]:
        """Yield the possible times, earliest first."""
        move = _added if self.step_min % DAY_MIN else _moved
        for n in range(self.starts):
            start = move(self.earliest, n * self.step_min)
            yield Interval(start, _moved(start, self.duration_min, end=True))


def _local(moment: datetime) -> datetime:
    return moment.astimezone(STOCKHOLM)


def _added(moment: datetime, minutes: int) -> datetime:
    return moment + timedelta(minutes=minutes)


def _moved(moment: datetime, minutes: int, *, end: bool = False) -> datetime:
    """Return an instant later, or earlier; by whole days, it has the same time on the wall."""
    days, rest = divmod(minutes, DAY_MIN)
    if rest or not days:
        return _added(moment, minutes)
    local = _local(moment)
    return local_instant(local.date() + timedelta(days=days), local.time(), end=end)


@dataclass(frozen=True, slots=True)
class Weekly:
    """The same local hours on every date from `first` through `last` that is one of the `weekdays` (0 is Monday).

    `until_time` 00:00 means 24:00. With `same_resource` all dates have to be met by one and the same resource;
    without, each date may be met by another.

    Raises
    ------
    BadInput
        It ends before it starts, runs over `LONGEST_PATTERN_DAYS`, or has no date in the pattern.
    """

    first: date
    last: date
    weekdays: tuple[int, ...]
    from_time: time
    until_time: time
    same_resource: bool = True

    def __post_init__(self) -> None:
        faults = Faults()
        with faults.under():
            _check_dates(self.first, self.last)
            if (self.last - self.first).days >= LONGEST_PATTERN_DAYS:
                raise BadInput("last", self.last.isoformat(), f"a pattern may run {LONGEST_PATTERN_DAYS} days at most")
        with faults.under():
            Hours(self.from_time, self.until_time)
        faults.refuse()
        object.__setattr__(self, "weekdays", tuple(sorted(set(self.weekdays))))
        if not set(self.weekdays) <= set(range(7)):
            raise BadInput("weekdays", list(self.weekdays), "a weekday is 0 (Monday) to 6 (Sunday)")
        if next(self._found(range(self._days)), None) is None:
            names = [WEEKDAYS[day] for day in self.weekdays]
            raise self.skipped or BadInput(
                "weekdays", names, f"no date in the pattern from {self.first} through {self.last}"
            )

    @property
    def skipped(self) -> BadInput | None:
        """What is wrong where one of the dates has no such hours, as the clock is put forward past all of them."""
        for day in _days_of_months_with_less_time(self.first, self.last):
            if day.weekday() in self.weekdays and self.hours.on(day) is None:
                reason = f"there is no {self.hours} on {day}, when the clock is put forward"
                return BadInput("fromTime", str(self.hours), reason)
        return None

    @property
    def hours(self) -> Hours:
        """The hours of each date."""
        return Hours(self.from_time, self.until_time)

    def occurrences(self) -> tuple[Interval, ...]:
        """Return one interval for each date of the pattern, in order."""
        return tuple(interval for _, interval in self.dated())

    def dated(self) -> Iterator[tuple[date, Interval]]:
        """Yield the dates of the pattern with their intervals, in order."""
        return self._found(range(self._days))

    @property
    def end(self) -> datetime | None:
        """The end of the last date's interval."""
        return next(self._found(reversed(range(self._days))))[1].end

    @property
    def _days(self) -> int:
        return (self.last - self.first).days + 1

    def _found(self, days: Iterable[int]) -> Iterator[tuple[date, Interval]]:
        """Yield the dates of the pattern with their intervals among the days, counted from the first."""
        hours, weekday = self.hours, self.first.weekday()
        for n in days:
            if (weekday + n) % 7 in self.weekdays:
                day = self.first + timedelta(days=n)
                interval = hours.on(day)
                if interval is not None:
                    yield day, interval


def _days_of_months_with_less_time(first: date, last: date) -> Iterator[date]:
    """Yield the days of the months in which the clock is put forward."""
    month = first.replace(day=1)
    while month <= last:
        following = (month + timedelta(days=31)).replace(day=1)
        before, after = (datetime.combine(day, time.min, STOCKHOLM).utcoffset() for day in (month, following))
        if before is not None and after is not None and before < after:
            days = (max(first, month) + timedelta(days=n) for n in range(31))
            yield from (day for day in days if day < following and day <= last)
        month = following


@dataclass(frozen=True, slots=True)
class Period:
    """Whole local days from `first` through `last`; without `last` it is for good.

    Raises
    ------
    BadInput
        `last` is earlier.
    """

    first: date
    last: date | None

    def __post_init__(self) -> None:
        _check_dates(self.first, self.last or self.first)

    @property
    def interval(self) -> Interval:
        """From the first midnight to the last in UTC."""
        return Interval(_midnight(self.first), _midnight(self.last + timedelta(days=1)) if self.last else None)


Timing = Fixed | Flexible | Weekly | Period


@dataclass(frozen=True, slots=True)
class Candidate:
    """One way to meet a timing: all of these intervals, in order."""

    intervals: tuple[Interval, ...]

    @property
    def dates(self) -> tuple[date, ...]:
        """The local date on which each interval starts."""
        return tuple(interval.start.astimezone(STOCKHOLM).date() for interval in self.intervals)


def candidates(timing: Timing) -> list[Candidate]:
    """Return the ways to meet a timing, earliest first: one for each possible start if it is flexible, else one."""
    match timing:
        case Fixed():
            return [Candidate((Interval(timing.start, timing.end),))]
        case Flexible():
            return [Candidate((interval,)) for interval in timing.intervals()]
        case Weekly():
            return [Candidate(timing.occurrences())]
        case Period():
            return [Candidate((timing.interval,))]


def served_apart(timing: Timing) -> int:
    """Return of how many dates, at most, each may be served by another resource; one where all are served together."""
    return most_times(timing) if isinstance(timing, Weekly) and not timing.same_resource else 1


def most_times(timing: Timing) -> int:
    """Return how many intervals the ways to meet a timing have at most, without making any."""
    match timing:
        case Flexible():
            return timing.starts
        case Weekly():
            weeks, rest = divmod((timing.last - timing.first).days + 1, 7)
            return weeks * len(timing.weekdays) + min(rest, len(timing.weekdays))
    return 1


def end_of(timing: Timing) -> datetime | None:
    """Return the instant from which on nothing of a timing lies ahead, or None if it has no end."""
    match timing:
        case Flexible():
            return timing.latest
        case Period():
            return timing.interval.end
        case Fixed() | Weekly():
            return timing.end


def moments_of(timing: Timing) -> list[tuple[str, date | datetime | None]]:
    """Return the dates and instants that a timing names, by their names in JSON."""
    match timing:
        case Fixed():
            return [("start", timing.start), ("end", timing.end)]
        case Flexible():
            return [("earliest", timing.earliest), ("latest", timing.latest)]
        case Weekly() | Period():
            return [("first", timing.first), ("last", timing.last)]


def is_past(timing: Timing, now: datetime) -> bool:
    """Say whether nothing of a timing lies ahead of the instant `now`."""
    end = end_of(timing)
    return end is not None and end <= now


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, STOCKHOLM)


# The JSON form, as it stands in a jsonb column and in the API.


def to_json(timing: Timing) -> dict[str, object]:
    """Return a timing as plain JSON data that `from_json` reads."""
    match timing:
        case Fixed():
            return {"type": "fixed", "start": _rfc3339(timing.start), "end": _rfc3339(timing.end)}
        case Flexible():
            return {
                "type": "flexible",
                "earliest": _rfc3339(timing.earliest),
                "latest": _rfc3339(timing.latest),
                "durationMin": timing.duration_min,
                "stepMin": timing.step_min,
            }
        case Weekly():
            return {
                "type": "weekly",
                "first": timing.first.isoformat(),
                "last": timing.last.isoformat(),
                "weekdays": [WEEKDAYS[day] for day in timing.weekdays],
                **hours_to_json(timing.hours),
                "sameResource": timing.same_resource,
            }
        case Period():
            last = timing.last.isoformat() if timing.last else None
            return {"type": "period", "first": timing.first.isoformat(), "last": last}


def from_json(value: object) -> Timing:
    """Return a timing from JSON data.

    Raises
    ------
    BadInput
        Something in it is wrong; the error names the field.
    """
    kind = value.get("type") if isinstance(value, dict) else None
    read = _READERS.get(kind) if isinstance(kind, str) else None
    if read is None:
        raise BadInput("type", kind, f"it has to be one of {', '.join(_READERS)}")
    return read(value)


def _read_fixed(value: object) -> Fixed:
    data = read_object(value, required=("type", "start", "end"))
    faults = Faults()
    with faults.under():
        start = _read_instant(data, "start")
    with faults.under():
        end = _read_instant(data, "end")
    faults.refuse()
    return Fixed(start, end)


def _read_flexible(value: object) -> Flexible:
    data = read_object(value, required=("type", "earliest", "latest", "durationMin"), optional=("stepMin",))
    faults = Faults()
    with faults.under():
        earliest = _read_instant(data, "earliest")
    with faults.under():
        latest = _read_instant(data, "latest")
    with faults.under():
        duration_min = _read_whole("durationMin", data["durationMin"])
    with faults.under():
        step_min = _read_whole("stepMin", data.get("stepMin", 30))
    faults.refuse()
    return Flexible(earliest, latest, duration_min, step_min)


def _read_weekly(value: object) -> Weekly:
    required = ("type", "first", "last", "weekdays", "fromTime", "untilTime")
    data = read_object(value, required=required, optional=("sameResource",))
    faults = Faults()
    same_resource = data.get("sameResource", True)
    if not isinstance(same_resource, bool):
        faults.parameters.append(InvalidParameter("sameResource", same_resource, "it has to be true or false"))
    with faults.under():
        first = read_date(data, "first")
    with faults.under():
        last = read_date(data, "last")
    with faults.under():
        weekdays = _read_weekdays(data["weekdays"])
    with faults.under():
        from_time = read_time(data, "fromTime")
    with faults.under():
        until_time = read_time(data, "untilTime", end=True)
    faults.refuse()
    return Weekly(first, last, weekdays, from_time, until_time, bool(same_resource))


def _read_period(value: object) -> Period:
    data = read_object(value, required=("type", "first"), optional=("last",))
    faults = Faults()
    with faults.under():
        first = read_date(data, "first")
    with faults.under():
        last = None if data.get("last") is None else read_date(data, "last")
    faults.refuse()
    return Period(first, last)


_READERS: dict[str, Callable[[object], Timing]] = {
    "fixed": _read_fixed,
    "flexible": _read_flexible,
    "weekly": _read_weekly,
    "period": _read_period,
}


def _read_weekdays(value: object) -> tuple[int, ...]:
    if not isinstance(value, list) or not all(day in WEEKDAYS for day in value):
        raise BadInput("weekdays", value, f"it has to be a list of {', '.join(WEEKDAYS)}")
    return tuple(WEEKDAYS.index(day) for day in value)


def _read_whole(field: str, value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise BadInput(field, value, "it has to be a whole number of minutes")
    return value


def _read_instant(data: Mapping[str, object], field: str) -> datetime:
    text = data[field]
    try:
        moment = read_instant(text if isinstance(text, str) else "")
    except BadInput as error:
        raise BadInput(field, text, error.parameters[0].reason) from error
    return utc(field, moment)


def _rfc3339(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
