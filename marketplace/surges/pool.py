"""Which cards an alert may call or plan with, and how much of their rosters' time may be away at once."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, Select, String, and_, any_, cast, exists, func, or_, select
from sqlmodel import Session, col

from competence.approvals.models import CardApproval
from competence.models import StaffCapacity
from core.database.tables import any_of
from core.time import clock
from marketplace.offers.models import Offer, OfferState
from marketplace.runs.models import MatchingRun
from marketplace.surges.models import (
    CallState,
    Roster,
    RosterCard,
    RosterState,
    Surge,
    SurgeCall,
    SurgeRole,
    SurgeState,
)
from marketplace.surges.rules import PLANNED_WITH, begins_on, lendable_percent
from resources.models import ResourceUnit


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


def who_may_be_called(
    session: Session, surge: Surge, now: datetime, since: datetime | None = None
) -> dict[UUID, PooledCard]:
    """Return the cards that rosters allow an alert to call and that it has not called, by the offers of them.

    With `since` only those of which something has changed from then on: the roster, the offer, or who says yes.
    """
    found = _callable(since).add_columns(Roster).where(col(Surge.id) == surge.id)
    return {
        offer_id: PooledCard(resource_id, row.organisation_id, row.id, begins_on(now, row.notice_hours))
        for offer_id, resource_id, row in session.execute(found)
    }


def reached_late(session: Session, now: datetime) -> list[UUID]:
    """Return the open alerts to plan anew, as since their last run was queued something has changed.

    They may call somebody whom they could not then, or the roster says something else of somebody who may come.
    """
    last = select(func.max(col(MatchingRun.queued_at))).where(col(MatchingRun.surge_id) == col(Surge.id))
    queued, is_open = last.scalar_subquery(), col(Surge.state) == SurgeState.OPEN
    late = _callable(queued).where(is_open, col(Surge.answer_by) > now).with_only_columns(col(Surge.id))
    changed = (
        select(col(Surge.id))
        .join(SurgeCall, col(SurgeCall.surge_id) == col(Surge.id))
        .join(Roster, col(Roster.id) == col(SurgeCall.roster_id))
        .where(is_open, col(SurgeCall.state).in_(PLANNED_WITH), col(Roster.updated_at) >= queued)
    )
    return sorted({*session.scalars(late), *session.scalars(changed)})


def _callable(since: datetime | ScalarSelect[Any] | None) -> Select[UUID, UUID]:
    """Return the SELECT of alerts with the offers and cards that rosters allow them to call, and they have not."""
    found = (
        select(col(Offer.id), col(RosterCard.resource_id))
        .join(RosterCard, col(RosterCard.resource_id) == col(Offer.resource_id))
        .join(Roster, col(Roster.id) == col(RosterCard.roster_id))
        .join(Surge, cast(col(Surge.occasion), String) == any_(col(Roster.occasions)))
    )
    called = exists().where(
        col(SurgeCall.surge_id) == col(Surge.id), col(SurgeCall.resource_id) == col(RosterCard.resource_id)
    )
    found = found.where(
        col(Offer.state) == OfferState.OPEN,
        col(Roster.state) == RosterState.IN_FORCE,
        col(Roster.until) >= clock.today(),
        ~called,
    )
    if since is None:
        return found
    answered = exists().where(
        col(CardApproval.resource_id) == col(RosterCard.resource_id), col(CardApproval.at) >= since
    )
    return found.where(or_(col(Roster.updated_at) >= since, col(Offer.updated_at) >= since, answered))


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
