"""What a matching run asks of offers, proposals and bookings, in bulk: as many queries however many rows there are."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, bindparam, cast, func, or_, select
from sqlalchemy.dialects.postgresql import JSONB, Range
from sqlmodel import Session, col

from core.actor import Actor
from core.database.tables import among, any_of
from marketplace.bookings.models import Booking, BookingState
from marketplace.offers import queries as all_offers
from marketplace.offers.models import Offer, OfferState
from marketplace.organisations.models import Partnership
from marketplace.organisations.queries import takes_part
from marketplace.proposals.models import LineClaim, Proposal, ProposalLine, ProposalState
from marketplace.proposals.queries import is_kept
from marketplace.requests.models import Need, NeedState, Request
from marketplace.requests.queries import LIVE
from resources.models import Resource, Site


@dataclass(frozen=True)
class ProposalClaim:
    """What a waiting proposal will claim; `kept`: no run replaces it."""

    proposal_id: UUID
    kept: bool
    unit_id: UUID
    amount: int
    during: Range[datetime]


@dataclass(frozen=True)
class Sought:
    """What could serve a need, whichever way it is changed: None is any kind, or place."""

    family: str
    kinds: frozenset[str] | None = None
    municipality_codes: frozenset[str] | None = None


@dataclass(frozen=True)
class ReplaceableClaim:
    """What a proposal that may be replaced will claim."""

    proposal_id: UUID
    unit_id: UUID
    during: Range[datetime]


class ProposedLine(NamedTuple):
    """What a line of a proposal serves, and by what: without its reasons, for tens of thousands."""

    proposal_id: UUID
    need_id: UUID
    occurs_on: date | None
    option_key: str
    amount: int


def offers_open_between(now: datetime, until: datetime | None, only: Collection[UUID] | None) -> Select[Offer]:
    """Return the SELECT of open offers that run at some time from now on (or until then), whoever may see them."""
    found = all_offers.visible_to(None).where(
        col(Offer.state) == OfferState.OPEN,
        takes_part(),
        col(Offer.during).op("&&")(Range(now, until, bounds="[)")),
    )
    if only is not None:
        found = found.where(any_of(col(Offer.id), only))
    return found.order_by(col(Offer.id))


def open_offers_seen(session: Session, actor: Actor, wanted: Collection[Sought]) -> list[UUID]:
    """Return the open offers that an actor may see and that any of these could mean."""
    meant = or_(*(_is_meant(each) for each in set(wanted)))
    found = all_offers.visible_to(actor).where(col(Offer.state) == OfferState.OPEN, meant)
    return list(session.scalars(found.with_only_columns(col(Offer.id), maintain_column_froms=True)))


def _is_meant(sought: Sought) -> ColumnElement[bool]:
    found = [col(Resource.family) == sought.family]
    if sought.kinds is not None:
        found.append(col(Resource.kind).in_(sought.kinds))
    if sought.municipality_codes is not None:
        found.append(col(Site.municipality_code).in_(sought.municipality_codes))
    return and_(*found)


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


def replaceable(session: Session, need_ids: Collection[UUID], *, lock: bool = False) -> list[Proposal]:
    """Return the proposals for these needs that a new run replaces: proposed, and not locked by the coordinator."""
    serving = select(col(ProposalLine.proposal_id)).where(any_of(col(ProposalLine.need_id), need_ids))
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


def lines_of(session: Session, proposal_ids: Collection[UUID]) -> list[ProposedLine]:
    """Return the lines of proposals."""
    columns = (getattr(ProposalLine, name) for name in ProposedLine._fields)
    found = select(*columns).where(any_of(col(ProposalLine.proposal_id), proposal_ids))
    return [ProposedLine(*row) for row in session.execute(found.order_by(col(ProposalLine.id)))]


def replaceable_claims(session: Session, unit_ids: Collection[UUID]) -> list[ReplaceableClaim]:
    """Return what replaceable proposals (see `replaceable`) will claim of units, in the order of the proposals."""
    rows = session.execute(
        select(col(Proposal.id), col(LineClaim.unit_id), col(LineClaim.during))
        .join(ProposalLine, col(ProposalLine.proposal_id) == col(Proposal.id))
        .join(LineClaim, col(LineClaim.line_id) == col(ProposalLine.id))
        .where(
            any_of(col(LineClaim.unit_id), unit_ids),
            col(Proposal.state) == ProposalState.PROPOSED,
            col(Proposal.locked_at).is_(None),
        )
        .order_by(col(Proposal.id), col(LineClaim.id))
    )
    return [ReplaceableClaim(*row) for row in rows]


def open_needs_of(session: Session, request_id: UUID) -> list[UUID]:
    """Return the needs of a request that nothing serves yet, in their order."""
    found = select(col(Need.id)).where(col(Need.request_id) == request_id, col(Need.state) == NeedState.OPEN)
    return list(session.scalars(found.order_by(col(Need.position))))


def waiting_for_the_like(session: Session, request_id: UUID, most: int) -> list[UUID]:
    """Return needs of others that nothing serves yet, of the families of a request, who asked first to begin with."""
    families = select(col(Need.family)).where(col(Need.request_id) == request_id)
    found = (
        select(col(Need.id))
        .join(Request, col(Request.id) == col(Need.request_id))
        .where(
            col(Need.state) == NeedState.OPEN,
            col(Need.family).in_(families),
            col(Request.state).in_(LIVE),
            col(Request.id) != request_id,
        )
        .order_by(col(Request.opened_at), col(Need.id))
    )
    return list(session.scalars(found.limit(most)))


def proposal_claims(session: Session, unit_ids: Collection[UUID]) -> list[ProposalClaim]:
    """Return what proposals that wait for somebody will claim of units."""
    rows = session.execute(
        select(col(Proposal.id), is_kept(), col(LineClaim.unit_id), col(LineClaim.amount), col(LineClaim.during))
        .join(ProposalLine, col(ProposalLine.id) == col(LineClaim.line_id))
        .join(Proposal, col(Proposal.id) == col(ProposalLine.proposal_id))
        .where(
            any_of(col(LineClaim.unit_id), unit_ids),
            col(Proposal.state).in_((ProposalState.PROPOSED, ProposalState.APPROVED)),
        )
    )
    return [ProposalClaim(*row) for row in rows]


def swapped_lines(session: Session, run_id: UUID) -> Sequence[ProposalLine]:
    """Return the lines of a run that have been swapped to something else than it chose."""
    swapped = cast(col(ProposalLine.reasons), JSONB)["chosen"].astext.is_not(None)
    found = select(ProposalLine).join(Proposal, col(Proposal.id) == col(ProposalLine.proposal_id))
    return session.scalars(found.where(col(Proposal.run_id) == run_id, swapped)).all()


def lines_of_need(session: Session, run_id: UUID, need_id: UUID, *, lock: bool = False) -> list[ProposalLine]:
    """Return the lines that a run proposed for a need, as they now are; their proposals locked if told."""
    if lock:
        own = select(col(ProposalLine.proposal_id)).where(col(ProposalLine.need_id) == need_id)
        proposed = select(col(Proposal.id)).where(col(Proposal.run_id) == run_id, col(Proposal.id).in_(own))
        session.execute(proposed.order_by(col(Proposal.id)).with_for_update())
    return lines_of_needs(session, run_id, [need_id])[need_id]


def lines_of_needs(session: Session, run_id: UUID, need_ids: Collection[UUID]) -> dict[UUID, list[ProposalLine]]:
    """Return the lines that a run proposed for each of some needs, as they now are, in one query."""
    by_need: dict[UUID, list[ProposalLine]] = {need_id: [] for need_id in need_ids}
    for line in session.scalars(_LINES, {"run": run_id, "needs": list(need_ids)}):
        by_need[line.need_id].append(line)
    return by_need


_LINES = (
    select(ProposalLine)
    .join(Proposal, col(Proposal.id) == col(ProposalLine.proposal_id))
    .where(col(Proposal.run_id) == bindparam("run"), among(col(ProposalLine.need_id), "needs"))
    .order_by(col(ProposalLine.occurs_on), col(ProposalLine.id))
    .execution_options(populate_existing=True)
)
