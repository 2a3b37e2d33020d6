"""Every question about matching runs and what they did with needs; see `market_queries` for what a run asks."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, or_, select
from sqlmodel import Session, col

from core.actor import Actor
from core.database.page import DEFAULT_LIMIT, Page, read_page
from core.database.tables import any_of
from core.errors import NotFound
from marketplace.offers.queries import OfferView
from marketplace.organisations.models import Member, Organisation
from marketplace.planning.rules import reasons_told_to
from marketplace.proposals import queries as proposals
from marketplace.proposals.models import Proposal, ProposalLine, ProposalState
from marketplace.requests.models import Need, Request
from marketplace.runs.models import MatchingRun, NeedOutcome, RunDocument, RunState


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


def local_run_to_come(session: Session, request_id: UUID) -> MatchingRun | None:
    """Return the run for a request that has not begun yet, if there is one."""
    found = select(MatchingRun).where(
        col(MatchingRun.request_id) == request_id, col(MatchingRun.state) == RunState.QUEUED
    )
    return session.scalars(found.limit(1)).first()


def has_waiting_proposals(session: Session, request_id: UUID) -> bool:
    """Tell whether proposals for a request wait for somebody, and so hold something."""
    waiting = select(col(Proposal.id)).where(
        col(Proposal.request_id) == request_id,
        col(Proposal.state).in_((ProposalState.PROPOSED, ProposalState.APPROVED)),
    )
    return session.scalars(waiting.limit(1)).first() is not None


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


def outcome_view(session: Session, actor: Actor, run_id: UUID, need_id: UUID) -> OutcomeView:
    """Return what a run did with one need, or NotFound as in `outcomes_page`."""
    run_view(session, actor, run_id)
    found = session.scalars(_outcomes(run_id).where(col(NeedOutcome.need_id) == need_id)).all()
    views = _outcome_views(session, found, actor)
    if not views or not (actor.coordinates or views[0].request.organisation_id == actor.organisation_id):
        raise NotFound("need in that matching run", need_id)
    return views[0]


def locked_outcome(session: Session, run_id: UUID, need_id: UUID) -> NeedOutcome:
    """Lock what a run did with a need until the transaction ends and return it as it now is; else NotFound."""
    found = session.scalars(
        select(NeedOutcome)
        .where(col(NeedOutcome.run_id) == run_id, col(NeedOutcome.need_id) == need_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise NotFound("need in that matching run", need_id)
    return found


def outcomes_of_needs(session: Session, run_id: UUID, need_ids: Collection[UUID]) -> list[NeedOutcome]:
    """Return what a run did with some needs."""
    found = select(NeedOutcome).where(col(NeedOutcome.run_id) == run_id, col(NeedOutcome.need_id).in_(need_ids))
    return list(session.scalars(found))


def lines_of_need(session: Session, run_id: UUID, need_id: UUID, *, lock: bool = False) -> list[ProposalLine]:
    """Return the lines that a run proposed for a need, as they now are; their proposals locked if told."""
    own = select(col(ProposalLine.proposal_id)).where(col(ProposalLine.need_id) == need_id)
    proposed = select(Proposal).where(col(Proposal.run_id) == run_id, col(Proposal.id).in_(own))
    locked = proposed.order_by(col(Proposal.id)).with_for_update() if lock else proposed
    ids = [proposal.id for proposal in session.scalars(locked)]
    found = select(ProposalLine).where(col(ProposalLine.proposal_id).in_(ids), col(ProposalLine.need_id) == need_id)
    ordered = found.order_by(col(ProposalLine.occurs_on), col(ProposalLine.id))
    return list(session.scalars(ordered.execution_options(populate_existing=True)))


def bundle_of(session: Session, need_id: UUID) -> list[UUID]:
    """Return a need, with those that it goes together with."""
    own = session.get_one(Need, need_id)
    if not session.get_one(Request, own.request_id).together:
        return [need_id]
    return list(session.scalars(select(col(Need.id)).where(col(Need.request_id) == own.request_id)))


def has_documents(session: Session, run_id: UUID) -> bool:
    """Tell whether a run's problem and plan are still kept."""
    found = select(func.count()).where(
        col(RunDocument.run_id) == run_id, col(RunDocument.kind).in_(("problem", "plan"))
    )
    return bool(session.execute(found).scalar_one() == 2)


def outcomes(session: Session, run_id: UUID) -> list[OutcomeView]:
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
        .where(col(Proposal.run_id).in_(run_ids), any_of(col(ProposalLine.need_id), need_ids))
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
