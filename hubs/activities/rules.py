"""What an activity may be, what may not be beside it, how it and a registration move, and how long an offer stands."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from core.database.lifecycle import Lifecycle
from core.errors import InvalidParameter
from core.limits import LONGEST_NAME, LONGEST_WORDS, instant_faults, refuse_if, whole_faults
from core.text import text_faults
from core.time import clock
from core.time.interval import Interval
from hubs.activities.models import ActivityAudience, ActivityForm, ActivityState, HubActivity, HubRegistration
from hubs.waiting.line import Standing

MOST_SEATS, LARGEST_GROUP = 1000, 50
MOST_REGISTRATIONS = 2000
"""Of one activity, with those that were taken back."""
MOST_OPEN = 20
"""Drafts and proposals of one member at one hub."""
MOST_IN_SERIES = 30
LONGEST_AHEAD = timedelta(days=730)
LONGEST, LONGEST_FOR_WEEKS = timedelta(days=1), timedelta(days=62)
LONGEST_OFFER = timedelta(days=1)
LONGEST_ADDRESS = 500

FOR_WEEKS = frozenset({ActivityForm.ASYNCHRONOUS_WORKSHOP, ActivityForm.OPEN_HOUSE})
"""What goes on beside all else."""

_A, _R = ActivityState, Standing
ACTIVITY = Lifecycle(
    "hub_activity",
    HubActivity,
    {
        _A.DRAFT: frozenset({_A.PROPOSED, _A.CANCELLED}),
        _A.PROPOSED: frozenset({_A.DRAFT, _A.SET, _A.CANCELLED}),
        _A.SET: frozenset({_A.HELD, _A.CANCELLED}),
    },
)
IN_LINE = (_R.WAITING, _R.OFFERED, _R.REGISTERED)
_STAYS = frozenset(IN_LINE)
REGISTRATION = Lifecycle(
    "hub_registration",
    HubRegistration,
    {
        _R.WAITING: _STAYS | {_R.DECLINED},
        _R.OFFERED: _STAYS | {_R.DECLINED, _R.LAPSED},
        _R.REGISTERED: frozenset({_R.REGISTERED, _R.DECLINED}),
    },
)


@dataclass(frozen=True, kw_only=True)
class ActivityDraft:
    """What is to happen; with `weeks` above 1 as often, a week apart by the clock on the wall.

    Raises
    ------
    BadInput
        Everything that is wrong at once, with the fields named as in JSON.
    """

    form: ActivityForm
    audience: ActivityAudience
    title: str
    starts: datetime
    ends: datetime
    about: str = ""
    zone_id: UUID | None = None
    group_id: UUID | None = None
    seats: int | None = None

    def __post_init__(self) -> None:
        refuse_if(self._faults())

    def _faults(self) -> Iterator[InvalidParameter]:
        yield from text_faults("title", self.title, 1, LONGEST_NAME)
        yield from text_faults("about", self.about, 0, LONGEST_WORDS)
        yield from whole_faults("seats", self.seats, 1, MOST_SEATS)
        yield from instant_faults("starts", self.starts)
        yield from instant_faults("ends", self.ends)
        longest = LONGEST_FOR_WEEKS if self.form in FOR_WEEKS else LONGEST
        if not timedelta(0) < self.ends - self.starts <= longest:
            most = f"{longest.days} days" if self.form in FOR_WEEKS else "a day"
            yield InvalidParameter("ends", self.ends.isoformat(), f"it has to be after the start, by {most} at most")


def start_faults(starts: datetime) -> Iterator[InvalidParameter]:
    """Yield what is wrong with when something is to begin that has not begun."""
    if not clock.now() <= starts <= clock.now() + LONGEST_AHEAD:
        yield InvalidParameter("starts", starts.isoformat(), "choose a time from now through two years on")


def document_faults(address: str) -> Iterator[InvalidParameter]:
    """Yield what is wrong with where the documentation is."""
    yield from text_faults("documents", address, 1, LONGEST_ADDRESS)
    if not address.startswith("https://") or len(address.split()) != 1:
        yield InvalidParameter("documents", address, "write an address that begins with https://")


def week_later(draft: ActivityDraft, weeks: int) -> Interval:
    """Return the time so many weeks later, by the clock on the wall."""
    later = timedelta(weeks=weeks)
    starts, ends = (moment.astimezone(clock.STOCKHOLM) + later for moment in (draft.starts, draft.ends))
    return Interval(starts, ends)


def may_not_be_beside(one: ActivityForm, other: ActivityForm) -> bool:
    """Tell whether two activities of a hub may not go on at the same time: nothing is put beside the breakfast."""
    return ActivityForm.BREAKFAST in {one, other} and not {one, other} & FOR_WEEKS


def offer_until(starts: datetime, now: datetime) -> datetime:
    """Return until when seats are held for who was offered them: a day, or half of the time that is left."""
    return now + min(LONGEST_OFFER, (starts - now) / 2)
