"""Requests as rows, one for each need."""

from collections.abc import Iterable
from datetime import time, timedelta
from typing import Any

from core.errors import BadInput
from core.serialization import camel, from_stored
from core.time import clock, timing
from core.time.timing import Fixed, Flexible, Period, Timing, Weekly
from marketplace.importing.cells import kept
from marketplace.importing.families import requirement_fields
from marketplace.requests.models import Need, NeedState, Request, RequestState
from resources.families import family_of

USUAL_STEP_MIN = 30
"""Between the starts in a window, where nobody says anything else."""


def request_rows(stored: Request, needs: Iterable[Need], requester: str) -> list[dict[str, Any]]:
    """Return a request as its rows, what concerns the whole in the first; none where it cannot be read as stored."""
    try:
        rows = [_row(each) for each in needs if each.state is not NeedState.DROPPED]
    except (BadInput, ValueError):
        return []
    called = {"requester": requester, "request": kept(stored.title)}
    heading = {
        "purpose": kept(stored.purpose),
        "priority": stored.priority,
        "together": stored.together,
        "open": stored.state is not RequestState.DRAFT,
    }
    return [called | (heading if place == 0 else {}) | row for place, row in enumerate(rows)]


def _row(need: Need) -> dict[str, Any]:
    asked = from_stored(family_of(need.family).requirements, need.requirements)
    fields = requirement_fields(need.family)
    required = {key: getattr(asked, name) for key, name in _attributes(fields, asked).items()}
    return required | {
        "need": kept(need.title),
        "family": need.family,
        "kind": None if family_of(need.family).only_kind else need.kind,
        "amount": need.amount,
        "lots": need.parts,
        "municipality": need.municipality_code,
        "latitude": need.latitude,
        "longitude": need.longitude,
        "greatest_distance_km": need.max_distance_km,
        "alternative": need.alternative_group,
        **_when(timing.from_json(need.timing)),
    }


def _attributes(columns: dict[str, str], asked: object) -> dict[str, str]:
    """Return which columns the requirements of a need fill, with the names of their attributes."""
    called = {camel(name): name for name in asked.__dataclass_fields__}  # type: ignore[attr-defined]
    return {key: called[field] for key, field in columns.items() if field in called}


def _when(wanted: Timing) -> dict[str, Any]:
    match wanted:
        case Weekly():
            return {
                "first_day": wanted.first,
                "last_day": wanted.last,
                "weekdays": wanted.weekdays,
                "hours": (wanted.from_time, wanted.until_time),
                "same_resource": wanted.same_resource,
            }
        case Flexible():
            step = None if wanted.step_min == USUAL_STEP_MIN else wanted.step_min
            return _span(wanted.earliest, wanted.latest) | {"duration": wanted.duration_min, "step": step}
        case Fixed():
            return _span(wanted.start, wanted.end)
        case Period():
            return {"first_day": wanted.first, "last_day": wanted.last}


def _span(start: Any, end: Any) -> dict[str, Any]:
    """Return days and the hours of the clock on the wall; what ends at midnight ends with the day before."""
    first, last = start.astimezone(clock.STOCKHOLM), end.astimezone(clock.STOCKHOLM)
    last_day = last.date() - timedelta(days=1) if last.time() == time.min else last.date()
    return {
        "first_day": first.date(),
        "last_day": last_day,
        "hours": (first.time(), last.time().replace(tzinfo=None)),
    }
