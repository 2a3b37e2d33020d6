"""Every question about alerts and calls: who sees them, whom they reach, and how far the roles are filled."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select
from sqlmodel import Session, col

from competence.models import StaffCapacity
from core.actor import Actor, Permission, refusal
from core.database.page import DEFAULT_LIMIT, Page, read_rows
from core.database.tables import any_of, by_swedish, coordinated, within
from core.errors import NotFound
from core.time import clock
from marketplace.offers.models import Offer, OfferState
from marketplace.organisations.models import Organisation
from marketplace.organisations.queries import takes_part
from marketplace.requests.models import Need, NeedState, Request
from marketplace.surges.models import (
    CallState,
    Occasion,
    Roster,
    RosterCard,
    RosterState,
    Surge,
    SurgeCall,
    SurgeRole,
    SurgeState,
)
from marketplace.surges.rules import PLANNED_WITH, begins_on, lendable_percent
from resources.models import Resource, ResourceUnit


@dataclass(frozen=True)
class SurgeView:
    """An alert with whose it is."""

    surge: Surge
    organisation: Organisation


@dataclass(frozen=True)
class CallView:
    """A call with the resource of the card, for those where the person works."""

    call: SurgeCall
    resource: Resource


@dataclass(frozen=True)
class Fill:
    """How far a role is filled, as it is now: people proposed and agreed, and what cards that fit it have answered."""

    role: SurgeRole
    proposed: int = 0
    agreed: int = 0
    calls: Mapping[CallState, int] = field(default_factory=dict)

    @property
    def accepted(self) -> int:
        """How many have said yes, also more than are needed."""
        return self.calls.get(CallState.ACCEPTED, 0)

    @property
    def percent(self) -> int:
        """How much of the role has said yes or is agreed, rounded down; 100 where all has."""
        return 100 * min(max(self.accepted, self.agreed), self.role.number) // self.role.number


@dataclass(frozen=True)
class PooledCard:
    """A card that may be called, or has been: under which roster, from which day on, and whether it has said yes."""

    resource_id: UUID
    organisation_id: UUID
    roster_id: UUID
    begins: date
    said_yes: bool = False


@dataclass(frozen=True)
class RosterShare:
    """How much of a roster's time may be away at once, in percent of full time, and the units of all of its cards."""

    percent: int
    unit_ids: Sequence[UUID]


def surges_page(session: Session, actor: Actor, page: int = 1, limit: int = DEFAULT_LIMIT) -> Page[SurgeView]:
    """Return the alerts that the actor may see, those that are open first, the last first."""
    found = _views(actor).order_by(col(Surge.state).desc(), col(Surge.id).desc())
    return read_rows(session, found, page, limit).of(lambda rows: [_view(row) for row in rows])


def surge_view(session: Session, actor: Actor, surge_id: UUID) -> SurgeView:
    """Return one alert; NotFound where there is none that the actor may see."""
    row = session.execute(_views(actor).where(col(Surge.id) == surge_id)).one_or_none()
    if row is None:
        raise NotFound("surge", surge_id)
    return _view(row)


def locked_surge(session: Session, surge_id: UUID) -> Surge:
    """Return an alert as it is now, locked until the transaction ends, while answers may still refer to it."""
    return session.get_one(Surge, surge_id, with_for_update={"key_share": True}, populate_existing=True)


def in_area(session: Session, actor: Actor) -> Sequence[Organisation]:
    """Return the organisations for which the actor may raise an alert, by name."""
    own = coordinated(actor, col(Organisation.id))
    return session.scalars(
        select(Organisation).where(own, takes_part()).order_by(by_swedish(col(Organisation.name)))
    ).all()


def in_need(session: Session, surge_id: UUID) -> UUID:
    """Return the organisation that an alert was raised for."""
    return session.scalars(select(col(Surge.organisation_id)).where(col(Surge.id) == surge_id)).one()


