"""Every question about proposals. What an actor may see starts from `visible_to`."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Generic, NamedTuple, Protocol, TypeVar
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    Text,
    and_,
    bindparam,
    case,
    cast,
    false,
    func,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import Range
from sqlmodel import Session, col

from competence.models import StaffCapacity
from core.actor import Actor
from core.database.audit import AuditEntry, latest_moves
from core.database.page import DEFAULT_LIMIT, Page, read_rows
from core.database.statements import made_once
from core.database.tables import among, by_swedish, coordinated
from core.database.undo import time_to_undo
from core.errors import NotFound
from core.time.interval import Interval, from_range
from marketplace.offers.homes import Home, home_of
from marketplace.offers.models import Offer, OfferState
from marketplace.offers.queries import Asking, OfferView, is_approved, views_by_id
from marketplace.offers.queries import visible_to as offers_visible_to
from marketplace.organisations import queries as organisations
from marketplace.organisations.models import Organisation
from marketplace.proposals.models import LineClaim, Proposal, ProposalLine, ProposalParty, ProposalState, Side
from marketplace.proposals.price import cost_sek
from marketplace.proposals.rules import SPEAKS_FOR
from marketplace.requests.models import Need, Priority, Request
from marketplace.runs.models import MatchingRun
from resources.models import Resource

MOST_RECENT = 20
"""Runs that a coordinator chooses from."""
DECIDED = (ProposalState.APPROVED, ProposalState.REFUSED)
"""What a coordinator makes of a proposal, and may undo for some minutes."""


class Keyed(Protocol):
    """What has a key."""

    @property
    def id(self) -> UUID: ...


class Stated(Protocol):
    """What has the state of a proposal."""

    @property
    def state(self) -> ProposalState: ...


class Scored(Protocol):
    """What has points."""

    @property
    def score(self) -> int: ...


class AnyOffer(Protocol):
    """Whose an offer is, and who may know that and its name."""

    @property
    def owner(self) -> Keyed: ...
    def home_for(self, reader: Actor | None, asker_id: UUID, *, agreed: bool) -> Home: ...
    def named_for(self, reader: Actor) -> bool: ...


class AnyLine(Protocol):
    """A line, whole or in short."""

    @property
    def line(self) -> Scored: ...
    @property
    def offered(self) -> AnyOffer: ...


class Claiming(NamedTuple):
    """What agreeing to a line will claim of one unit: a `LineClaim` as a plain value, as lists have hundreds."""

    unit_id: UUID
    amount: int
    during: Range[datetime]


@dataclass(frozen=True)
class LineView:
    """One line: what is needed, what would serve it, and what that would claim."""

    line: ProposalLine
    need: Need
    offered: OfferView
    claims: Sequence[Claiming]

    @cached_property
    def during(self) -> list[Interval]:
        """When it would be taken, each time once, however many units that is."""
        times = {claim.during for claim in self.claims}
        return sorted(map(from_range, times), key=lambda interval: interval.start)

    @property
    def cost_sek(self) -> float | None:
        """What the requester would pay the lister, as far as it can be counted."""
        return cost_sek(self.line, self.during)


@dataclass(frozen=True)
class PartyView:
    """One side with its name and its answer so far."""

    party: ProposalParty
    organisation: Organisation


L = TypeVar("L", bound="AnyLine")


class Told(Generic[L]):
    """What the reader of a proposal may know of it.

    The one who asks is told the address when it is agreed (`is_exact`), and so is a person's name, if then (`names`).
    Of a bundle a lister is shown what it lends itself; what others lend is theirs and the requester's (`shows`).
    """

    reader: Actor
    proposal: Stated
    request: Asking
    requester: Keyed
    lines: Sequence[L]

    @cached_property
    def decided_by_reader(self) -> bool:
        """Whether the reader coordinates the organisation that asks."""
        return self.reader.coordinates_for(self.requester.id)

    @property
    def score(self) -> int:
        """The sum over what is shown, as the run's policy counted it."""
        return sum(view.line.score for view in self.shown)

    @cached_property
    def shown(self) -> list[L]:
        """The lines whose offers the reader may know more of than family and organisation."""
        return [view for view in self.lines if self.shows(view)]

    @property
    def named(self) -> list[L]:
        """Those of them that the reader may know by name."""
        return [view for view in self.shown if self.names(view)]

    def shows(self, view: L) -> bool:
        """Whether the reader is the one who asks, the one who lends it, or a coordinator."""
        sides = {self.requester.id, view.offered.owner.id}
        return self.decided_by_reader or self.reader.organisation_id in sides

    def is_exact(self, view: L) -> bool:
        """Whether the reader may know the address: whoever lends knows it, all others once it is agreed."""
        if self.reader.organisation_id == view.offered.owner.id:
            return True
        return self.shows(view) and self.proposal.state is ProposalState.AGREED

    def home(self, view: L) -> Home:
        """Return what the reader may know of who lends it and where it is."""
        return view.offered.home_for(self.reader, self.requester.id, agreed=self.proposal.state is ProposalState.AGREED)

    def names(self, view: L) -> bool:
        """Whether the reader may know the name: a person's only at home; who borrows reads it with the booking."""
        return view.offered.named_for(self.reader)


