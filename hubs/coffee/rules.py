"""How often a hub has a round of coffee."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from core.errors import InvalidParameter
from core.limits import instant_faults, refuse_if, whole_faults
from core.time import clock

MOST_WEEKS = 26
MOST_AHEAD = timedelta(days=366)
ENTITY = "hub_coffee"
"""What the audit calls all of it, by the hub's id: it says that somebody takes part, not who."""


@dataclass(frozen=True, kw_only=True)
class ScheduleDraft:
    """Every so many weeks, from a day on.

    Raises
    ------
    BadInput
        With all that is wrong, named as in JSON.
    """

    weeks: int
    next_on: date

    def __post_init__(self) -> None:
        refuse_if(self._faults())

    def _faults(self) -> Iterator[InvalidParameter]:
        yield from whole_faults("weeks", self.weeks, 1, MOST_WEEKS)
        yield from instant_faults("nextOn", self.next_on)
        if not clock.today() <= self.next_on <= clock.today() + MOST_AHEAD:
            yield InvalidParameter("nextOn", str(self.next_on), "it has to be today or later, within a year")