def _views(actor: Actor) -> Select[Surge]:
    """Return the SELECT of alerts seen by their coordinators, by whom is in need, and where somebody is called."""
    home = col(Surge.organisation_id)
    called = select(col(SurgeCall.surge_id)).join(Resource, col(Resource.id) == col(SurgeCall.resource_id))
    own = col(Surge.id).in_(called.where(_answers(actor)))
    joined = select(Surge).join(Organisation, col(Organisation.id) == home).add_columns(Organisation)
    return joined.where(or_(home == actor.organisation_id, coordinated(actor, home), own))


def _view(row: Row[Any]) -> SurgeView:
    return SurgeView(row.Surge, row.Organisation)


def _answers(actor: Actor) -> ColumnElement[bool]:
    return within(actor, Permission.ANSWER_CALLS, col(Resource.organisation_id), col(Resource.department))


def own_calls(session: Session, actor: Actor, surge_id: UUID) -> list[CallView]:
    """Return the calls of an alert that the actor may answer, by the name of the card."""
    return [CallView(call, resource) for call, resource in session.execute(_own_calls(actor, surge_id))]


def own_calls_page(
    session: Session, actor: Actor, surge_id: UUID, page: int = 1, limit: int = DEFAULT_LIMIT
) -> Page[CallView]:
    """Return a page of `own_calls`."""
    found = read_rows(session, _own_calls(actor, surge_id), page, limit)
    return found.of(lambda rows: [CallView(row.SurgeCall, row.Resource) for row in rows])


def _own_calls(actor: Actor, surge_id: UUID) -> Select[SurgeCall, Resource]:
    return (
        select(SurgeCall, Resource)
        .join(Resource, col(Resource.id) == col(SurgeCall.resource_id))
        .where(col(SurgeCall.surge_id) == surge_id, _answers(actor))
        .order_by(col(Resource.name), col(SurgeCall.id))
    )


def check_answers(session: Session, actor: Actor, surge_id: UUID) -> None:
    """Refuse whoever may answer for nobody whom an alert calls."""
    if not session.scalar(select(_own_calls(actor, surge_id).exists())):
        raise refusal(actor, Permission.ANSWER_CALLS)


def locked_calls(session: Session, actor: Actor, surge_id: UUID, call_ids: Collection[UUID]) -> list[SurgeCall]:
    """Return those of some calls that the actor may answer, locked until the transaction ends."""
    found = (
        select(SurgeCall)
        .join(Resource, col(Resource.id) == col(SurgeCall.resource_id))
        .where(any_of(col(SurgeCall.id), call_ids), col(SurgeCall.surge_id) == surge_id, _answers(actor))
        .order_by(col(SurgeCall.id))
        .with_for_update(of=SurgeCall)
    )
    return list(session.scalars(found.execution_options(populate_existing=True)))


def my_calls(session: Session, actor: Actor) -> list[tuple[SurgeCall, Surge]]:
    """Return the calls of the actor's own cards by alerts that go on, the last first."""
    found = session.execute(_my_calls(actor).order_by(col(SurgeCall.id).desc()))
    return [(call, surge) for call, surge in found]