@dataclass(frozen=True)
class ProposalView(Told[LineView]):
    """A proposal with everything that its reader needs.

    `undo_until` is until when a coordinator who reads it may undo what one has decided of it.
    """

    reader: Actor

    proposal: Proposal
    request: Request
    requester: Organisation
    run: MatchingRun
    lines: Sequence[LineView]
    parties: Sequence[PartyView]
    undo_until: datetime | None = None

    def home_of_party(self, party: PartyView) -> Home:
        """Return what the reader may know of a side: of who lends, the most that one of the lines tells."""
        lent = (each for each in self.lines if each.offered.owner.id == party.organisation.id)
        homes = [self.home(each) for each in lent] if party.party.side is Side.LISTER else []
        whole = home_of(party.organisation, (), told=True)
        return next((each for each in homes if each.organisation is not None), homes[0] if homes else whole)

    @property
    def refuser(self) -> Home | None:
        """What the reader may know of the side that refused it, if one did."""
        by = self.proposal.refused_by_id
        found = (self.home_of_party(each) for each in self.parties if each.organisation.id == by)
        return next(found, None)


@dataclass(frozen=True)
class ProposalSearch:
    """What to narrow the list by; nothing given means all.

    `county_code` is that of the place of a need, or of the requester where a need has no place.
    """

    state: ProposalState | None = None
    run_id: UUID | None = None
    request_id: UUID | None = None
    county_code: str | None = None


def visible_to(actor: Actor) -> Select[Proposal]:
    """What is for a request of the area that the actor coordinates; else what its organisation is a party to.

    That only once it has been approved.
    """
    if actor.coordinates_all:
        return select(Proposal)
    party = select(col(ProposalParty.proposal_id)).where(
        col(ProposalParty.proposal_id) == col(Proposal.id),
        col(ProposalParty.organisation_id) == actor.organisation_id,
    )
    asked = (
        select(col(Request.id))
        .where(col(Request.id) == col(Proposal.request_id), coordinated(actor, col(Request.organisation_id)))
        .correlate(Proposal)
    )
    told = and_(col(Proposal.approved_at).is_not(None), party.exists())
    return select(Proposal).where(or_(told, asked.exists()) if actor.coordinates else told)


def proposals_page(
    session: Session, actor: Actor, search: ProposalSearch, page: int = 1, limit: int = DEFAULT_LIMIT
) -> Page[ProposalView]:
    """Return proposals as they are `listed`; as many queries for a hundred as for one."""
    found = _whole(listed(actor, search))
    return read_rows(session, found, page, limit).of(lambda rows: _views(session, actor, rows))


def listed(actor: Actor, search: ProposalSearch) -> Select[Proposal]:
    """Return the SELECT of proposals, joined with request and requester: those that wait first, then the newest.

    Those that wait for a coordinator come in the order of `review_order`, where no others are asked for.
    """
    found = _asked(visible_to(actor)).where(*conditions(search))
    if search.state is ProposalState.PROPOSED:
        return found.order_by(*review_order())
    state = col(Proposal.state)
    waits = state != ProposalState.PROPOSED, state != ProposalState.APPROVED
    return found.order_by(*waits, col(Proposal.created_at).desc(), col(Proposal.id).desc())


