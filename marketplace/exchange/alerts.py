"""What came of an alert: who was asked, when they answered, how roles were filled, who lent, and what stayed unfilled.

It is told of an alert that goes on as far as it has come, and kept as long as the alert. Organisations that are not the
reader's, nor in its area, are told of where five people or more were asked, or lent; else together.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import Row, Select, or_, select
from sqlalchemy.dialects.postgresql import array
from sqlmodel import Session, col

from core.actor import Actor
from core.database.audit import AuditEntry
from core.database.tables import any_of
from core.swedish import swedish_key
from core.time import clock
from core.time.interval import Interval, from_range
from marketplace.bookings.models import Booking, BookingState
from marketplace.exchange.days import FEWEST_PEOPLE, OtherUnits, People, pooled
from marketplace.loans.rules import days_of
from marketplace.offers.models import Offer
from marketplace.organisations.models import Organisation
from marketplace.requests.models import Need, NeedState, Request
from marketplace.requests.rules import NEED
from marketplace.surges import queries
from marketplace.surges.alerts import SurgeView, surge_view
from marketplace.surges.fill import fill_of
from marketplace.surges.floors import peak
from marketplace.surges.models import CallState, SurgeCall, SurgeRole
from marketplace.surges.pool import shares_of
from marketplace.surges.rules import CALL
from resources.models import Claim
from resources.queries import minutes_taken

MARKS = tuple(timedelta(hours=n) for n in (1, 4, 12, 24, 72, 168, 336, 720))
"""After how long it is told how far roles were filled."""
AHEAD = timedelta(days=3 * 365)
"""How far ahead of an alert it is looked how many are away."""


@dataclass(frozen=True)
class Answers:
    """How many of those asked have said yes, and not taken it back, have said no, and have said nothing."""

    asked: int
    yes: int
    no: int

    @property
    def silent(self) -> int:
        """How many have not answered."""
        return self.asked - self.yes - self.no


@dataclass(frozen=True)
class RoleFilled:
    """How a role was answered and filled; `filled` in percent after each of the report's `marks`, as a `Fill` is."""

    title: str
    number: int
    answers: Answers
    agreed: int
    filled: Sequence[int]

    @property
    def unfilled(self) -> int:
        """How many of those needed have not been agreed on."""
        return max(self.number - self.agreed, 0)


@dataclass(frozen=True)
class Lender:
    """How an organisation, or with no name all others together, answered, and the working days that it lends."""

    organisation: str | None
    answers: Answers
    days: int | None


@dataclass(frozen=True)
class FloorKept:
    """What a roster leaves to be away at once, and the most that was or will be, in percent of full time."""

    organisation: str
    roster: str
    floor_percent: int
    may_be_away: int
    most_away: int


@dataclass(frozen=True)
class AlertReport:
    """What came of an alert. `median_hours` is from the call to the answer, None without any."""

    view: SurgeView
    marks: Sequence[timedelta]
    roles: Sequence[RoleFilled]
    lenders: Sequence[Lender]
    floors: Sequence[FloorKept]
    in_time: int
    late: int
    median_hours: float | None


def alert_report(session: Session, actor: Actor, surge_id: UUID) -> AlertReport:
    """Return what has come of an alert; NotFound where there is none that the actor may see."""
    view = surge_view(session, actor, surge_id)
    calls = session.execute(_calls(surge_id)).all()
    since = view.surge.called_at or view.surge.created_at
    until = view.surge.ended_at or clock.now()
    marks = [each for each in MARKS if since + each <= until]
    answered = [each.answered_at for each in calls if each.answered_at]
    late = sum(each > view.surge.answer_by for each in answered)
    hours = [(each - since).total_seconds() / 3600 for each in answered]
    return AlertReport(
        view=view,
        marks=marks,
        roles=list(_roles(session, surge_id, calls, [since + each for each in marks])),
        lenders=_lenders(session, actor, surge_id, calls),
        floors=list(_floors(session, actor, {each.roster_id for each in calls}, since)),
        in_time=len(answered) - late,
        late=late,
        median_hours=round(median(hours), 1) if hours else None,
    )


def _calls(surge_id: UUID) -> Select[*tuple[Any, ...]]:
    columns = (SurgeCall.state, SurgeCall.answered_at, SurgeCall.role_ids, SurgeCall.roster_id)
    whose = (SurgeCall.organisation_id, SurgeCall.resource_id)
    return select(*map(col, columns), *map(col, whose)).where(col(SurgeCall.surge_id) == surge_id)


def _said(call: Row[Any]) -> bool | None:
    """Tell what was said to a call in the end; who was released after a yes has said yes."""
    if call.state is CallState.ACCEPTED or (call.state is CallState.RELEASED and call.answered_at):
        return True
    return False if call.state in {CallState.DECLINED, CallState.WITHDRAWN} else None


def _answers(calls: Iterable[Row[Any]]) -> Answers:
    said = Counter(map(_said, calls))
    return Answers(said.total(), said[True], said[False])


