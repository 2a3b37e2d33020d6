"""What a scenario comes to, with the names of those it concerns: as many queries however many these are."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import or_, select
from sqlmodel import Session, col

from core.database.page import DEFAULT_LIMIT, Page, read_page
from core.database.tables import any_of
from core.errors import NotFound
from marketplace.offers.models import Offer
from marketplace.offers.queries import OfferView
from marketplace.organisations.models import Organisation
from marketplace.proposals import queries as proposals
from marketplace.proposals.models import Proposal, ProposalLine
from marketplace.requests.models import Need, Request
from marketplace.runs.models import NeedOutcome
from marketplace.scenarios.solving.outcome import Effect, NeedChange, Outcome


@dataclass(frozen=True)
class Asked:
    """A need with whose it is."""

    need: Need
    request: Request
    organisation: Organisation


@dataclass(frozen=True)
class NeedTold:
    """What becomes of a need, and the offers that it has and had."""

    change: NeedChange
    asked: Asked
    before: Sequence[OfferView]
    after: Sequence[OfferView]


@dataclass
class Party:
    """An organisation in a scenario: how many of its needs fare so, their points, and for how many needs it lends."""

    organisation: Organisation
    needs: dict[Effect, int] = field(default_factory=dict)
    gain: int = 0
    lends_before: int = 0
    lends_after: int = 0


@dataclass(frozen=True)
class Choosable:
    """A need of a run with the offers that the run proposed for it."""

    asked: Asked
    offers: Sequence[OfferView]


def needs_told(session: Session, found: Outcome, page: int = 1, limit: int = DEFAULT_LIMIT) -> Page[NeedTold]:
    """Return one page of the needs for which something changes, who loses most first."""
    part = found.needs[(page - 1) * limit : page * limit]
    asked = asked_of(session, {each.need_id for each in part})
    offers = proposals.offered(session, {offer for each in part for offer in (*each.before, *each.after)})
    told = [
        NeedTold(
            each,
            asked[each.need_id],
            [offers[offer] for offer in each.before if offer in offers],
            [offers[offer] for offer in each.after if offer in offers],
        )
        for each in part
        if each.need_id in asked
    ]
    return Page(told, page, limit, len(found.needs))


def parties(session: Session, found: Outcome) -> list[Party]:
    """Return the organisations that a scenario concerns, as who asks and as who lends; who loses most first."""
    offers = {offer for each in found.needs for offer in (*each.before, *each.after)}
    rows = session.execute(select(col(Offer.id), col(Offer.organisation_id)).where(any_of(col(Offer.id), offers)))
    lender = {offer_id: home for offer_id, home in rows}  # noqa: C416 (rows are no pairs to mypy)
    homes = {each.organisation_id for each in found.needs} | set(lender.values())
    named = session.scalars(select(Organisation).where(any_of(col(Organisation.id), homes)))
    of = {each.id: Party(each) for each in named}
    for each in found.needs:
        party = of[each.organisation_id]
        party.needs[each.effect] = party.needs.get(each.effect, 0) + 1
        party.gain += each.gain
        for home in {lender[offer] for offer in each.before if offer in lender}:
            of[home].lends_before += 1
        for home in {lender[offer] for offer in each.after if offer in lender}:
            of[home].lends_after += 1
    return sorted(of.values(), key=lambda each: (each.gain, each.organisation.name, each.organisation.id))


def asked_of(session: Session, need_ids: Collection[UUID]) -> dict[UUID, Asked]:
    """Return needs with whose they are."""
    rows = session.execute(
        select(Need, Request, Organisation)
        .join(Request, col(Request.id) == col(Need.request_id))
        .join(Organisation, col(Organisation.id) == col(Request.organisation_id))
        .where(any_of(col(Need.id), need_ids))
    )
    return {need.id: Asked(need, request, organisation) for need, request, organisation in rows}


def needs_of_run(
    session: Session, run_id: UUID, text: str, page: int = 1, limit: int = DEFAULT_LIMIT
) -> Page[Choosable]:
    """Return the needs that a run looked at, those whose request, need or organisation is called so."""
    found = (
        select(NeedOutcome)
        .join(Need, col(Need.id) == col(NeedOutcome.need_id))
        .join(Request, col(Request.id) == col(Need.request_id))
        .join(Organisation, col(Organisation.id) == col(Request.organisation_id))
        .where(col(NeedOutcome.run_id) == run_id)
        .order_by(col(Request.opened_at), col(Request.id), col(Need.position))
    )
    for word in text.split():
        named = (Request.title, Need.title, Organisation.name)
        found = found.where(or_(*(col(column).icontains(word, autoescape=True) for column in named)))
    return read_page(session, found, page, limit).of(lambda rows: _choosable(session, run_id, rows))


def need_of_run(session: Session, run_id: UUID, need_id: UUID) -> Choosable:
    """Return one need that a run looked at.

    Raises
    ------
    NotFound
        It did not.
    """
    row = session.get(NeedOutcome, (run_id, need_id))
    if row is None:
        raise NotFound("need in that matching run", need_id)
    return _choosable(session, run_id, [row])[0]


def _choosable(session: Session, run_id: UUID, rows: Sequence[NeedOutcome]) -> list[Choosable]:
    need_ids = [row.need_id for row in rows]
    asked = asked_of(session, need_ids)
    lines = session.execute(
        select(col(ProposalLine.need_id), col(ProposalLine.offer_id))
        .join(Proposal, col(Proposal.id) == col(ProposalLine.proposal_id))
        .where(col(Proposal.run_id) == run_id, any_of(col(ProposalLine.need_id), need_ids))
        .order_by(col(ProposalLine.id))
    ).all()
    offers = proposals.offered(session, {offer_id for _, offer_id in lines})
    got: dict[UUID, dict[UUID, OfferView]] = {need_id: {} for need_id in need_ids}
    for need_id, offer_id in lines:
        got[need_id][offer_id] = offers[offer_id]
    return [Choosable(asked[need_id], list(got[need_id].values())) for need_id in need_ids]
