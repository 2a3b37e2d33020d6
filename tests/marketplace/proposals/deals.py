"""A proposal with the people around it, for tests of deciding, answering and booking."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import Session, SQLModel

from core.actor import Actor
from core.database.audit import AuditEntry, history
from core.time import clock
from core.time.interval import Interval, to_range
from marketplace.bookings.models import Booking
from marketplace.loans.queries import loans_of_proposal
from marketplace.loans.rules import asked_of
from marketplace.notices.models import Notice
from marketplace.offers.models import Offer
from marketplace.proposals import service
from marketplace.proposals.models import Proposal
from marketplace.proposals.queries import parties
from marketplace.proposals.service import Acceptance
from marketplace.requests.models import Need, Request
from tests import builders


@dataclass(frozen=True)
class Deal:
    """A proposal for a request of the requester, served by offers of the lister."""

    proposal: Proposal
    request: Request
    needs: Sequence[Need]
    offers: Sequence[Offer]
    lister: Actor
    requester: Actor
    coordinator: Actor


def deal(session: Session, *offers: Offer, approved: bool = True, together: bool = True, **values: Any) -> Deal:
    """Add a proposal for one need per offer; one meeting room if no offer is given. All offers are one lister's.

    `asker` is who asks, a member of an own organisation unless told.
    """
    lent = offers or (builders.offer(session),)
    member = values.pop("asker", None) or builders.member(session)
    asked = builders.request(session, member, together=together)
    needs = [builders.need(session, asked, family=builders.family_of(session, offer)) for offer in lent]
    make = builders.approved if approved else builders.suggestion
    made = make(session, *zip(needs, lent, strict=True), **values)
    lister = builders.actor(session, builders.home_of(session, lent[0]))
    return Deal(made, asked, needs, lent, lister, builders.actor_of(session, member), builders.coordinator(session))


def confirming(session: Session, actor: Actor, proposal: Proposal) -> dict[UUID, list[str]]:
    """Return all that the rules for loans of people require of an actor's side."""
    own = [each for each in parties(session, proposal.id) if each.organisation_id == actor.organisation_id]
    return asked_of(loans_of_proposal(session, proposal), own)


def accept(session: Session, actor: Actor, proposal: Proposal) -> Acceptance:
    """Say yes, and confirm all that is required."""
    return service.accept(session, actor, proposal.id, confirmed=confirming(session, actor, proposal))


def begin(session: Session, booking: Booking) -> None:
    """Let a booking's time begin an hour ago, so that it can be handed over and come back."""
    booking.during = to_range(Interval(clock.now() - timedelta(hours=1), builders.at(30)))
    session.flush()


def count(session: Session, kind: type[SQLModel]) -> int:
    """Return how many rows a table has."""
    return session.execute(select(func.count()).select_from(kind)).scalar_one()


def moves(session: Session, row: Any, entity: str = "proposal") -> list[tuple[str | None, str | None, str | None]]:
    """Return the audited (from, to, reason) of one thing, in order."""
    found: list[AuditEntry] = history(session, entity, row.id)
    return [(entry.from_state, entry.to_state, entry.reason_code) for entry in found]


def told(session: Session, actor: Actor) -> list[str]:
    """Return the codes of the notices to an actor's organisation, in order."""
    found = select(Notice).where(Notice.organisation_id == actor.organisation_id).order_by(Notice.id)
    return [notice.code for notice in session.scalars(found)]
