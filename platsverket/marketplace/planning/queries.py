"""Every question about matching runs, and what planning asks of proposals and bookings in bulk."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import Range
from sqlmodel import Session, col

from platsverket.core.errors import NotFound
from platsverket.marketplace.bookings.models import Booking, BookingState
from platsverket.marketplace.offers.models import Offer, OfferState
from platsverket.marketplace.offers.queries import visible_to
from platsverket.marketplace.organisations.models import Partnership
from platsverket.marketplace.planning.models import MatchingRun, RunDocument, RunState
from platsverket.marketplace.proposals.models import LineClaim, Proposal, ProposalLine, ProposalState
from platsverket.resources.models import Unit


@dataclass(frozen=True)
class Standing:
    """What a proposal that stays will claim."""

    unit_id: UUID
    amount: int
    during: Range[datetime]


def open_offers(session: Session, until: datetime, now: datetime) -> list[Offer]:
    """Return the open offers that run at some time between now and then, whoever may see them."""
    found = visible_to(None).where(
        col(Offer.state) == OfferState.OPEN, col(Offer.during).op("&&")(Range(now, until, bounds="[)"))
    )
    return list(session.scalars(found.order_by(col(Offer.id))))


def partners(session: Session) -> dict[UUID, frozenset[UUID]]:
    """Return everybody's partners."""
    found: dict[UUID, set[UUID]] = defaultdict(set)
    for each in session.scalars(select(Partnership)):
        found[each.organisation_id].add(each.partner_id)
    return {organisation_id: frozenset(ids) for organisation_id, ids in found.items()}


def net_lent(session: Session) -> dict[UUID, int]:
    """Return how many bookings each organisation has lent minus how many it has borrowed."""
    counts: dict[UUID, int] = defaultdict(int)
    for column, sign in ((col(Booking.lender_id), 1), (col(Booking.borrower_id), -1)):
        statement = select(column, func.count()).where(col(Booking.state) != BookingState.CANCELLED).group_by(column)
        for organisation_id, number in session.execute(statement):
            counts[organisation_id] += sign * number
    return dict(counts)


def refused_pairs(session: Session, need_ids: Collection[UUID]) -> set[tuple[UUID, UUID]]:
    """Return the (need, offer) that somebody said no to: a lister to its own offers, anybody else to all of them."""
    rows = session.execute(
        select(
            col(Proposal.id),
            col(ProposalLine.need_id),
            col(ProposalLine.offer_id),
            col(Offer.organisation_id) == col(Proposal.refused_by_id),
        )
        .join(ProposalLine, col(ProposalLine.proposal_id) == col(Proposal.id))
        .join(Offer, col(Offer.id) == col(ProposalLine.offer_id))
        .where(
            col(Proposal.state) == ProposalState.REFUSED,
            col(Proposal.refused_by_id).is_not(None),
            col(ProposalLine.need_id).in_(need_ids),
        )
    ).all()
    by_lister = {proposal_id for proposal_id, _, _, is_listers in rows if is_listers}
    return {
        (need_id, offer_id)
        for proposal_id, need_id, offer_id, is_listers in rows
        if is_listers or proposal_id not in by_lister
    }


def replaceable(session: Session, need_ids: Collection[UUID], *, lock: bool = False) -> list[Proposal]:
    """Return the proposals for these needs that a new run replaces: proposed, and not locked by the coordinator."""
    serving = select(col(ProposalLine.proposal_id)).where(col(ProposalLine.need_id).in_(need_ids))
    statement = (
        select(Proposal)
        .where(
            col(Proposal.state) == ProposalState.PROPOSED,
            col(Proposal.locked_at).is_(None),
            col(Proposal.id).in_(serving),
        )
        .order_by(col(Proposal.id))
    )
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return list(session.scalars(statement))


def lines_of(session: Session, proposal_ids: Collection[UUID]) -> list[ProposalLine]:
    """Return the lines of proposals."""
    found = select(ProposalLine).where(col(ProposalLine.proposal_id).in_(proposal_ids))
    return list(session.scalars(found.order_by(col(ProposalLine.id))))


def standing_claims(session: Session, unit_ids: Collection[UUID], but_for: Collection[UUID]) -> list[Standing]:
    """Return what proposals that wait for somebody will claim of units, but for those that are replaced."""
    rows = session.execute(
        select(col(LineClaim.unit_id), col(LineClaim.amount), col(LineClaim.during))
        .join(ProposalLine, col(ProposalLine.id) == col(LineClaim.line_id))
        .join(Proposal, col(Proposal.id) == col(ProposalLine.proposal_id))
        .where(
            col(LineClaim.unit_id).in_(unit_ids),
            col(Proposal.state).in_((ProposalState.PROPOSED, ProposalState.APPROVED)),
            col(Proposal.id).not_in(but_for),
        )
    )
    return [Standing(*row) for row in rows]


def capacities(session: Session, unit_ids: Collection[UUID]) -> dict[UUID, int]:
    """Return units' capacities as they are now."""
    rows = session.execute(select(col(Unit.id), col(Unit.capacity)).where(col(Unit.id).in_(unit_ids)))
    return dict(rows.tuples().all())


def document(session: Session, run_id: UUID, kind: str) -> bytes:
    """Return a stored document of a run, gzipped; NotFound if the run has none yet."""
    found = session.get(RunDocument, (run_id, kind))
    if found is None:
        raise NotFound(f"{kind} of the matching run", run_id)
    return found.body


def run(session: Session, run_id: UUID, *, lock: bool = False) -> MatchingRun:
    """Return a run as it is now, or NotFound; locked until the transaction ends if told."""
    statement = select(MatchingRun).where(col(MatchingRun.id) == run_id)
    if lock:
        statement = statement.with_for_update()
    found = session.scalars(statement.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise NotFound("matching run", run_id)
    return found


def lost_runs(session: Session, now: datetime) -> list[MatchingRun]:
    """Return running runs without a sign of life, locked; those that somebody else is at are left out."""
    found = select(MatchingRun).where(col(MatchingRun.state) == RunState.RUNNING, col(MatchingRun.lease_until) < now)
    return list(session.scalars(found.order_by(col(MatchingRun.id)).with_for_update(skip_locked=True)))


def waiting_runs(session: Session, before: datetime) -> list[MatchingRun]:
    """Return queued runs that nobody has touched since then, locked; those somebody else is at are left out."""
    found = select(MatchingRun).where(col(MatchingRun.state) == RunState.QUEUED, col(MatchingRun.updated_at) < before)
    return list(session.scalars(found.order_by(col(MatchingRun.id)).with_for_update(skip_locked=True)))


def any_run(session: Session) -> bool:
    """Tell whether a run was ever made."""
    return session.scalars(select(col(MatchingRun.id)).limit(1)).first() is not None