def waiting_for(actor: Actor, sides: Collection[Side]) -> Select[Proposal]:
    """Return the SELECT, as `listed`, of approved ones that some of these sides of the actor's have yet to answer.

    The soonest deadline comes first.
    """
    unanswered = select(col(ProposalParty.proposal_id)).where(
        col(ProposalParty.proposal_id) == col(Proposal.id),
        col(ProposalParty.organisation_id) == actor.organisation_id,
        or_(false(), *(_answerable(actor, side) for side in sides)),
        col(ProposalParty.answer).is_(None),
    )
    found = _asked(visible_to(actor)).where(col(Proposal.state) == ProposalState.APPROVED, unanswered.exists())
    return found.order_by(col(Proposal.answer_by), col(Proposal.id))


def _answerable(actor: Actor, side: Side) -> ColumnElement[bool]:
    """Say in SQL what `rules.may_answer` says of a party of the actor's organisation on a side."""
    is_side = col(ProposalParty.side) == side
    may_answer_for = actor.departments_for(SPEAKS_FOR[side])
    if may_answer_for is None:
        return is_side
    if side is Side.REQUESTER:
        asked = select(col(Request.id)).where(col(Request.id) == col(Proposal.request_id)).correlate(Proposal)
        return and_(is_side, asked.where(col(Request.department).in_(may_answer_for)).exists())
    of_others = (
        select(col(ProposalLine.id))
        .join(Offer, col(Offer.id) == col(ProposalLine.offer_id))
        .join(Resource, col(Resource.id) == col(Offer.resource_id))
        .where(
            col(ProposalLine.proposal_id) == col(Proposal.id),
            col(Resource.organisation_id) == actor.organisation_id,
            col(Resource.department).in_(may_answer_for).is_not(true()),
        )
    )
    return and_(is_side, ~of_others.exists())


def counts_by_state(session: Session, actor: Actor) -> dict[ProposalState, int]:
    """Return how many proposals of each state the actor sees."""
    rows = session.execute(*_by_state(actor))
    return {state: count for state, count in rows}  # noqa: C416 (rows are no pairs to mypy)


@made_once
def _by_state(actor: Actor) -> Select[ProposalState, int]:
    found = visible_to(actor).with_only_columns(col(Proposal.state), func.count(), maintain_column_froms=True)
    return found.group_by(col(Proposal.state))


def recent_runs(session: Session, actor: Actor) -> Sequence[Row[UUID, datetime, str]]:
    """Return the runs that proposed something that the actor may see, newest first; for coordinators to choose from."""
    return session.execute(*_recent(actor)).all()


@made_once
def _recent(actor: Actor) -> Select[UUID, datetime, str]:
    proposing = visible_to(actor).where(col(Proposal.run_id) == col(MatchingRun.id)).exists()
    found = select(col(MatchingRun.id), col(MatchingRun.queued_at), col(MatchingRun.name)).where(proposing)
    return found.order_by(col(MatchingRun.sequence).desc()).limit(MOST_RECENT)


def proposal_view(session: Session, actor: Actor, proposal_id: UUID) -> ProposalView:
    """Return one proposal.

    Raises
    ------
    NotFound
        The actor may not see it.
    """
    found = session.execute(*_one(actor, proposal_id)).all()
    if not found:
        raise NotFound("proposal", proposal_id)
    return _views(session, actor, found)[0]


@made_once
def _one(actor: Actor, proposal_id: UUID) -> Select[Proposal, Request, Organisation, MatchingRun]:
    return _whole(_asked(visible_to(actor))).where(col(Proposal.id) == proposal_id)


def alternatives(session: Session, view: ProposalView) -> dict[UUID, OfferView]:
    """Return the offers that could be swapped to, by id; only coordinators know of them."""
    return offered(session, alternative_offers(view))


def alternative_offers(view: ProposalView) -> set[UUID]:
    """Return which offers could be swapped to; see `alternatives`."""
    if not view.decided_by_reader:
        return set()
    return {each.offer_id for line in view.lines for each in line.line.reasons.alternatives or ()}


def locked(session: Session, actor: Actor, proposal_id: UUID) -> Proposal:
    """Return one proposal as it now is, its row locked until the transaction ends; NotFound as in `proposal_view`."""
    found = visible_to(actor).where(col(Proposal.id) == proposal_id).with_for_update(of=Proposal)
    proposal = session.scalars(found.execution_options(populate_existing=True)).one_or_none()
    if proposal is None:
        raise NotFound("proposal", proposal_id)
    return proposal