def _roles(
    session: Session, surge_id: UUID, calls: Sequence[Row[Any]], moments: Sequence[datetime]
) -> Iterator[RoleFilled]:
    said, agreed = (_by_role(session.execute(found)) for found in (_yeses(surge_id), _agreements(surge_id)))
    for fill in fill_of(session, surge_id):
        role = fill.role
        filled = [100 * min(max(_by(said[role.id], each), _by(agreed[role.id], each)), role.number) for each in moments]
        yield RoleFilled(
            title=role.title,
            number=role.number,
            answers=_answers(each for each in calls if role.id in each.role_ids),
            agreed=fill.agreed,
            filled=[each // role.number for each in filled],
        )


Steps = Sequence[tuple[datetime, int]]
"""By how many something changed, and when."""


def _by(steps: Steps, moment: datetime) -> int:
    return sum(change for at, change in steps if at <= moment)


def _by_role(rows: Iterable[Row[Any]]) -> Mapping[UUID, Steps]:
    found: dict[UUID, list[tuple[datetime, int]]] = defaultdict(list)
    for row in rows:
        for role_id in row.role_ids:
            found[role_id].append((row.at, 1 if row.gained else -1))
    return found


def _yeses(surge_id: UUID) -> Select[*tuple[Any, ...]]:
    """Return the SELECT of when calls were said yes to, and when that was taken back."""
    to = col(AuditEntry.to_state)
    return (
        select(col(SurgeCall.role_ids), col(AuditEntry.at), (to == CallState.ACCEPTED).label("gained"))
        .join(AuditEntry, (col(AuditEntry.entity_id) == col(SurgeCall.id)) & (col(AuditEntry.entity) == CALL.entity))
        .where(col(SurgeCall.surge_id) == surge_id, to.in_((CallState.ACCEPTED, CallState.WITHDRAWN)))
    )


def _agreements(surge_id: UUID) -> Select[*tuple[Any, ...]]:
    """Return the SELECT of when needs were agreed on, and when one of these came to nothing."""
    gained = col(AuditEntry.to_state) == NeedState.AGREED
    return (
        select(array([col(SurgeRole.id)]).label("role_ids"), col(AuditEntry.at), gained.label("gained"))
        .join(Request, col(Request.surge_role_id) == col(SurgeRole.id))
        .join(Need, col(Need.request_id) == col(Request.id))
        .join(AuditEntry, (col(AuditEntry.entity_id) == col(Need.id)) & (col(AuditEntry.entity) == NEED.entity))
        .where(col(SurgeRole.surge_id) == surge_id, or_(gained, col(AuditEntry.from_state) == NeedState.AGREED))
    )


def _lenders(session: Session, actor: Actor, surge_id: UUID, calls: Sequence[Row[Any]]) -> list[Lender]:
    """Return the organisations that the reader may be told of by name, by name, and the others together last."""
    lent = _days_lent(session, surge_id)
    asked: dict[UUID, People] = defaultdict(dict)
    for call in calls:
        asked[call.organisation_id][call.resource_id] = 0.0
    homes = select(col(Organisation.id), col(Organisation.name)).where(any_of(col(Organisation.id), asked))
    names = {key: name for key, name in session.execute(homes)}  # noqa: C416
    known = {key for key in names if key == actor.organisation_id or actor.coordinates_for(key)}
    told = pooled({str(key): asked[key] for key in names.keys() - known})
    named = known | {UUID(key) for key in told if isinstance(key, str)}
    groups = {names[key]: {key} for key in sorted(named, key=lambda key: (swedish_key(names[key]), key))}
    if OtherUnits() in told:
        groups |= {None: names.keys() - named}
    return [_lender(name, homes, known, calls, lent) for name, homes in groups.items()]


def _lender(
    name: str | None,
    homes: Collection[UUID],
    known: Collection[UUID],
    calls: Iterable[Row[Any]],
    lent: Mapping[UUID, People],
) -> Lender:
    days = [each for home in homes for each in lent.get(home, {}).values()]
    is_told = len(days) >= FEWEST_PEOPLE or all(home in known for home in homes)
    answers = _answers(each for each in calls if each.organisation_id in homes)
    return Lender(name, answers, round(sum(days)) if is_told else None)


def _days_lent(session: Session, surge_id: UUID) -> Mapping[UUID, People]:
    """Return the working days, times the share of full time, for which organisations lend each person by an alert."""
    of_alert = select(col(SurgeRole.id)).where(col(SurgeRole.surge_id) == surge_id)
    rows = session.execute(
        select(col(Booking.lender_id), col(Offer.resource_id), col(Claim.during), col(Claim.amount))
        .join(Request, col(Request.id) == col(Booking.request_id))
        .join(Offer, col(Offer.id) == col(Booking.offer_id))
        .join(Claim, col(Claim.booking_id) == col(Booking.id))
        .where(col(Request.surge_role_id).in_(of_alert), col(Booking.state) != BookingState.CANCELLED)
    )
    found: dict[UUID, People] = defaultdict(lambda: defaultdict(float))
    for lender, person, during, amount in rows:
        first, last = days_of(from_range(during))
        found[lender][person] += float(np.busday_count(first, last + timedelta(days=1))) * amount / 100
    return found


def _floors(session: Session, actor: Actor, roster_ids: Collection[UUID], since: datetime) -> Iterator[FloorKept]:
    """Yield, of rosters that the reader may see, the most that is away at once from the alert on."""
    shares, during = shares_of(session, roster_ids), Interval(since, since + AHEAD)
    views = queries.roster_views(session, actor, shares)
    units = [unit for view in views for unit in shares[view.roster.id].unit_ids]
    claimed = minutes_taken(session, units, during)
    for view in views:
        share, row = shares[view.roster.id], view.roster
        away = peak([claimed[unit] for unit in share.unit_ids if unit in claimed], (), during)
        yield FloorKept(view.organisation.name, row.name, row.floor_percent, share.percent, away)
