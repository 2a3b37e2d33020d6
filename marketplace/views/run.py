"""Matching runs as their pages show them, and what they did with needs: as much as each reader may see."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, or_, select
from sqlmodel import Session, col

from core.actor import Actor
from core.database.page import DEFAULT_LIMIT, Page, read_page
from core.database.tables import any_of
from core.errors import NotFound
from marketplace.offers.queries import OfferView
from marketplace.organisations.models import Member, Organisation
from marketplace.proposals import queries as proposals
from marketplace.proposals.models import Proposal, ProposalLine
from marketplace.requests.models import Need, Request
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
    """A run with who started it; nobody: the system itself."""

    run: MatchingRun
    started_by: str | None


@dataclass(frozen=True)
class LeftOut:
    """A row that a run set aside, and whose it is."""

    row: SetAside
    organisation: Organisation


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
    reasons: OutcomeReasons
    need: Need
    request: Request
    organisation: Organisation
    lines: Sequence[ServedBy]


def visible_to(actor: Actor) -> Select[MatchingRun]:
    """Return the runs that an actor may see: coordinators all, others those that look at a need of theirs."""
    if actor.coordinates:
        return select(MatchingRun)
    asked = select(col(Request.id)).where(col(Request.organisation_id) == actor.organisation_id)
    own = (
        select(col(NeedOutcome.run_id))
        .join(Need, col(Need.id) == col(NeedOutcome.need_id))
        .join(Request, col(Request.id) == col(Need.request_id))
        .where(col(Request.organisation_id) == actor.organisation_id)
    )
    return select(MatchingRun).where(or_(col(MatchingRun.id).in_(own), col(MatchingRun.request_id).in_(asked)))


def runs_page(
    session: Session, actor: Actor, search: RunSearch, page: int = 1, limit: int = DEFAULT_LIMIT
) -> Page[RunView]:
    """Return one page of runs, newest first."""
    found = visible_to(actor).order_by(col(MatchingRun.sequence).desc())
    if search.state is not None:
        found = found.where(col(MatchingRun.state) == search.state)
    if search.county_code is not None:
        found = found.where(col(MatchingRun.county_code) == search.county_code)
    return read_page(session, found, page, limit).of(lambda runs: _run_views(session, runs))


def run_view(session: Session, actor: Actor, run_id: UUID) -> RunView:
    """Return a run that the actor may see.

    Raises
    ------
    NotFound
        There is none.
    """
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

    In the order in which they were asked for.

    Raises
    ------
    NotFound
        The actor may not see the run.
    """
    run_view(session, actor, run_id)
    found = _outcomes(run_id)
    if served is not None:
        found = found.where(col(NeedOutcome.served) == served)
    if not actor.coordinates:
        found = found.where(col(Request.organisation_id) == actor.organisation_id)
    return read_page(session, found, page, limit).of(lambda rows: _outcome_views(session, rows, actor))


def outcome_view(session: Session, actor: Actor, run_id: UUID, need_id: UUID) -> OutcomeView:
    """Return what a run did with one need.

    Raises
    ------
    NotFound
        The actor may not see the run, or not the need in it.
    """
    run_view(session, actor, run_id)
    found = session.scalars(_outcomes(run_id).where(col(NeedOutcome.need_id) == need_id)).all()
    views = _outcome_views(session, found, actor)
    if not views or not (actor.coordinates or views[0].request.organisation_id == actor.organisation_id):
        raise NotFound("need in that matching run", need_id)
    return views[0]


def left_out(session: Session, actor: Actor, run: MatchingRun) -> list[LeftOut]:
    """Return what a run set aside, as far as the actor may see it: coordinators all, others what is their own."""
    rows = [
        each for each in set_aside(run.set_aside) if actor.coordinates or each.organisation_id == actor.organisation_id
    ]
    if not rows:
        return []
    wanted = any_of(col(Organisation.id), {each.organisation_id for each in rows})
    homes = {each.id: each for each in session.scalars(select(Organisation).where(wanted))}
    return [LeftOut(each, homes[each.organisation_id]) for each in rows if each.organisation_id in homes]


def outcomes_of_run(session: Session, run_id: UUID) -> list[OutcomeView]:
    """Return what a run did with every need, for the system itself."""
    return _outcome_views(session, session.scalars(_outcomes(run_id)).all(), None)


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
        .where(any_of(col(Need.id), need_ids))
    )
    asked = {need.id: (need, request, organisation) for need, request, organisation in rows}
    seen = proposals.visible_to(actor) if actor else select(Proposal)
    others = {each for row in found for each in row.reasons.named}
    named = mentioned(session, actor, others) if actor and not actor.coordinates else {}
    lines = _lines(session, {outcome.run_id for outcome in found}, need_ids, seen)
    return [
        OutcomeView(
            outcome,
            outcome.reasons.told_to(actor, named) if actor else outcome.reasons,
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
        .where(col(Proposal.run_id).in_(run_ids), any_of(col(ProposalLine.need_id), need_ids))
        .order_by(col(ProposalLine.occurs_on), col(ProposalLine.id))
    ).all()
    offers = proposals.offered(session, {line.offer_id for _, line in rows})
    found: dict[UUID, list[ServedBy]] = defaultdict(list)
    for proposal, line in rows:
        found[line.need_id].append(ServedBy(line, proposal, offers[line.offer_id]))
    return found
