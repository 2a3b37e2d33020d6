"""Everything that waits for somebody in a coordinator's area: first what has no deadline, then the nearest one."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Select, String, cast, func, literal, null, select, union_all
from sqlmodel import Session, col

from core.actor import Actor
from core.database.page import Page
from core.database.tables import Instant, coordinated
from marketplace.bookings.models import Booking, BookingState, BundleDecision, BundleState
from marketplace.inquiries.models import Inquiry, InquiryState
from marketplace.organisations.models import Organisation
from marketplace.proposals.models import Proposal, ProposalParty, ProposalState
from marketplace.requests.models import Request


class WaitsFor(StrEnum):
    """What is waited for, and so for whom."""

    REVIEW = "review"
    ANSWER = "answer"
    BUNDLE = "bundle"
    INQUIRY = "inquiry"
    DISPUTE = "dispute"


@dataclass(frozen=True)
class Waiting:
    """Something that waits, for which request, for whom, since when, and until when if it ends by itself."""

    what: WaitsFor
    entity_id: UUID
    title: str
    who: str | None
    since: datetime
    until: datetime | None


def waiting_for_anybody(session: Session, actor: Actor, page: int, limit: int) -> Page[Waiting]:
    """Return what waits in the area that the actor coordinates, in two queries."""
    kinds = union_all(*(each(actor) for each in (_reviews, _answers, _bundles, _inquiries, _disputes))).subquery()
    total = session.execute(select(func.count()).select_from(kinds)).scalar_one()
    ordered = select(kinds).order_by(kinds.c.until.asc().nulls_first(), kinds.c.since, kinds.c.id)
    rows = session.execute(ordered.limit(limit).offset((page - 1) * limit))
    return Page(
        [Waiting(WaitsFor(row.what), row.id, row.title, row.who, row.since, row.until) for row in rows],
        page,
        limit,
        total,
    )


def _reviews(actor: Actor) -> Select[str, UUID, str, str | None, datetime, datetime | None]:
    """Proposals that wait for a coordinator; one that is locked has no deadline, and waits by intention."""
    return (
        select(
            literal(WaitsFor.REVIEW.value).label("what"),
            col(Proposal.id).label("id"),
            col(Request.title).label("title"),
            cast(null(), String).label("who"),
            col(Proposal.created_at).label("since"),
            col(Proposal.answer_by).label("until"),
        )
        .join(Request, col(Request.id) == col(Proposal.request_id))
        .where(
            col(Proposal.state) == ProposalState.PROPOSED,
            col(Proposal.locked_at).is_(None),
            coordinated(actor, col(Request.organisation_id)),
        )
    )


def _answers(actor: Actor) -> Select[str, UUID, str, str | None, datetime, datetime | None]:
    """Each party that has not answered an approved proposal."""
    return (
        select(
            literal(WaitsFor.ANSWER.value),
            col(Proposal.id),
            col(Request.title),
            col(Organisation.name),
            func.coalesce(col(Proposal.approved_at), col(Proposal.created_at)),
            col(Proposal.answer_by),
        )
        .join(Request, col(Request.id) == col(Proposal.request_id))
        .join(ProposalParty, col(ProposalParty.proposal_id) == col(Proposal.id))
        .join(Organisation, col(Organisation.id) == col(ProposalParty.organisation_id))
        .where(
            col(Proposal.state) == ProposalState.APPROVED,
            col(ProposalParty.answer).is_(None),
            coordinated(actor, col(Request.organisation_id)),
        )
    )


def _bundles(actor: Actor) -> Select[str, UUID, str, str | None, datetime, datetime | None]:
    """Requests whose rest somebody has to decide on."""
    return (
        select(
            literal(WaitsFor.BUNDLE.value),
            col(Request.id),
            col(Request.title),
            col(Organisation.name),
            col(BundleDecision.created_at),
            col(BundleDecision.decide_by),
        )
        .join(Request, col(Request.id) == col(BundleDecision.request_id))
        .join(Organisation, col(Organisation.id) == col(Request.organisation_id))
        .where(col(BundleDecision.state) == BundleState.WAITING, coordinated(actor, col(Request.organisation_id)))
    )


def _inquiries(actor: Actor) -> Select[str, UUID, str, str | None, datetime, datetime | None]:
    """Requests of which somebody was asked whether a change would do, each once."""
    return (
        select(
            literal(WaitsFor.INQUIRY.value),
            col(Request.id),
            col(Request.title),
            col(Organisation.name),
            func.min(col(Inquiry.created_at)),
            func.min(col(Inquiry.answer_by)),
        )
        .join(Request, col(Request.id) == col(Inquiry.request_id))
        .join(Organisation, col(Organisation.id) == col(Request.organisation_id))
        .where(col(Inquiry.state) == InquiryState.WAITING, coordinated(actor, col(Request.organisation_id)))
        .group_by(col(Request.id), col(Organisation.id))
    )


def _disputes(actor: Actor) -> Select[str, UUID, str, str | None, datetime, datetime | None]:
    """Bookings with which something is wrong, which a coordinator closes."""
    return (
        select(
            literal(WaitsFor.DISPUTE.value),
            col(Booking.id),
            col(Request.title),
            cast(null(), String),
            func.coalesce(col(Booking.disputed_at), col(Booking.updated_at)),
            cast(null(), Instant),
        )
        .join(Request, col(Request.id) == col(Booking.request_id))
        .where(col(Booking.state) == BookingState.DISPUTED, coordinated(actor, col(Request.organisation_id)))
    )
