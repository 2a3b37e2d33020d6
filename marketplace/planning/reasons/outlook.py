"""What a request would find if it were filed now: how many offers fit each need, and how many with one thing changed.

The filters are those of matching. Only offers that whoever asks may see are looked at, so that no number tells of
others; free is what neither a booking nor a kept proposal takes.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import islice
from math import ceil

from sqlmodel import Session
from uuid_utils.compat import uuid7

from core import geo
from core.actor import Actor
from core.time import clock
from core.time.timing import Fixed, Flexible, Timing
from marketplace.organisations.models import OrganisationKind
from marketplace.organisations.queries import organisation
from marketplace.planning.candidates.candidates import Filter
from marketplace.planning.candidates.distances import position_of
from marketplace.planning.candidates.filters import CandidateFilter
from marketplace.planning.reasons.other_times import other_times
from marketplace.planning.reasons.smallest_change import MOST_PARTS, shortened, smaller
from marketplace.planning.snapshot import queries
from marketplace.planning.snapshot.load import calendar_for, relations, snapshot_of
from marketplace.planning.snapshot.open_needs import OpenNeed, begin_of
from marketplace.planning.snapshot.supply import supply
from marketplace.requests.rules import FARTHEST_KM, NeedDraft, RequestDraft
from marketplace.runs.changes import (
    Farther,
    Fewer,
    KnownChange,
    MoreLots,
    OtherKind,
    OtherTime,
    WithoutRequirement,
)
from resources.families import family_of

MOST_CHANGED = 5
"""Needs of one request for which changes are tried; of the others is told what fits."""
KM_MORE = (10, 25, 50, 100)
MARGIN_KM = 1
MOST_PLACES = 200
DAYS_MOVED = (1, -1, 7, -7)
SHARES = (0.75, 0.5)
MOST_TIMES, MOST_MUSTS = 8, 8
MOST_TOLD = 5


@dataclass(frozen=True, slots=True)
class Changed:
    """One thing changed, and how many offers fit the need then."""

    told: KnownChange
    fitting: int


@dataclass(frozen=True, slots=True)
class Outlook:
    """How many offers fit a need; which filter left none; and the changes after which more do, the most first."""

    family: str
    fitting: int
    emptied_by: Filter | None
    changed: tuple[Changed, ...] = ()


def outlooks(session: Session, actor: Actor, draft: RequestDraft) -> list[Outlook]:
    """Return what each need of a request would find; as many queries however many needs there are."""
    now = clock.now()
    kind = organisation(session, actor.organisation_id).kind
    needs = [_open_need(actor, kind, draft, need, position) for position, need in enumerate(draft.needs)]
    seen = queries.open_offers_seen(session, actor, [_sought(need) for need in needs])
    calendar = calendar_for(needs, now)
    offered = supply(session, now, calendar.instant(calendar.horizon), only=seen, coarse=True)
    market = snapshot_of(offered, relations(session), needs, [], frozenset(), unproposed=True)
    filters = CandidateFilter(market)
    return [_outlook(filters, need, changing=n < MOST_CHANGED) for n, need in enumerate(needs)]


def _open_need(actor: Actor, kind: OrganisationKind, draft: RequestDraft, need: NeedDraft, position: int) -> OpenNeed:
    return OpenNeed(
        need_id=uuid7(),
        request_id=uuid7(),
        organisation_id=actor.organisation_id,
        organisation_kind=kind,
        department=actor.department,
        county_code=actor.county_code,
        priority=draft.priority,
        together=draft.together,
        opened_at=clock.now(),
        position=position,
        title=need.title,
        family=need.family,
        kind=need.kind,
        amount=need.amount,
        parts=1 if isinstance(need.timing, Flexible) else need.parts,
        timing=need.timing,
        requirements=need.requirements,
        municipality_code=need.municipality_code,
        latitude=need.latitude,
        longitude=need.longitude,
        max_distance_km=need.max_distance_km,
        alternative_group=need.alternative_group,
    )


def _sought(need: OpenNeed) -> queries.Sought:
    """Return what could serve a need also when it is changed, so that nothing else has to be read."""
    family, kind = family_of(need.family), need.kind
    kinds = None if kind is None else frozenset({kind}) | family.kinds_like(kind)
    position = position_of(need)
    if need.max_distance_km is None or position is None or family.workplace is not None:
        return queries.Sought(need.family, kinds)
    return queries.Sought(need.family, kinds, _around(position, need.max_distance_km) | {need.municipality_code or ""})


@lru_cache(MOST_PLACES)
def _around(position: geo.Position, km: float) -> frozenset[str]:
    """Return the municipalities whose seats are within as far as is tried."""
    reach_m = (km + KM_MORE[-1] + MARGIN_KM) * 1000
    return frozenset(each.code for each in geo.municipalities() if geo.distance_m(each.position, position) <= reach_m)


def _outlook(filters: CandidateFilter, need: OpenNeed, *, changing: bool) -> Outlook:
    found = filters.apply(need)
    fitting = len(found)
    tries = (_farther, _moved, _less, _without, _more_lots, _other_kinds) if changing else ()
    if found.emptied_by is Filter.LOAN_RULES:
        tries = (_shorter, *tries)
    more = [best for each in tries if (best := _best(filters, fitting, each(filters, need))) is not None]
    return Outlook(
        need.family, fitting, found.emptied_by, tuple(sorted(more, key=lambda each: -each.fitting)[:MOST_TOLD])
    )


def _best(filters: CandidateFilter, fitting: int, changes: Iterator[tuple[KnownChange, OpenNeed]]) -> Changed | None:
    """Return of changes of one sort, the least first, the first after which more fit; another kind comes beside."""
    for told, need in changes:
        then = len(filters.apply(need)) + (fitting if isinstance(told, OtherKind) else 0)
        if then > fitting:
            return Changed(told, then)
    return None


def _farther(_filters: CandidateFilter, need: OpenNeed) -> Iterator[tuple[KnownChange, OpenNeed]]:
    if need.max_distance_km is None:
        return
    for km in KM_MORE:
        reach = min(need.max_distance_km + km, FARTHEST_KM)
        yield Farther(farther_km=km, distance_km=ceil(reach)), replace(need, max_distance_km=reach)


def _moved(filters: CandidateFilter, need: OpenNeed) -> Iterator[tuple[KnownChange, OpenNeed]]:
    if isinstance(need.timing, Fixed | Flexible):
        for days in DAYS_MOVED:
            timing = _by_days(need.timing, timedelta(days=days))
            if begin_of(timing) > clock.now():
                start = begin_of(timing).isoformat()
                yield OtherTime(shift_min=days * 24 * 60, start=start), replace(need, timing=timing)
        return
    for variant in islice(other_times(filters, need), MOST_TIMES):
        yield variant.change, replace(need, timing=variant.timing)


def _shorter(filters: CandidateFilter, need: OpenNeed) -> Iterator[tuple[KnownChange, OpenNeed]]:
    return ((change.told, change.need) for change in shortened(filters, need))


def _by_days(timing: Fixed | Flexible, days: timedelta) -> Timing:
    """Return the same hours by the clock on the wall some days later or earlier."""

    def moved(at: datetime) -> datetime:
        return at.astimezone(clock.STOCKHOLM) + days

    if isinstance(timing, Fixed):
        return replace(timing, start=moved(timing.start), end=moved(timing.end))
    return replace(timing, earliest=moved(timing.earliest), latest=moved(timing.latest))


def _less(_filters: CandidateFilter, need: OpenNeed) -> Iterator[tuple[KnownChange, OpenNeed]]:
    asked, changed = smaller(need)
    for least in dict.fromkeys(ceil(asked * share) for share in SHARES):
        if least < asked:
            yield Fewer(fewer=asked - least, amount=least), changed(least)


def _without(_filters: CandidateFilter, need: OpenNeed) -> Iterator[tuple[KnownChange, OpenNeed]]:
    for subject, requirements in islice(family_of(need.family).one_dropped(need.requirements), MOST_MUSTS):
        yield WithoutRequirement(subject=subject), replace(need, requirements=requirements)


def _more_lots(_filters: CandidateFilter, need: OpenNeed) -> Iterator[tuple[KnownChange, OpenNeed]]:
    if family_of(need.family).several_lots and not isinstance(need.timing, Flexible):
        for parts in range(need.parts + 1, min(MOST_PARTS, need.amount) + 1):
            yield MoreLots(parts=parts), replace(need, parts=parts)


def _other_kinds(_filters: CandidateFilter, need: OpenNeed) -> Iterator[tuple[KnownChange, OpenNeed]]:
    if need.kind is not None:
        for kind in sorted(family_of(need.family).kinds_like(need.kind)):
            yield OtherKind(kind=kind), replace(need, kind=kind)
