"""Every question about matching runs, and what planning asks of proposals and bookings in bulk."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.dialects.postgresql import Range
from sqlmodel import Session, col

from platsverket.core.actor import Actor
from platsverket.core.audit import AuditEntry
from platsverket.core.errors import NotFound
from platsverket.core.page import DEFAULT_LIMIT, Page, read_page
from platsverket.marketplace.bookings.models import Booking, BookingState
from platsverket.marketplace.bookings.rules import BOOKING
from platsverket.marketplace.offers import queries as all_offers
from platsverket.marketplace.offers.models import Offer, OfferState
from platsverket.marketplace.offers.queries import OfferView
from platsverket.marketplace.organisations.models import Member, Organisation, Partnership
from platsverket.marketplace.planning.models import MatchingRun, NeedOutcome, RunDocument, RunState
from platsverket.marketplace.planning.rules import reasons_told_to
from platsverket.marketplace.proposals import queries as proposals
from platsverket.marketplace.proposals.models import LineClaim, Proposal, ProposalLine, ProposalState
from platsverket.marketplace.requests.models import Need, Request


@dataclass(frozen=True)
class RunSearch:
    """What a list of runs is narrowed to; nothing: all that the actor may see."""

    state: RunState | None = None
    county_code: str | None = None


@dataclass(frozen=True)
class RunView:
    """A run with who started it; nobody: the system itself."""

    run: MatchingRun
    started_by: str | None


@dataclass(frozen=True)
class ServedBy:
    """What a run proposed for a need, and how that proposal stands now."""

    line: ProposalLine
    proposal: Proposal
    offered: OfferView


@dataclass(frozen=True)
class OutcomeView:
    """What a run did with a need, and the reasons and the proposed lines that the reader may see."""

    outcome: NeedOutcome
    reasons: dict[str, Any]
    need: Need
    request: Request
    organisation: Organisation
    lines: Sequence[ServedBy]


@dataclass(frozen=True)
class Standing:
    """What a proposal that stays will claim."""

    unit_id: UUID
    amount: int
    during: Range[datetime]


def open_offers(session: Session, until: datetime, now: datetime) -> list[Offer]:
    """Return the open offers that run at some time between now and then, whoever may see them."""
    found = all_offers.visible_to(None).where(
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
    """Return the (need, offer) that somebody said no to.

    A lister said it to its own offers, anybody else to all of a proposal's; a lender also by cancelling a booking.
    """
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
    } | _called_off(session, need_ids)


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


def visible_to(actor: Actor) -> Select[MatchingRun]:
    """Return the runs that an actor may see: coordinators all, others those that looked at a need of theirs."""
    if actor.coordinates:
        return select(MatchingRun)
    own = (
        select(col(NeedOutcome.run_id))
        .join(Need, col(Need.id) == col(NeedOutcome.need_id))
        .join(Request, col(Request.id) == col(Need.request_id))
        .where(col(Request.organisation_id) == actor.organisation_id)
    )
    return select(MatchingRun).where(col(MatchingRun.id).in_(own))


def runs_page(
    session: Session, actor: Actor, search: RunSearch, page: int = 1, limit: int = DEFAULT_LIMIT
) -> Page[RunView]:
    """Return one page of runs, newest first."""
    found = visible_to(actor).order_by(col(MatchingRun.queued_at).desc(), col(MatchingRun.id).desc())
    if search.state is not None:
        found = found.where(col(MatchingRun.state) == search.state)
    if search.county_code is not None:
        found = found.where(col(MatchingRun.county_code) == search.county_code)
    return read_page(session, found, page, limit).of(lambda runs: _run_views(session, runs))


def run_view(session: Session, actor: Actor, run_id: UUID) -> RunView:
    """Return a run that the actor may see, or NotFound."""
    found = session.scalars(visible_to(actor).where(col(MatchingRun.id) == run_id)).one_or_none()
    if found is None:
        raise NotFound("matching run", run_id)
    return _run_views(session, [found])[0]


def outcomes_page(
    session: Session,
    actor: Actor,
    run_id: UUID,
    *,
    served: bool | None = None,
    page: int = 1,
    limit: int = DEFAULT_LIMIT,
) -> Page[OutcomeView]:
    """Return what a run did with the needs that the actor may see: coordinators all, others their own.

    In the order in which they were asked for; NotFound for a run that the actor may not see.
    """
    run_view(session, actor, run_id)
    found = _outcomes(run_id)
    if served is not None:
        found = found.where(col(NeedOutcome.served) == served)
    if not actor.coordinates:
        found = found.where(col(Request.organisation_id) == actor.organisation_id)
    return read_page(session, found, page, limit).of(lambda rows: _outcome_views(session, rows, actor))


def outcomes(session: Session, run_id: UUID) -> list[OutcomeView]:
    """Return what a run did with every need, for the system itself."""
    return _outcome_views(session, session.scalars(_outcomes(run_id)).all(), None)


def _called_off(session: Session, need_ids: Collection[UUID]) -> set[tuple[UUID, UUID]]:
    """The (need, offer) of bookings that a member of the lender cancelled."""
    rows = session.execute(
        select(col(Booking.need_id), col(Booking.offer_id))
        .join(AuditEntry, col(AuditEntry.entity_id) == col(Booking.id))
        .join(Member, col(Member.id) == col(AuditEntry.actor_id))
        .where(
            col(Booking.state) == BookingState.CANCELLED,
            col(Booking.need_id).in_(need_ids),
            col(AuditEntry.entity) == BOOKING.entity,
            col(AuditEntry.to_state) == BookingState.CANCELLED,
            col(Member.organisation_id) == col(Booking.lender_id),
        )
    )
    return {(need_id, offer_id) for need_id, offer_id in rows}


def _outcomes(run_id: UUID) -> Select[NeedOutcome]:
    return (
        select(NeedOutcome)
        .join(Need, col(Need.id) == col(NeedOutcome.need_id))
        .join(Request, col(Request.id) == col(Need.request_id))
        .where(col(NeedOutcome.run_id) == run_id)
        .order_by(col(Request.opened_at), col(Request.id), col(Need.position))
    )


def _run_views(session: Session, runs: Sequence[MatchingRun]) -> list[RunView]:
    starters = {run.member_id for run in runs if run.member_id}
    rows = session.execute(select(col(Member.id), col(Member.name)).where(col(Member.id).in_(starters)))
    names = {member_id: name for member_id, name in rows}  # noqa: C416
    return [RunView(run, names.get(run.member_id) if run.member_id else None) for run in runs]


def _outcome_views(session: Session, found: Sequence[NeedOutcome], actor: Actor | None) -> list[OutcomeView]:
    need_ids = [outcome.need_id for outcome in found]
    rows = session.execute(
        select(Need, Request, Organisation)
        .join(Request, col(Request.id) == col(Need.request_id))
        .join(Organisation, col(Organisation.id) == col(Request.organisation_id))
        .where(col(Need.id).in_(need_ids))
    )
    asked = {need.id: (need, request, organisation) for need, request, organisation in rows}
    seen = proposals.visible_to(actor) if actor else select(Proposal)
    lines = _lines(session, {outcome.run_id for outcome in found}, need_ids, seen)
    return [
        OutcomeView(
            outcome,
            reasons_told_to(actor, outcome.reasons) if actor else outcome.reasons,
            *asked[outcome.need_id],
            lines[outcome.need_id],
        )
        for outcome in found
    ]


def _lines(
    session: Session, run_ids: Collection[UUID], need_ids: Collection[UUID], seen: Select[Proposal]
) -> dict[UUID, list[ServedBy]]:
    rows = session.execute(
        seen.add_columns(ProposalLine)
        .join(ProposalLine, col(ProposalLine.proposal_id) == col(Proposal.id))
        .where(col(Proposal.run_id).in_(run_ids), col(ProposalLine.need_id).in_(need_ids))
        .order_by(col(ProposalLine.occurs_on), col(ProposalLine.id))
    ).all()
    offers = proposals.offered(session, {line.offer_id for _, line in rows})
    found: dict[UUID, list[ServedBy]] = defaultdict(list)
    for proposal, line in rows:
        found[line.need_id].append(ServedBy(line, proposal, offers[line.offer_id]))
    return found


def any_run(session: Session) -> bool:
    """Tell whether a run was ever made."""
    return session.scalars(select(col(MatchingRun.id)).limit(1)).first() is not None
