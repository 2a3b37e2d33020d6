"""Proposals as lists show them: the columns that a line of a list needs, read in two statements as plain values."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Integer, Row, Select, case, cast, func, null, select, true, type_coerce
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Session, col

from competence.models import StaffCapacity
from core.actor import Actor
from core.database.page import DEFAULT_LIMIT, Page, Paged, read_rows
from core.database.statements import made_once
from core.database.tables import among
from marketplace.offers.excerpts import COLUMNS, OfferExcerpt, excerpt
from marketplace.offers.models import Offer
from marketplace.organisations.models import Organisation
from marketplace.organisations.queries import OrganisationInShort
from marketplace.proposals.models import LineClaim, Proposal, ProposalLine, ProposalState, Side
from marketplace.proposals.queries import ProposalSearch, Told, listed, waiting_for
from marketplace.requests.models import Need, Priority, Request
from resources.models import Resource, Site


class ProposalInShort(NamedTuple):
    """What is read of a proposal."""

    id: UUID
    version: int
    state: ProposalState
    locked_at: datetime | None
    answer_by: datetime


class RequestInShort(NamedTuple):
    """What is read of a request."""

    title: str
    priority: Priority
    organisation_id: UUID
    department: str | None


class NeedInShort(NamedTuple):
    """What is read of a need."""

    id: UUID
    title: str
    family: str


class LineInShort(NamedTuple):
    """What is read of the lines by which an offer serves a need: a series has one for each date, told as one.

    `score` is their sum, `metres` the farthest, `terms` of each; `times` says how many claims at other times there are
    from `first` until `last`.
    """

    score: int
    metres: float | None
    terms: Sequence[Mapping[str, int] | None]
    first: datetime | None
    last: datetime | None
    times: int


@dataclass(frozen=True, slots=True)
class LineExcerpt:
    """What is needed, and what would serve it."""

    line: LineInShort
    need: NeedInShort
    offered: OfferExcerpt


@dataclass(frozen=True)
class ProposalExcerpt(Told[LineExcerpt]):
    """A proposal as a list shows it; see `ProposalView`."""

    reader: Actor
    proposal: ProposalInShort
    request: RequestInShort
    requester: OrganisationInShort
    lines: Sequence[LineExcerpt] = ()


_PROPOSAL = tuple(map(col, (Proposal.id, Proposal.version, Proposal.state, Proposal.locked_at, Proposal.answer_by)))
_REQUEST = tuple(map(col, (Request.title, Request.priority, Request.organisation_id, Request.department)))
_REQUESTER = (col(Organisation.id), col(Organisation.name))
_during = col(LineClaim.during)
_claimed = (
    select(
        func.min(func.lower(_during)).label("first"),
        case((func.bool_or(func.upper_inf(_during)), null()), else_=func.max(func.upper(_during))).label("last"),
        func.count(_during.distinct()).label("times"),
    )
    .where(col(LineClaim.line_id) == col(ProposalLine.id))
    .correlate(ProposalLine)
    .lateral("claimed")
)
_reasons = type_coerce(col(ProposalLine.reasons), JSONB)
_served = (
    select(
        col(ProposalLine.proposal_id),
        col(ProposalLine.need_id),
        col(ProposalLine.offer_id),
        func.min(col(ProposalLine.occurs_on)).label("occurs_on"),
        func.sum(col(ProposalLine.score)).label("score"),
        func.max(_reasons["distanceM"].as_float()).label("metres"),
        func.jsonb_agg(_reasons["terms"], type_=JSONB).label("terms"),
        func.min(_claimed.c.first).label("first"),
        case((func.bool_or(_claimed.c.last.is_(None)), null()), else_=func.max(_claimed.c.last)).label("last"),
        cast(func.sum(_claimed.c.times), Integer).label("times"),
    )
    .join(_claimed, true())
    .where(among(col(ProposalLine.proposal_id), "proposals"))
    .group_by(col(ProposalLine.proposal_id), col(ProposalLine.need_id), col(ProposalLine.offer_id))
    .subquery("served")
)
_NEED = tuple(map(col, (Need.id, Need.title, Need.family)))
_LINE = tuple(_served.c[name] for name in LineInShort._fields)
_LINES = (
    select(_served.c.proposal_id, *_NEED, *_LINE, *COLUMNS)
    .join(Need, col(Need.id) == _served.c.need_id)
    .join(Offer, col(Offer.id) == _served.c.offer_id)
    .join(Resource, col(Resource.id) == col(Offer.resource_id))
    .join(Organisation, col(Organisation.id) == col(Offer.organisation_id))
    .outerjoin(Site, col(Site.id) == col(Resource.site_id))
    .outerjoin(StaffCapacity, col(StaffCapacity.resource_id) == col(Resource.id))
    .order_by(col(Need.position), _served.c.occurs_on, col(Offer.id))
)


def proposals_in_short(
    session: Session, actor: Actor, search: ProposalSearch, page: int = 1, limit: int = DEFAULT_LIMIT
) -> Page[ProposalExcerpt]:
    """Return a page of proposals with their lines, see `proposals.queries.listed`."""

    def excerpts(rows: Sequence[Row[Any]]) -> list[ProposalExcerpt]:
        lines = _lines(session, actor, [row[0] for row in rows]) if rows else {}
        return [_excerpt(actor, row, lines.get(row[0], ())) for row in rows]

    return read_rows(session, _listed(actor, search), page, limit).of(excerpts)


def proposals_to_answer(session: Session, actor: Actor, sides: Sequence[Side], limit: int) -> Page[ProposalExcerpt]:
    """Return the first proposals that wait for an answer, without their lines, see `proposals.queries.waiting_for`."""
    found = read_rows(session, _to_answer(actor, tuple(sides)), 1, limit)
    return found.of(lambda rows: [_excerpt(actor, row, ()) for row in rows])


@made_once
def _listed(actor: Actor, search: ProposalSearch) -> Paged:
    return Paged(_in_short(listed(actor, search)))


@made_once
def _to_answer(actor: Actor, sides: tuple[Side, ...]) -> Paged:
    return Paged(_in_short(waiting_for(actor, sides)))


def _in_short(found: Select[Proposal]) -> Select[*tuple[Any, ...]]:
    return found.with_only_columns(*_PROPOSAL, *_REQUEST, *_REQUESTER, maintain_column_froms=True)


def _excerpt(actor: Actor, row: Row[Any], lines: Sequence[LineExcerpt]) -> ProposalExcerpt:
    asked, by = len(_PROPOSAL), len(_PROPOSAL) + len(_REQUEST)
    return ProposalExcerpt(
        reader=actor,
        proposal=ProposalInShort(*row[:asked]),
        request=RequestInShort(*row[asked:by]),
        requester=OrganisationInShort(*row[by : by + len(_REQUESTER)]),
        lines=lines,
    )


def _lines(session: Session, actor: Actor, proposal_ids: Sequence[UUID]) -> dict[UUID, list[LineExcerpt]]:
    found: dict[UUID, list[LineExcerpt]] = defaultdict(list)
    told, offered = 1 + len(_NEED), 1 + len(_NEED) + len(_LINE)
    for row in session.execute(_LINES, {"proposals": proposal_ids}):
        line, need = LineInShort(*row[told:offered]), NeedInShort(*row[1:told])
        found[row[0]].append(LineExcerpt(line, need, excerpt(actor, row, offered)))
    return found
