"""What a letter may say, when it may go, how it moves, and how long a subscription waits to be confirmed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from core.database.lifecycle import Lifecycle
from core.errors import InvalidParameter
from core.limits import LONGEST_NAME, instant_faults, refuse_if, whole_faults
from core.text import text_faults
from core.time import clock
from hubs.letters.models import HubLetter, LetterKind, LetterState
from hubs.letters.text import mark_faults

LONGEST_LETTER = 20_000
MOST_WEEKS = 26
MOST_OPEN = 20
"""Drafts and scheduled letters of one hub."""
LONGEST_AHEAD = timedelta(days=365)
DRAFTED_BEFORE = timedelta(days=2)
CONFIRMED_WITHIN = timedelta(days=2)
ASKED_AGAIN_AFTER = timedelta(hours=1)
"""Who asks for the newsletter again before that gets no second mail."""
LANGUAGES = ("sv", "en")

_S = LetterState
LETTER = Lifecycle(
    "hub_letter",
    HubLetter,
    {
        _S.DRAFT: frozenset({_S.SCHEDULED, _S.CANCELLED}),
        _S.SCHEDULED: frozenset({_S.DRAFT, _S.SENT, _S.CANCELLED}),
    },
)


@dataclass(frozen=True, kw_only=True)
class LetterDraft:
    """What a letter says, and when it is to go.

    Raises
    ------
    BadInput
        Everything that is wrong at once, with the fields named as in JSON.
    """

    subject: str
    words: str
    send_at: datetime

    def __post_init__(self) -> None:
        refuse_if(self._faults())

    def _faults(self) -> Iterator[InvalidParameter]:
        yield from text_faults("subject", self.subject, 1, LONGEST_NAME)
        yield from text_faults("words", self.words, 1, LONGEST_LETTER)
        yield from mark_faults("words", self.words)
        yield from instant_faults("sendAt", self.send_at)
        if self.send_at > clock.now() + LONGEST_AHEAD:
            yield InvalidParameter("sendAt", self.send_at.isoformat(), "choose a time within a year")


@dataclass(frozen=True, kw_only=True)
class PlanDraft:
    """When the next letter of a kind goes, how many weeks the one after that, and in which language they are drafted.

    Raises
    ------
    BadInput
        Everything that is wrong at once, with the fields named as in JSON.
    """

    kind: LetterKind
    next_on: date
    at: time
    weeks: int
    language: str

    def __post_init__(self) -> None:
        refuse_if(self._faults())

    def _faults(self) -> Iterator[InvalidParameter]:
        yield from instant_faults("nextOn", self.next_on)
        if not clock.today() <= self.next_on <= clock.today() + LONGEST_AHEAD:
            yield InvalidParameter("nextOn", str(self.next_on), "choose a day from today through a year on")
        yield from whole_faults("weeks", self.weeks, 1, MOST_WEEKS)
        if self.language not in LANGUAGES:
            yield InvalidParameter("language", self.language, "it has to be sv or en")


def on_the_wall(day: date, at: time) -> datetime:
    """Return the instant at which a clock in Sweden shows a time on a day."""
    return datetime.combine(day, at, clock.STOCKHOLM)