def parties(session: Session, proposal_id: UUID) -> list[ProposalParty]:
    """Return the sides of a proposal as they now are."""
    found = select(ProposalParty).where(col(ProposalParty.proposal_id) == proposal_id)
    ordered = found.order_by(col(ProposalParty.side), col(ProposalParty.organisation_id))
    return list(session.scalars(ordered.execution_options(populate_existing=True)))


def departments(session: Session, proposal_id: UUID) -> dict[tuple[UUID, Side], set[str | None]]:
    """Return, of each party to a proposal, the units that what it lends or asks for belongs to."""
    found: dict[tuple[UUID, Side], set[str | None]] = defaultdict(set)
    for is_lent, home, department in session.execute(_DEPARTMENTS, {"proposal": proposal_id}):
        found[home, Side.LISTER if is_lent else Side.REQUESTER].add(department)
    return found


_DEPARTMENTS = union_all(
    select(true(), col(Resource.organisation_id), col(Resource.department))
    .join(Offer, col(Offer.resource_id) == col(Resource.id))
    .join(ProposalLine, col(ProposalLine.offer_id) == col(Offer.id))
    .where(col(ProposalLine.proposal_id) == bindparam("proposal")),
    select(false(), col(Request.organisation_id), col(Request.department))
    .join(Proposal, col(Proposal.request_id) == col(Request.id))
    .where(col(Proposal.id) == bindparam("proposal")),
)


def units_of_people(session: Session, proposal_id: UUID) -> set[tuple[UUID, str | None]]:
    """Return the organisations and units of the people whom a proposal would lend."""
    found = (
        select(col(Resource.organisation_id), col(Resource.department))
        .join(StaffCapacity, col(StaffCapacity.resource_id) == col(Resource.id))
        .join(Offer, col(Offer.resource_id) == col(Resource.id))
        .join(ProposalLine, col(ProposalLine.offer_id) == col(Offer.id))
        .where(col(ProposalLine.proposal_id) == proposal_id)
    )
    return {(home, department) for home, department in session.execute(found)}


def request_of(session: Session, proposal: Proposal) -> Request:
    """Return what a proposal is for."""
    return session.scalars(select(Request).where(col(Request.id) == proposal.request_id)).one()


def needs_of(session: Session, proposal_id: UUID) -> list[Need]:
    """Return the needs that a proposal would serve, as they now are."""
    served = select(col(ProposalLine.need_id)).where(col(ProposalLine.proposal_id) == proposal_id)
    found = select(Need).where(col(Need.id).in_(served)).order_by(col(Need.position))
    return list(session.scalars(found.execution_options(populate_existing=True)))


def lines(session: Session, proposal_ids: Collection[UUID]) -> list[LineView]:
    """Return the lines of proposals in the order of their needs and dates."""
    rows = session.execute(_LINES, {"proposals": list(proposal_ids)}).all()
    offers = offered(session, {line.offer_id for line, _ in rows})
    claims = _claims(session, [line.id for line, _ in rows])
    return [LineView(line, need, offers[line.offer_id], claims[line.id]) for line, need in rows]


_LINES = (
    select(ProposalLine, Need)
    .join(Need, col(Need.id) == col(ProposalLine.need_id))
    .where(among(col(ProposalLine.proposal_id), "proposals"))
    .order_by(col(Need.position), col(ProposalLine.occurs_on), col(ProposalLine.id))
)


def offered(session: Session, offer_ids: Collection[UUID]) -> dict[UUID, OfferView]:
    """Return offers by id, whoever may see them in lists: what a proposal or a booking names is known to its readers.

    How exactly they may know it is for the caller to say.
    """
    return {view.offer.id: view for view in views_by_id(session, None, list(offer_ids))}


def offer_shown_to(session: Session, request: Request, offer_id: UUID) -> Offer | None:
    """Return an open offer if whoever filed a request may see it today, or it is for one of its needs alone.

    What else that member may do is no matter.
    """
    member = organisations.member(session, request.member_id)
    home = organisations.organisation(session, request.organisation_id)
    partners = frozenset(each.id for each in organisations.partners_of(session, home.id))
    viewer = Actor(member.id, member.name, home.id, home.county_code, member.department, partners)
    needs = select(col(Need.id)).where(col(Need.request_id) == request.id)
    for_it = and_(col(Offer.state) == OfferState.OPEN, is_approved(), col(Offer.for_need_id).in_(needs))
    for found in (offers_visible_to(viewer), offers_visible_to(None).where(for_it)):
        if offer := session.scalars(found.where(col(Offer.id) == offer_id)).one_or_none():
            return offer
    return None


