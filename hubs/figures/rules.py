"""When a quarter is closed, and what may be said of an initiative."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from core.errors import InvalidParameter
from core.limits import LONGEST_NAME, LONGEST_WORDS, refuse_if
from core.text import phone_faults, text_faults
from core.time import clock
from hubs.feedback.rules import OPEN_FOR, quarter_after, quarter_of
from hubs.figures.models import InitiativeState

MOST_INITIATIVES = 500
"""Of one hub."""
EARLIEST = date(2000, 1, 1)


@dataclass(frozen=True, kw_only=True)
class InitiativeDraft:
    """What is said of an initiative.

    Raises
    ------
    BadInput
        With all that is wrong, named as in JSON.
    """

    title: str
    born_on: date
    about: str = ""
    state: InitiativeState = InitiativeState.IDEA

    def __post_init__(self) -> None:
        refuse_if(self._faults())

    def _faults(self) -> Iterator[InvalidParameter]:
        yield from text_faults("title", self.title, 1, LONGEST_NAME)
        yield from text_faults("about", self.about, 0, LONGEST_WORDS)
        for name, text in (("title", self.title), ("about", self.about)):
            yield from phone_faults(name, text)
        if not EARLIEST <= self.born_on <= clock.today():
            yield InvalidParameter("bornOn", str(self.born_on), f"it has to be from {EARLIEST} through today")


def quarters_to_close(after: date, today: date) -> Iterator[date]:
    """Yield the first days of the quarters from one on that are over, and in which nothing is answered any more."""
    quarter = quarter_of(after)
    while quarter_after(quarter) + OPEN_FOR <= today:
        yield quarter
        quarter = quarter_after(quarter)
