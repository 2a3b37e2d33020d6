"""Matching runs as their pages show them, and what they did with needs: as much as each reader may see."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, func, or_, select, type_coerce
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Session, col

from core.actor import Actor
from core.database.page import DEFAULT_LIMIT, Page, Paged, read_page, read_rows
from core.database.statements import made_once
from core.database.tables import among, any_of, coordinated
from core.errors import NotFound
from marketplace.inquiries import queries as inquiries
from marketplace.inquiries.models import Inquiry, InquiryState
from marketplace.inquiries.rules import without_refused
from marketplace.offers.excerpts import OfferExcerpt, excerpts_by_id
from marketplace.offers.homes import Home
from marketplace.organisations.models import Member, Organisation
from marketplace.organisations.queries import OrganisationInShort
from marketplace.proposals import queries as proposals
from marketplace.proposals.models import Proposal, ProposalLine, ProposalState
from marketplace.requests.models import Need, Priority, Request
from marketplace.runs.models import MatchingRun, NeedOutcome, RunState
from marketplace.runs.reasons import OutcomeReasons
from marketplace.runs.set_aside import SetAside, set_aside
from marketplace.views.mentioned import mentioned


@dataclass(frozen=True)
class RunSearch:
    """What a list of runs is narrowed to; nothing: all that the actor may see."""

    state: RunState | None = None
    county_code: str | None = None


@dataclass(frozen=True)
class RunView:
    """A run with who started it; nobody: the system itself.

    Its figures are of all that it looked at, and so for those who coordinate that (`is_told_whole`). Everybody else is
    told the `own` needs of theirs in it, how many were served, and who of their own organisation started it. `about`
    is the request that a local run is for, where the reader may see that.
    """

    run: MatchingRun
    started_by: str | None
    is_told_whole: bool = True
    own: "OwnNeeds | None" = None
    set_aside: int = 0
    about: str = ""

    @property
    def needs(self) -> int | None:
        """How many needs it looked at that the reader may see; None before it has."""
        return self.own.needs if self.own and self.run.needs is not None else self.run.needs

    @property
    def served(self) -> int | None:
        """How many of these it served."""
        return self.own.served if self.own and self.run.served is not None else self.run.served

    @property
    def progress(self) -> dict[str, Any]:
        """How far it has come, with its figures if the reader may know them."""
        told = self.run.progress
        return told if self.is_told_whole else {key: told[key] for key in ("step", "seconds") if key in told}


@dataclass(frozen=True)
class OwnNeeds:
    """Of how many needs that a reader may see a run told what it did, and how many of them it served."""

    needs: int = 0
    served: int = 0


@dataclass(frozen=True)
class LeftOut:
    """A row that a run set aside, and whose it is."""

    row: SetAside
    organisation: Organisation


class LineProposed(NamedTuple):
    """What is read of a line of a proposal."""

    need_id: UUID
    offer_id: UUID
    occurs_on: date | None
    amount: int
    score: int
    metres: float | None


class ProposalNow(NamedTuple):
    """What is read of a proposal."""

    id: UUID
    state: ProposalState


@dataclass(frozen=True)
class ServedBy:
    """What a run proposed for a need, how that proposal stands now, and what the reader may know of who lends it."""

    line: LineProposed
    proposal: ProposalNow
    offered: OfferExcerpt
    home: Home


class NeedMatched(NamedTuple):
    """What is read of a need."""

    id: UUID
    title: str
    family: str
    kind: str | None


class RequestMatched(NamedTuple):
    """What is read of a request."""

    id: UUID
    title: str
    priority: Priority
    department: str | None


_NEED = tuple(map(col, (Need.id, Need.title, Need.family, Need.kind)))
_REQUEST = tuple(map(col, (Request.id, Request.title, Request.priority, Request.department)))
_HOME = (col(Organisation.id), col(Organisation.name))
_PROPOSAL = (col(Proposal.id), col(Proposal.state))
_LINE = (
    *map(col, (ProposalLine.need_id, ProposalLine.offer_id, ProposalLine.occurs_on)),
    *map(col, (ProposalLine.amount, ProposalLine.score)),
    type_coerce(col(ProposalLine.reasons), JSONB)["distanceM"],
)


@dataclass(frozen=True)
class OutcomeView:
    """What a run did with a need, and the reasons and the proposed lines that the reader may see."""

    outcome: NeedOutcome
    reasons: OutcomeReasons
    need: NeedMatched
    request: RequestMatched
    organisation: OrganisationInShort
    lines: Sequence[ServedBy]
    inquiries: Sequence[Inquiry] = ()

    @property
    def offered(self) -> Iterable[ServedBy]:
        """What is proposed for it, each once, on however many dates."""
        return {each.offered.offer.id: each for each in self.lines}.values()

    @property
    def proposals(self) -> Iterable[ProposalNow]:
        """The proposals that it is proposed in."""
        return {each.proposal.id: each.proposal for each in self.lines}.values()

    @property
    def waiting_inquiry(self) -> Inquiry | None:
        """What its requester is asked about it now."""
        return next((each for each in self.inquiries if each.state is InquiryState.WAITING), None)


def visible_to(actor: Actor) -> Select[MatchingRun]:
    """Return the runs that an actor may see: of its area, and those that look at a need which is its or its area's."""
    if actor.coordinates_all:
        return select(MatchingRun)
    asked = select(col(Request.id)).where(_is_theirs(actor))
    own = (
        select(col(NeedOutcome.run_id))
        .join(Need, col(Need.id) == col(NeedOutcome.need_id))
        .join(Request, col(Request.id) == col(Need.request_id))
        .where(_is_theirs(actor))
    )
    counties = actor.area.county_codes if actor.coordinates and actor.area else ()
    return select(MatchingRun).where(
        or_(
            col(MatchingRun.id).in_(own),
            col(MatchingRun.request_id).in_(asked),
            col(MatchingRun.county_code).in_(counties),
        )
    )


