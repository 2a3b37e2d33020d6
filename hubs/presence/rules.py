"""What a member may say of a week, and what is told to others of it."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from core.errors import InvalidParameter
from core.limits import refuse_if, whole_faults
from core.time import clock
from hubs.presence.models import Audience, HubWeek

WEEKS_AHEAD = 8
"""This week and so many more may be spoken of."""
WEEKDAYS = 7
LEAST_COUNTED = 5
"""Fewer people are never told of as a number, nor is one more or less than a multiple of it."""
REGISTERED_POINTS = 6.0
"""What an activity that a member has registered for is worth: as much as a meeting that both want."""
SETTLES_WITHIN = timedelta(minutes=1)
"""What is being written while a plan is made is there so long after, and is planned for by the next."""
LEAST_GAIN = 1.1
"""So many times the worth a plan has to have for those who were told a day to be told another."""


class Coming(StrEnum):
    """What a member has said of a day."""

    PLANS = "plans"
    COULD = "could"


@dataclass(frozen=True, kw_only=True)
class WeekDraft:
    """When a member comes in a week and could come, whom it tells so, and how many days it asks for, if it asks.

    Raises
    ------
    BadInput
        With all that is wrong, named as in JSON.
    """

    monday: date
    plans: frozenset[date] = frozenset()
    could: frozenset[date] = frozenset()
    told_to: Audience = Audience.NOBODY
    visits: int | None = None

    def __post_init__(self) -> None:
        refuse_if(self._faults())

    def _faults(self) -> Iterator[InvalidParameter]:
        yield from week_faults("monday", self.monday)
        for field, days in (("plans", self.plans), ("could", self.could)):
            for day in sorted(days):
                if day not in days_of(self.monday):
                    yield InvalidParameter(field, str(day), f"it has to be in the week that begins {self.monday}")
                elif day < clock.today():
                    yield InvalidParameter(field, str(day), "it is over: leave it out")
        if twice := sorted(self.plans & self.could):
            yield InvalidParameter("could", str(twice[0]), "that day is planned already: name it once")
        yield from whole_faults("visits", self.visits, 1, WEEKDAYS)
        if self.visits is not None and not self.could:
            yield InvalidParameter("could", None, "name the days on which you could come, so that one can be chosen")


def week_faults(field: str, monday: date) -> Iterator[InvalidParameter]:
    """Yield what is wrong with the first day of a week that is asked about."""
    this = monday_of(clock.today())
    if monday.weekday() != 0:
        yield InvalidParameter(field, str(monday), f"it has to be a Monday, such as {monday_of(monday)}")
    elif not this <= monday <= this + timedelta(weeks=WEEKS_AHEAD):
        last = this + timedelta(weeks=WEEKS_AHEAD)
        yield InvalidParameter(field, str(monday), f"it has to be from {this} through {last}")


def closed_faults(draft: WeekDraft, open_days: Collection[date]) -> Iterator[InvalidParameter]:
    """Yield the days to come of a draft on which the hub is closed."""
    for field, days in (("plans", draft.plans), ("could", draft.could)):
        for day in sorted(days.difference(open_days)):
            yield InvalidParameter(field, str(day), "the hub is closed that day: leave it out")


def monday_of(day: date) -> date:
    """Return the first day of the week of a day."""
    return day - timedelta(days=day.weekday())


def days_of(monday: date) -> list[date]:
    """Return the days of a week."""
    return [monday + timedelta(days=each) for each in range(WEEKDAYS)]


def coming(row: HubWeek, day: date) -> Coming | None:
    """Return what a member's row says of a day: it comes also where it was told to."""
    if day in row.plans or day in row.advised:
        return Coming.PLANS
    return Coming.COULD if day in row.could else None


def about(people: Iterable[object]) -> int:
    """Return how many people are told of: a multiple of five, at most as many as there are."""
    return sum(1 for _ in people) // LEAST_COUNTED * LEAST_COUNTED