def is_kept() -> ColumnElement[bool]:
    """The condition for proposals whose capacity nobody else is given: approved, or locked by the coordinator."""
    locked_ = and_(col(Proposal.state) == ProposalState.PROPOSED, col(Proposal.locked_at).is_not(None))
    return or_(col(Proposal.state) == ProposalState.APPROVED, locked_)


def kept_claims(unit_ids: Select[UUID] | None, during: ColumnElement[Any]) -> Select[UUID, int, Range[datetime]]:
    """Return the SELECT of what kept proposals (see `is_kept`) will claim of units in a time, see `claims_taken`."""
    kept = (
        select(col(LineClaim.unit_id), col(LineClaim.amount), col(LineClaim.during))
        .join(ProposalLine, col(ProposalLine.id) == col(LineClaim.line_id))
        .join(Proposal, col(Proposal.id) == col(ProposalLine.proposal_id))
        .where(col(LineClaim.during).bool_op("&&")(during), is_kept())
    )
    return kept if unit_ids is None else kept.where(col(LineClaim.unit_id).in_(unit_ids))


def takings_of(session: Session, proposal_id: UUID) -> list[tuple[UUID, int, Interval]]:
    """Return how much of which offers a proposal would claim, and when."""
    rows = session.execute(
        select(col(ProposalLine.offer_id), col(LineClaim.amount), col(LineClaim.during))
        .join(LineClaim, col(LineClaim.line_id) == col(ProposalLine.id))
        .where(col(ProposalLine.proposal_id) == proposal_id)
    )
    return [(offer_id, amount, from_range(during)) for offer_id, amount, during in rows]


def claims_of(session: Session, proposal_id: UUID, but_for_line: UUID | None = None) -> list[LineClaim]:
    """Return what agreeing to a proposal will claim, without one of its lines if told."""
    found = (
        select(LineClaim)
        .join(ProposalLine, col(ProposalLine.id) == col(LineClaim.line_id))
        .where(col(ProposalLine.proposal_id) == proposal_id)
        .order_by(col(LineClaim.unit_id), func.lower(LineClaim.during))
    )
    if but_for_line is not None:
        found = found.where(col(ProposalLine.id) != but_for_line)
    return list(session.scalars(found))


def claims_of_line(session: Session, line_id: UUID) -> list[LineClaim]:
    """Return what agreeing to one line will claim."""
    found = select(LineClaim).where(col(LineClaim.line_id) == line_id)
    return list(session.scalars(found.order_by(func.lower(LineClaim.during), col(LineClaim.unit_id))))


def lines_that_name(session: Session, run_id: UUID, ids: Collection[UUID], but_for: UUID) -> Sequence[ProposalLine]:
    """Return the lines of a run's proposals, not decided yet, in whose reasons any of these units and needs stand."""
    named = cast(col(ProposalLine.reasons), Text).regexp_match("|".join(map(str, ids)))
    found = (
        select(ProposalLine)
        .join(Proposal, col(Proposal.id) == col(ProposalLine.proposal_id))
        .where(col(Proposal.run_id) == run_id, col(Proposal.state) == ProposalState.PROPOSED, named)
        .where(col(ProposalLine.id) != but_for)
        .order_by(col(ProposalLine.id))
        .with_for_update(of=ProposalLine)
    )
    return session.scalars(found).all()


def line(session: Session, proposal_id: UUID, line_id: UUID) -> ProposalLine:
    """Return one line of a proposal.

    Raises
    ------
    NotFound
        It has no such line.
    """
    found = session.scalars(
        select(ProposalLine).where(col(ProposalLine.id) == line_id, col(ProposalLine.proposal_id) == proposal_id)
    ).one_or_none()
    if found is None:
        raise NotFound("proposal line", line_id)
    return found


def review_order() -> list[Any]:
    """What proposals of requests are ordered by for a coordinator: what presses most first.

    A crisis, then the nearest deadline, then the priority and who asked first.
    """
    priorities = case(*((col(Request.priority) == each, place) for place, each in enumerate(Priority)))
    return [
        case((col(Request.priority) == Priority.CRISIS, 0), else_=1),
        col(Proposal.answer_by),
        priorities,
        func.coalesce(col(Request.opened_at), col(Request.created_at)),
        col(Proposal.id),
    ]