def _is_theirs(actor: Actor) -> ColumnElement[bool]:
    own = col(Request.organisation_id) == actor.organisation_id
    return or_(own, coordinated(actor, col(Request.organisation_id)))


def runs_page(
    session: Session, actor: Actor, search: RunSearch, page: int = 1, limit: int = DEFAULT_LIMIT
) -> Page[RunView]:
    """Return one page of runs, newest first."""
    return read_page(session, _listed(actor, search), page, limit).of(lambda runs: _run_views(session, actor, runs))


@made_once
def _listed(actor: Actor, search: RunSearch) -> Paged:
    found = visible_to(actor).order_by(col(MatchingRun.sequence).desc())
    if search.state is not None:
        found = found.where(col(MatchingRun.state) == search.state)
    if search.county_code is not None:
        found = found.where(col(MatchingRun.county_code) == search.county_code)
    return Paged(found)


def run_view(session: Session, actor: Actor, run_id: UUID) -> RunView:
    """Return a run that the actor may see.

    Raises
    ------
    NotFound
        There is none.
    """
    found = session.scalars(*_one(actor, run_id)).one_or_none()
    if found is None:
        raise NotFound("matching run", run_id)
    return _run_views(session, actor, [found])[0]


@made_once
def _one(actor: Actor, run_id: UUID) -> Select[MatchingRun]:
    return visible_to(actor).where(col(MatchingRun.id) == run_id)


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

    In the order in which they were asked for.

    Raises
    ------
    NotFound
        The actor may not see the run.
    """
    return outcomes_seen(session, actor, run_view(session, actor, run_id), [served], page=page, limit=limit)[0]


def outcomes_seen(
    session: Session, actor: Actor, view: RunView, which: Sequence[bool | None], *, page: int, limit: int
) -> list[Page[OutcomeView]]:
    """Return an `outcomes_page` of each wanted value of `served`, of a run that the actor was found to see."""
    pages = [read_rows(session, _outcomes_seen(actor, view.run.id, served), page, limit) for served in which]
    views = iter(_outcome_views(session, [row for each in pages for row in each.items], actor))
    return [each.of(lambda rows: list(islice(views, len(rows)))) for each in pages]


@made_once
def _outcomes_seen(actor: Actor, run_id: UUID, served: bool | None) -> Paged:
    found = _outcomes(run_id)
    if not actor.coordinates_all:
        found = found.where(_is_theirs(actor))
    return Paged(found if served is None else found.where(col(NeedOutcome.served) == served))


def outcome_view(session: Session, actor: Actor, run_id: UUID, need_id: UUID) -> OutcomeView:
    """Return what a run did with one need.

    Raises
    ------
    NotFound
        The actor may not see the run, or not the need in it.
    """
    run_view(session, actor, run_id)
    found = session.execute(_outcomes(run_id).where(col(NeedOutcome.need_id) == need_id, _is_theirs(actor))).all()
    if not found:
        raise NotFound("need in that matching run", need_id)
    return _outcome_views(session, found, actor)[0]


def left_out(session: Session, actor: Actor, run: MatchingRun) -> list[LeftOut]:
    """Return what a run set aside, as far as the actor may see it: what is its own, or its area's."""
    rows = _set_aside(actor, run)
    if not rows:
        return []
    wanted = any_of(col(Organisation.id), {each.organisation_id for each in rows})
    homes = {each.id: each for each in session.scalars(select(Organisation).where(wanted))}
    return [LeftOut(each, homes[each.organisation_id]) for each in rows if each.organisation_id in homes]