def own_call(session: Session, actor: Actor, call_id: UUID) -> SurgeCall:
    """Return a call of the actor's own card, locked until the transaction ends; NotFound for others'."""
    found = _my_calls(actor).where(col(SurgeCall.id) == call_id).with_for_update(of=SurgeCall)
    row = session.execute(found.execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise NotFound("surge_call", call_id)
    call: SurgeCall = row.SurgeCall
    return call


def _my_calls(actor: Actor) -> Select[SurgeCall, Surge]:
    return (
        select(SurgeCall, Surge)
        .join(Surge, col(Surge.id) == col(SurgeCall.surge_id))
        .join(StaffCapacity, col(StaffCapacity.resource_id) == col(SurgeCall.resource_id))
        .where(col(StaffCapacity.member_id) == actor.member_id, col(Surge.state) == SurgeState.OPEN)
    )


def calls_in(session: Session, surge_id: UUID, states: Collection[CallState]) -> list[UUID]:
    """Return the calls of an alert that are in one of some states."""
    found = select(col(SurgeCall.id)).where(col(SurgeCall.surge_id) == surge_id, col(SurgeCall.state).in_(states))
    return list(session.scalars(found.order_by(col(SurgeCall.id))))


def overdue(session: Session, now: datetime) -> list[UUID]:
    """Return the open alerts with calls not answered in time, locked; those that somebody else is at are left out."""
    asked = select(col(SurgeCall.surge_id)).where(col(SurgeCall.state) == CallState.ASKED)
    found = select(col(Surge.id)).where(
        col(Surge.state) == SurgeState.OPEN, col(Surge.answer_by) <= now, col(Surge.id).in_(asked)
    )
    return list(session.scalars(found.order_by(col(Surge.id)).with_for_update(skip_locked=True)))


def fill_of(session: Session, surge_id: UUID) -> list[Fill]:
    """Return how far each role of an alert is filled now: two statements, however many were called."""
    of_needs = (
        select(
            SurgeRole,
            func.count().filter(col(Need.state) == NeedState.PROPOSED),
            func.count().filter(col(Need.state) == NeedState.AGREED),
        )
        .outerjoin(Request, col(Request.surge_role_id) == col(SurgeRole.id))
        .outerjoin(Need, col(Need.request_id) == col(Request.id))
        .where(col(SurgeRole.surge_id) == surge_id)
        .group_by(col(SurgeRole.id))
        .order_by(col(SurgeRole.position))
    )
    role_id = func.unnest(col(SurgeCall.role_ids)).label("role_id")
    each = select(role_id, col(SurgeCall.state)).where(col(SurgeCall.surge_id) == surge_id).subquery()
    counted = select(each.c.role_id, each.c.state, func.count()).group_by(each.c.role_id, each.c.state)
    calls: dict[UUID, dict[CallState, int]] = defaultdict(dict)
    for role, state, number in session.execute(counted):
        calls[role][CallState(state)] = number
    return [Fill(role, proposed, agreed, calls[role.id]) for role, proposed, agreed in session.execute(of_needs)]


def requests_of(session: Session, surge_id: UUID) -> list[UUID]:
    """Return the requests of an alert."""
    roles = select(col(SurgeRole.id)).where(col(SurgeRole.surge_id) == surge_id)
    return list(session.scalars(select(col(Request.id)).where(col(Request.surge_role_id).in_(roles))))


def roles_of_requests(session: Session, surge_id: UUID) -> dict[UUID, UUID]:
    """Return which role each request of an alert is of."""
    found = select(col(Request.id), col(SurgeRole.id)).join(SurgeRole, col(SurgeRole.id) == col(Request.surge_role_id))
    return {key: role for key, role in session.execute(found.where(col(SurgeRole.surge_id) == surge_id))}  # noqa: C416


def called_counts(session: Session, surge_id: UUID) -> dict[CallState, int]:
    """Return how many cards are called in each state, each once."""
    found = select(col(SurgeCall.state), func.count()).where(col(SurgeCall.surge_id) == surge_id)
    return {state: number for state, number in session.execute(found.group_by(col(SurgeCall.state)))}  # noqa: C416


def lenders(session: Session, surge_id: UUID) -> set[UUID]:
    """Return the organisations where somebody is called by an alert."""
    return set(session.scalars(select(col(SurgeCall.organisation_id)).where(col(SurgeCall.surge_id) == surge_id)))


def who_may_be_called(session: Session, occasion: Occasion, now: datetime) -> dict[UUID, PooledCard]:
    """Return the cards that rosters allow to be called when something happens, by the offers that there are of them."""
    found = (
        select(col(Offer.id), Roster, col(RosterCard.resource_id))
        .join(RosterCard, col(RosterCard.resource_id) == col(Offer.resource_id))
        .join(Roster, col(Roster.id) == col(RosterCard.roster_id))
    ).where(
        col(Offer.state) == OfferState.OPEN,
        col(Roster.state) == RosterState.IN_FORCE,
        col(Roster.until) >= clock.today(),
        col(Roster.occasions).contains([occasion.value]),
    )
    return {
        offer_id: PooledCard(resource_id, row.organisation_id, row.id, begins_on(now, row.notice_hours))
        for offer_id, row, resource_id in session.execute(found)
    }


def who_may_come(session: Session, surge_id: UUID) -> dict[UUID, PooledCard]:
    """Return the cards that are called and have not said no, by the offers that there are of them."""
    found = (
        select(col(Offer.id), SurgeCall)
        .join(SurgeCall, col(SurgeCall.resource_id) == col(Offer.resource_id))
        .join(RosterCard, _still_in())
    ).where(
        col(Offer.state) == OfferState.OPEN,
        col(SurgeCall.surge_id) == surge_id,
        col(SurgeCall.state).in_(PLANNED_WITH),
    )
    return {offer_id: _pooled(call) for offer_id, call in session.execute(found)}


def _still_in() -> ColumnElement[bool]:
    """The condition that a called card is still in the roster under which it was called."""
    same = col(RosterCard.roster_id) == col(SurgeCall.roster_id)
    return and_(col(RosterCard.resource_id) == col(SurgeCall.resource_id), same)


def _pooled(call: SurgeCall) -> PooledCard:
    accepted = call.state is CallState.ACCEPTED
    return PooledCard(call.resource_id, call.organisation_id, call.roster_id, call.begins, accepted)


def shares_of(session: Session, roster_ids: Collection[UUID]) -> dict[UUID, RosterShare]:
    """Return how much of rosters may be away at once. One that has ended has no cards, and so nothing to be lent."""
    found = (
        select(
            col(Roster.id),
            col(Roster.floor_percent),
            func.array_agg(col(ResourceUnit.unit_id)).label("units"),
            func.sum(col(StaffCapacity.extent_percent)).label("percent"),
        )
        .join(RosterCard, col(RosterCard.roster_id) == col(Roster.id))
        .join(StaffCapacity, col(StaffCapacity.resource_id) == col(RosterCard.resource_id))
        .join(ResourceUnit, col(ResourceUnit.resource_id) == col(RosterCard.resource_id))
        .where(any_of(col(Roster.id), roster_ids))
        .group_by(col(Roster.id))
    )
    rows = session.execute(found)
    return {key: RosterShare(lendable_percent(percent, floor), units) for key, floor, units, percent in rows}


def locked_rosters_of(session: Session, offer_ids: Collection[UUID], surge_role_id: UUID) -> dict[UUID, list[UUID]]:
    """Return the rosters under which offered cards were called by the alert of a role, locked, with the offers."""
    surge = select(col(SurgeRole.surge_id)).where(col(SurgeRole.id) == surge_role_id).scalar_subquery()
    called = and_(
        col(SurgeCall.resource_id) == col(Offer.resource_id),
        col(SurgeCall.surge_id) == surge,
        col(SurgeCall.state).in_(PLANNED_WITH),
    )
    found: dict[UUID, list[UUID]] = defaultdict(list)
    rows = session.execute(
        select(col(SurgeCall.roster_id), col(Offer.id))
        .select_from(Offer)
        .join(SurgeCall, called)
        .join(RosterCard, _still_in())
        .where(any_of(col(Offer.id), offer_ids))
    )
    for roster_id, offer_id in rows:
        found[roster_id].append(offer_id)
    locked = select(Roster).where(any_of(col(Roster.id), found.keys())).order_by(col(Roster.id)).with_for_update()
    session.execute(locked)
    return found
