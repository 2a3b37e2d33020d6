"""Every question about networks: who is in them, and what they have lent."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, literal, null, select, union_all
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Mapped
from sqlmodel import Session, col

from core.database.tables import any_of
from core.time import clock
from core.time.interval import Interval, from_range
from marketplace.bookings.models import Booking, BookingState
from marketplace.networks.rules import COUNTED_DAYS
from marketplace.proposals.models import LineClaim, Proposal, ProposalLine, ProposalState
from marketplace.proposals.queries import is_kept
from marketplace.requests.models import Need
from resources.models import Claim


@dataclass(frozen=True, slots=True)
class Lent:
    """When a network has lent a person's unit, or will; by a proposal that waits for an answer, if it is told."""

    unit_id: UUID
    proposal_id: UUID | None
    during: Interval


def lent(session: Session, unit_ids: Collection[UUID] | None = None, *, kept: bool = False) -> list[Lent]:
    """Return what networks have lent in the last year, and from now on; of some units if told; one query.

    Of what is proposed that is all that waits for an answer, or with `kept` what keeps others from it, see `is_kept`.
    """
    since = clock.now() - timedelta(days=COUNTED_DAYS)
    found = union_all(_booked(since, unit_ids), _proposed(since, unit_ids, kept=kept)).subquery()
    rows = session.execute(select(found).order_by(found.c.unit_id, found.c.during))
    return [Lent(unit_id, proposal_id, from_range(during)) for unit_id, proposal_id, during in rows]


def by_unit(found: Iterable[Lent], without: Collection[UUID] | None = ()) -> dict[UUID, list[Interval]]:
    """Return when each unit is lent, but for what some proposals would lend (None: any)."""
    lent_of: dict[UUID, list[Interval]] = defaultdict(list)
    for each in found:
        is_booked = each.proposal_id is None
        if is_booked or (without is not None and each.proposal_id not in without):
            lent_of[each.unit_id].append(each.during)
    return lent_of


def _booked(since: datetime, unit_ids: Collection[UUID] | None) -> Select[UUID, UUID | None, Range[datetime]]:
    return (
        select(col(Claim.unit_id), null().label("proposal_id"), col(Claim.during))
        .join(Booking, col(Booking.id) == col(Claim.booking_id))
        .join(Need, _asks_a_network(col(Booking.need_id)))
        .where(col(Booking.state) != BookingState.CANCELLED, *_of(col(Claim.unit_id), unit_ids))
        .where(col(Claim.during).op("&&")(Range(since, None)))
    )


def _proposed(
    since: datetime, unit_ids: Collection[UUID] | None, *, kept: bool
) -> Select[UUID, UUID | None, Range[datetime]]:
    waiting = is_kept() if kept else col(Proposal.state).in_((ProposalState.PROPOSED, ProposalState.APPROVED))
    return (
        select(col(LineClaim.unit_id), col(Proposal.id), col(LineClaim.during))
        .join(ProposalLine, col(ProposalLine.id) == col(LineClaim.line_id))
        .join(Proposal, col(Proposal.id) == col(ProposalLine.proposal_id))
        .join(Need, _asks_a_network(col(ProposalLine.need_id)))
        .where(waiting, *_of(col(LineClaim.unit_id), unit_ids))
        .where(col(LineClaim.during).op("&&")(Range(since, None)))
    )


def _asks_a_network(need_id: Mapped[UUID]) -> ColumnElement[bool]:
    return and_(col(Need.id) == need_id, col(Need.requirements)["network"].astext != literal(""))


def _of(unit_id: Mapped[UUID], unit_ids: Collection[UUID] | None) -> list[ColumnElement[bool]]:
    return [] if unit_ids is None else [any_of(unit_id, unit_ids)]