def _set_aside(actor: Actor, run: MatchingRun) -> list[SetAside]:
    return [
        each
        for each in set_aside(run.set_aside)
        if each.organisation_id == actor.organisation_id or actor.coordinates_for(each.organisation_id)
    ]


def outcomes_of_run(session: Session, run_id: UUID) -> list[OutcomeView]:
    """Return what a run did with every need, for the system itself."""
    return _outcome_views(session, session.execute(_outcomes(run_id)).all(), None)


def _outcomes(run_id: UUID) -> Select[*tuple[Any, ...]]:
    return (
        select(NeedOutcome, *_NEED, *_REQUEST, *_HOME)
        .join(Need, col(Need.id) == col(NeedOutcome.need_id))
        .join(Request, col(Request.id) == col(Need.request_id))
        .join(Organisation, col(Organisation.id) == col(Request.organisation_id))
        .where(col(NeedOutcome.run_id) == run_id)
        .order_by(col(Request.opened_at), col(Request.id), col(Need.position))
    )


def _run_views(session: Session, actor: Actor, runs: Sequence[MatchingRun]) -> list[RunView]:
    starters = {run.member_id for run in runs if run.member_id}
    starting = {member.id: member for member in session.scalars(_STARTERS, {"members": list(starters)})}
    askers = _askers(session, {run.request_id for run in runs if run.request_id})
    whole = {run.id for run in runs if _is_told_whole(actor, run, askers)}
    own = _own_needs(session, actor, {run.id for run in runs} - whole)

    def view(run: MatchingRun) -> RunView:
        member, is_whole = starting.get(run.member_id) if run.member_id else None, run.id in whole
        known = member is not None and (is_whole or member.organisation_id == actor.organisation_id)
        asker = askers.get(run.request_id) if run.request_id else None
        return RunView(
            run,
            member.name if member and known else None,
            is_whole,
            None if is_whole else own.get(run.id, OwnNeeds()),
            len(_set_aside(actor, run)),
            asker.title if asker and (is_whole or asker.organisation_id == actor.organisation_id) else "",
        )

    return [view(run) for run in runs]


_STARTERS = select(Member).where(among(col(Member.id), "members"))


def _is_told_whole(actor: Actor, run: MatchingRun, askers: Mapping[UUID, "_Asker"]) -> bool:
    if run.request_id is not None and not actor.coordinates_all:
        return run.request_id in askers and actor.coordinates_for(askers[run.request_id].organisation_id)
    return actor.coordinates_county(run.county_code)


class _Asker(NamedTuple):
    """Whose request a local run is for, and its title."""

    id: UUID
    organisation_id: UUID
    title: str