def conditions(search: ProposalSearch) -> list[ColumnElement[bool]]:
    """Return what narrows proposals to those looked for."""
    wanted: dict[Any, Any] = {
        Proposal.state: search.state,
        Proposal.run_id: search.run_id,
        Proposal.request_id: search.request_id,
    }
    narrowing = [col(column) == value for column, value in wanted.items() if value is not None]
    if search.county_code is not None:
        narrowing.append(col(Proposal.id).in_(_in_county(search.county_code)))
    return narrowing


def _in_county(county_code: str) -> Select[UUID]:
    place = func.coalesce(func.left(Need.municipality_code, 2), Organisation.county_code)
    return (
        select(col(ProposalLine.proposal_id))
        .join(Need, col(Need.id) == col(ProposalLine.need_id))
        .join(Request, col(Request.id) == col(Need.request_id))
        .join(Organisation, col(Organisation.id) == col(Request.organisation_id))
        .where(place == county_code)
    )


def _asked(found: Select[Proposal]) -> Select[Proposal]:
    """Return a SELECT of proposals joined with what each is for, and for whom."""
    joined = found.join(Request, col(Request.id) == col(Proposal.request_id))
    return joined.join(Organisation, col(Organisation.id) == col(Request.organisation_id))


def _whole(found: Select[Proposal]) -> Select[Proposal, Request, Organisation, MatchingRun]:
    """Return such a SELECT with all that it is joined with, and the run that each is of."""
    return found.join(MatchingRun, col(MatchingRun.id) == col(Proposal.run_id)).add_columns(
        Request, Organisation, MatchingRun
    )


def _views(session: Session, actor: Actor, found: Sequence[Row[Any]]) -> list[ProposalView]:
    ids = [row.Proposal.id for row in found]
    if not ids:
        return []
    by_proposal = defaultdict(list)
    for line in lines(session, ids):
        by_proposal[line.line.proposal_id].append(line)
    sides = _party_views(session, ids)
    undoable = _undo_until(session, [row.Proposal for row in found]) if actor.coordinates else {}
    return [
        ProposalView(
            reader=actor,
            proposal=row.Proposal,
            request=row.Request,
            requester=row.Organisation,
            run=row.MatchingRun,
            lines=by_proposal[row.Proposal.id],
            parties=sides[row.Proposal.id],
            undo_until=undoable.get(row.Proposal.id) if actor.coordinates_for(row.Organisation.id) else None,
        )
        for row in found
    ]


def is_decision(move: AuditEntry) -> bool:
    """Say whether a proposal's move was a coordinator's: what is only proposed nobody else knows of."""
    decided = move.from_state == ProposalState.PROPOSED and move.to_state in DECIDED
    return decided and move.actor_id is not None


def _undo_until(session: Session, proposals: Sequence[Proposal]) -> dict[UUID, datetime]:
    """Return until when what was decided of each of some proposals may be undone, where no party has answered since."""
    lately = [each.id for each in proposals if each.state in DECIDED and time_to_undo(each.updated_at)]
    moves = latest_moves(session, "proposal", lately)
    times = {key: time_to_undo(move.at) for key, move in moves.items() if is_decision(move)}
    return {key: until for key, until in times.items() if until is not None}


def _party_views(session: Session, proposal_ids: Collection[UUID]) -> dict[UUID, list[PartyView]]:
    found = defaultdict(list)
    for party, organisation in session.execute(_PARTIES, {"proposals": list(proposal_ids)}):
        found[party.proposal_id].append(PartyView(party, organisation))
    return found


_PARTIES = (
    select(ProposalParty, Organisation)
    .join(Organisation, col(Organisation.id) == col(ProposalParty.organisation_id))
    .where(among(col(ProposalParty.proposal_id), "proposals"))
    .order_by(col(ProposalParty.side).desc(), by_swedish(col(Organisation.name)))
)


def _claims(session: Session, line_ids: Collection[UUID]) -> dict[UUID, list[Claiming]]:
    found = defaultdict(list)
    for line_id, *claim in session.execute(_CLAIMS, {"lines": list(line_ids)}):
        found[line_id].append(Claiming(*claim))
    return found


_CLAIMS = (
    select(col(LineClaim.line_id), col(LineClaim.unit_id), col(LineClaim.amount), col(LineClaim.during))
    .where(among(col(LineClaim.line_id), "lines"))
    .order_by(func.lower(LineClaim.during), col(LineClaim.unit_id))
)
