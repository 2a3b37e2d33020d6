"""What may be asked of a requester, what a need says once a change is made to it, and how an inquiry moves."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any, TypeVar, cast

from msgspec.structs import replace as told

from core.database.lifecycle import Lifecycle
from core.serialization import Dataclass
from core.time.opening import WEEKDAYS
from core.time.timing import Fixed, Flexible, Period, Timing, Weekly
from marketplace.inquiries.models import Inquiry, InquiryState
from marketplace.requests.models import Need
from marketplace.requests.reading import need_to_json
from marketplace.runs.changes import (
    AnyChange,
    Farther,
    Fewer,
    KnownChange,
    MoreLots,
    OtherKind,
    OtherPeriod,
    OtherTime,
    OtherWeekday,
    SeveralPlaces,
    Shorter,
    UnknownChange,
    WithoutRequirement,
)
from marketplace.runs.reasons import OutcomeReasons
from resources.families import family_of

N = TypeVar("N", bound=Dataclass)

INQUIRY = Lifecycle(
    "inquiry",
    Inquiry,
    {InquiryState.WAITING: frozenset({InquiryState.ACCEPTED, InquiryState.REFUSED, InquiryState.LAPSED})},
)


def askable(family: str, reasons: OutcomeReasons) -> list[KnownChange]:
    """Return the changes that a requester may be asked about, the smallest first, then must-haves to do without."""
    droppable = family_of(family).droppable
    lacking = [subject for subject in reasons.lacking if subject.partition(".")[0] in droppable]
    advised = [change for change in reasons.advised if not isinstance(change, UnknownChange)]
    return [*advised, *(WithoutRequirement(subject=subject) for subject in lacking)]


def without_refused(reasons: OutcomeReasons, refused: Sequence[AnyChange]) -> OutcomeReasons:
    """Return reasons that suggest nothing again to which the requester has said no."""
    if not refused:
        return reasons
    changes = None if reasons.changes is None else tuple(each for each in reasons.changes if not _is_no(each, refused))
    missing = reasons.only_missing and tuple(
        each for each in reasons.only_missing if not _is_no(WithoutRequirement(subject=each), refused)
    )
    return told(reasons, changes=changes, only_missing=missing)


def _is_no(change: AnyChange, refused: Iterable[AnyChange]) -> bool:
    """Tell whether a change is one of those refused, or asks for more of the same."""
    return any(_asks_as_much(change, each) for each in refused)


def _asks_as_much(change: AnyChange, refused: AnyChange) -> bool:
    if isinstance(change, Farther) and isinstance(refused, Farther):
        return change.distance_km >= refused.distance_km
    if isinstance(change, Fewer) and isinstance(refused, Fewer):
        return change.amount <= refused.amount
    if isinstance(change, UnknownChange) or isinstance(refused, UnknownChange):
        return change == refused
    bare = {"offer_id": None, "contested": False}
    return told(change, **bare) == told(refused, **bare)


def said_by(need: Need) -> dict[str, object]:
    """Return what a need asks for as JSON data, but for its name: as long as that stands, so does a question."""
    return {name: value for name, value in need_to_json(need).items() if name not in {"id", "title"}}


def with_change(asked: N, change: AnyChange) -> N:
    """Return what a need, a draft or an open one, says once a change is made to it.

    Raises
    ------
    BadInput
        It cannot be made, or no longer.
    """
    need: Any = asked
    return cast(N, _changed(need, change))


def _changed(need: Any, change: AnyChange) -> Any:
    match change:
        case Farther():
            return replace(need, max_distance_km=float(change.distance_km))
        case Fewer():
            return _fewer(need, change.amount)
        case MoreLots():
            return replace(need, parts=change.parts)
        case OtherKind():
            return replace(need, kind=change.kind)
        case WithoutRequirement():
            dropped = dict(family_of(need.family).one_dropped(need.requirements))
            return replace(need, requirements=dropped.get(change.subject, need.requirements))
        case UnknownChange():
            return need
    return replace(need, timing=_at_other_time(need.timing, change))


def _fewer(need: Any, amount: int) -> Any:
    sized = family_of(need.family).sized
    if sized is None:
        return replace(need, amount=amount, parts=min(need.parts, amount))
    asked = replace(need.requirements, **{sized.asked: amount})
    return replace(need, amount=min(need.amount, amount), requirements=asked)


def _at_other_time(timing: Timing, change: OtherTime | OtherWeekday | SeveralPlaces | OtherPeriod | Shorter) -> Timing:
    match timing, change:
        case Fixed() | Flexible(), OtherTime(start=str(start)):
            begin = datetime.fromisoformat(start)
            length = timing.end - timing.start if isinstance(timing, Fixed) else timedelta(minutes=timing.duration_min)
            return Fixed(begin, begin + length)
        case Weekly(), OtherTime():
            return replace(
                timing,
                from_time=_moved(timing.from_time, change.shift_min),
                until_time=_moved(timing.until_time, change.shift_min),
            )
        case Weekly(), OtherWeekday():
            old, new = WEEKDAYS.index(change.old), WEEKDAYS.index(change.new)
            return replace(timing, weekdays=tuple(new if day == old else day for day in timing.weekdays))
        case Weekly(), SeveralPlaces():
            return replace(timing, same_resource=False)
        case Period(), OtherPeriod():
            shift = timedelta(days=change.shift_days)
            return Period(timing.first + shift, timing.last + shift if timing.last else None)
        case Period(), Shorter():
            first = date.fromisoformat(change.first) if change.first else timing.first
            return Period(first, date.fromisoformat(change.last) if change.last else timing.last)
    return timing


def _moved(at: time, minutes: int) -> time:
    return (datetime.combine(date.min + timedelta(days=1), at) + timedelta(minutes=minutes)).time()
