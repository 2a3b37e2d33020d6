"""What a roster and an alert may say, and how they and calls move."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from core.database.lifecycle import Lifecycle
from core.errors import InvalidParameter
from core.limits import LONGEST_NAME, LONGEST_TEXT, count_faults, instant_faults, refuse_if, whole_faults
from core.text import text_faults
from core.time import clock
from marketplace.requests.rules import NeedDraft
from marketplace.surges.models import CallState, Occasion, Roster, RosterState, Surge, SurgeCall, SurgeState

MOST_CARDS = 5000
"""In one roster."""
LONGEST_NOTICE_HOURS = 30 * 24

ROSTER = Lifecycle("roster", Roster, {RosterState.IN_FORCE: frozenset({RosterState.ENDED})})


@dataclass(frozen=True, kw_only=True)
class RosterDraft:
    """What a roster is to say; `card_ids` are the resources whose capacity cards are in it.

    Raises
    ------
    BadInput
        Everything that is wrong at once, with the fields named as in JSON.
    """

    name: str
    occasions: frozenset[Occasion]
    notice_hours: int
    floor_percent: int
    until: date
    card_ids: frozenset[UUID]

    def __post_init__(self) -> None:
        refuse_if(self._faults())

    def _faults(self) -> Iterator[InvalidParameter]:
        yield from text_faults("name", self.name, 1, LONGEST_NAME)
        yield from count_faults("occasions", self.occasions, 1, len(Occasion))
        yield from whole_faults("noticeHours", self.notice_hours, 0, LONGEST_NOTICE_HOURS)
        yield from whole_faults("floorPercent", self.floor_percent, 0, 100)
        yield from instant_faults("until", self.until)
        if self.until < clock.today():
            yield InvalidParameter("until", str(self.until), "it has passed: choose today or a later day")
        yield from count_faults("cardIds", self.card_ids, 1, MOST_CARDS)


MOST_ROLES = 20
MOST_PEOPLE = 1000
"""In all roles of one alert."""
LONGEST_ANSWER = timedelta(days=30)

SURGE = Lifecycle("surge", Surge, {SurgeState.OPEN: frozenset({SurgeState.ENDED})})
_C = CallState
CALL = Lifecycle(
    "surge_call",
    SurgeCall,
    {
        _C.ASKED: frozenset({_C.ACCEPTED, _C.DECLINED, _C.EXPIRED, _C.RELEASED}),
        _C.EXPIRED: frozenset({_C.ACCEPTED, _C.DECLINED}),  # a late yes is a yes
        _C.ACCEPTED: frozenset({_C.WITHDRAWN, _C.RELEASED}),
    },
)
PLANNED_WITH = (_C.ASKED, _C.ACCEPTED)
"""States of calls to those who may still come."""
ANSWERS = (_C.ACCEPTED, _C.DECLINED, _C.WITHDRAWN)


@dataclass(frozen=True, kw_only=True)
class RoleDraft:
    """So many people who are asked for by one need each."""

    number: int
    need: NeedDraft

    def faults(self, path: str) -> Iterator[InvalidParameter]:
        """Yield what is wrong with it, beside its need."""
        yield from whole_faults(f"{path}.number", self.number, 1, MOST_PEOPLE)
        if self.need.family != "staff":
            yield InvalidParameter(f"{path}.family", self.need.family, "an alert asks for people")
        yield from text_faults(f"{path}.title", self.need.title, 1, LONGEST_NAME)


@dataclass(frozen=True, kw_only=True)
class AlertDraft:
    """What has happened to whom, and who is needed.

    Raises
    ------
    BadInput
        Everything that is wrong at once, with the fields named as in JSON.
    """

    organisation_id: UUID
    occasion: Occasion
    title: str
    what: str
    answer_by: datetime
    roles: tuple[RoleDraft, ...]

    def __post_init__(self) -> None:
        refuse_if(self._faults())

    def _faults(self) -> Iterator[InvalidParameter]:
        now = clock.now()
        yield from text_faults("title", self.title, 1, LONGEST_NAME)
        yield from text_faults("what", self.what, 1, LONGEST_TEXT)
        if not now < self.answer_by <= now + LONGEST_ANSWER:
            reason = "it has to be ahead, and no more than thirty days from now"
            yield InvalidParameter("answerBy", self.answer_by.isoformat(), reason)
        yield from count_faults("roles", self.roles, 1, MOST_ROLES)
        for n, role in enumerate(self.roles):
            yield from role.faults(f"roles[{n}]")
        if sum(role.number for role in self.roles) > MOST_PEOPLE:
            yield InvalidParameter("roles", len(self.roles), "an alert asks for a thousand people at most")


def begins_on(called_at: datetime, notice_hours: int) -> date:
    """Return the first whole day on which somebody who is called then, with that notice, could be there."""
    return (called_at + timedelta(hours=notice_hours)).astimezone(clock.STOCKHOLM).date() + timedelta(days=1)


def lendable_percent(percent: int, floor_percent: int) -> int:
    """Return how much of a roster's time may be away at once, so that its floor stays: never more than is told."""
    return percent * (100 - floor_percent) // 100