def _askers(session: Session, request_ids: Collection[UUID]) -> dict[UUID, _Asker]:
    if not request_ids:
        return {}
    asked = select(col(Request.id), col(Request.organisation_id), col(Request.title))
    found = session.execute(asked.where(any_of(col(Request.id), request_ids)))
    return {row.id: _Asker(*row) for row in found}


def _own_needs(session: Session, actor: Actor, run_ids: Collection[UUID]) -> dict[UUID, OwnNeeds]:
    if not run_ids:
        return {}
    rows = session.execute(
        select(col(NeedOutcome.run_id), func.count(), func.count().filter(col(NeedOutcome.served)))
        .join(Need, col(Need.id) == col(NeedOutcome.need_id))
        .join(Request, col(Request.id) == col(Need.request_id))
        .where(any_of(col(NeedOutcome.run_id), run_ids), _is_theirs(actor))
        .group_by(col(NeedOutcome.run_id))
    )
    return {run_id: OwnNeeds(needs, served) for run_id, needs, served in rows}


def _outcome_views(session: Session, found: Sequence[Row[Any]], actor: Actor | None) -> list[OutcomeView]:
    outcomes: list[NeedOutcome] = [row[0] for row in found]
    others = {each for outcome in outcomes for each in outcome.reasons.named}
    named = mentioned(session, actor, others) if actor and not actor.coordinates_all else {}
    lines = _lines(session, outcomes, actor)
    asked_about = inquiries.of_needs(session, [outcome.need_id for outcome in outcomes if not outcome.served])

    def view(row: Row[Any]) -> OutcomeView:
        values = islice(row, 1, None)
        outcome: NeedOutcome = row[0]
        of_it = asked_about.get(outcome.need_id, [])
        reasons = without_refused(outcome.reasons, inquiries.refused(of_it))
        need, request = NeedMatched(*islice(values, len(_NEED))), RequestMatched(*islice(values, len(_REQUEST)))
        asker = OrganisationInShort(*islice(values, len(_HOME)))
        return OutcomeView(
            outcome,
            reasons.told_to(actor, named) if actor else reasons,
            need,
            request,
            asker,
            [_served_by(actor, asker.id, *line) for line in lines[outcome.need_id]],
            of_it,
        )

    return [view(row) for row in found]


def _served_by(
    actor: Actor | None, asker_id: UUID, line: LineProposed, proposal: ProposalNow, offered: OfferExcerpt
) -> ServedBy:
    home = offered.home_for(actor, asker_id, agreed=proposal.state is ProposalState.AGREED)
    return ServedBy(line, proposal, offered, home)


def _lines(
    session: Session, outcomes: Sequence[NeedOutcome], actor: Actor | None
) -> dict[UUID, list[tuple[LineProposed, ProposalNow, OfferExcerpt]]]:
    """Return what runs proposed for needs that they served, be it in part, as far as the actor may see it."""
    runs, needs = {each.run_id for each in outcomes}, [each.need_id for each in outcomes]
    rows = session.execute(*_proposed(actor, list(runs), needs)).all()
    lines = [(ProposalNow(*row[:2]), LineProposed(*row[2:])) for row in rows]
    offers = excerpts_by_id(session, {line.offer_id for _, line in lines})
    found: dict[UUID, list[tuple[LineProposed, ProposalNow, OfferExcerpt]]] = defaultdict(list)
    for proposal, line in lines:
        found[line.need_id].append((line, proposal, offers[line.offer_id]))
    return found


@made_once
def _proposed(actor: Actor | None, run_ids: list[UUID], need_ids: list[UUID]) -> Select[*tuple[Any, ...]]:
    seen = proposals.visible_to(actor) if actor else select(Proposal)
    return (
        seen.with_only_columns(*_PROPOSAL, *_LINE, maintain_column_froms=True)
        .join(ProposalLine, col(ProposalLine.proposal_id) == col(Proposal.id))
        .where(any_of(col(Proposal.run_id), run_ids), any_of(col(ProposalLine.need_id), need_ids))
        .order_by(col(ProposalLine.occurs_on), col(ProposalLine.id))
    )
