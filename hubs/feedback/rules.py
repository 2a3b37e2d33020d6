"""What is asked after a visit, until when it is answered, and how often anybody is asked."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from types import MappingProxyType

from core.errors import InvalidParameter
from core.limits import LONGEST_LISTED, refuse_if, whole_faults
from core.text import phone_faults, text_faults
from core.time.clock import STOCKHOLM
from hubs.feedback.models import SurveyKind

CHOICES: Mapping[SurveyKind, tuple[int, int]] = MappingProxyType({SurveyKind.VISIT: (5, 5), SurveyKind.WORTH: (3, 3)})
"""How many choices each of the two questions has."""
ASKED_FROM = time(17)
"""On the day of the visit; what is planned for a week is forgotten when that is over."""
ASKED_FOR = timedelta(days=2)
"""Days that are looked back at, where nobody has looked for a while."""
OPEN_FOR = timedelta(days=14)
LEAST_BETWEEN = timedelta(days=7)
"""A member is asked about a visit no more often."""
WORTH_AFTER, WORTH_EVERY = timedelta(days=90), timedelta(days=365)
"""Whoever has been a member for so long is asked once in so long what the hub is worth, instead of about the visit."""


@dataclass(frozen=True)
class AnswerDraft:
    """What somebody answers.

    Raises
    ------
    BadInput
        With all that is wrong, named as in forms.
    """

    kind: SurveyKind
    first: int
    second: int
    words: str = ""

    def __post_init__(self) -> None:
        refuse_if(self._faults())

    def _faults(self) -> Iterator[InvalidParameter]:
        for field, chosen, most in zip(("first", "second"), (self.first, self.second), CHOICES[self.kind], strict=True):
            yield from whole_faults(field, chosen, 1, most)
        yield from text_faults("words", self.words, 0, LONGEST_LISTED)
        yield from phone_faults("words", self.words)


def days_to_ask_about(passed: datetime) -> tuple[date, date]:
    """Return the first and the last day that are asked about at an instant."""
    local = passed.astimezone(STOCKHOLM)
    last = local.date() if local.time() >= ASKED_FROM else local.date() - timedelta(days=1)
    return last - ASKED_FOR, last


def quarter_of(day: date) -> date:
    """Return the first day of the quarter that a day is in."""
    return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)


def quarter_after(quarter: date) -> date:
    """Return the first day of the next quarter."""
    return quarter_of(quarter + timedelta(days=100))
