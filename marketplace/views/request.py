"""A request as its page shows it: with its needs, and what runs and proposals made of each."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BindParameter, Select, and_, bindparam, case, func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlmodel import Session, col

from core import serialization
from core.actor import Actor
from core.database.statements import made_once
from core.database.tables import among, any_of
from core.database.undo import time_to_undo
from core.errors import BadInput, NotFound
from core.time import timing
from core.time.timing import Timing
from marketplace.bookings.models import BundleDecision
from marketplace.bookings.queries import latest_bundle
from marketplace.inquiries import queries as inquiries
from marketplace.inquiries.models import Inquiry, InquiryState
from marketplace.inquiries.rules import without_refused
from marketplace.organisations.models import Member, Organisation
from marketplace.proposals import queries as proposals
from marketplace.proposals.models import Proposal, ProposalLine, ProposalState
from marketplace.requests.models import Need, Request
from marketplace.requests.queries import last_changed, needs_of, visible_to, withdrawal_of
from marketplace.runs.models import MatchingRun, NeedOutcome, ReasonsState, RunKind, RunState
from marketplace.runs.reasons import OutcomeReasons
from marketplace.runs.set_aside import Fault
from marketplace.views.mentioned import Mentioned, mentioned
from resources.families import family_of


@dataclass(frozen=True)
class Outcome:
    """What the latest run that looked at a need did with it, and when.

    It is `outdated` where the request has been changed since, so that its reasons hold no longer.
    """

    run_id: UUID
    at: datetime
    served: bool
    code: str
    reasons: OutcomeReasons
    outdated: bool = False


@dataclass(frozen=True)
class LatestRun:
    """The latest run that looks, or looked, at a request: its state, and the step of one that is under way."""

    kind: RunKind
    state: RunState
    step: str | None
    failure_code: str | None
    reasons_state: ReasonsState | None
    queued_at: datetime

    @property
    def under_way(self) -> bool:
        """Whether more is to come of it."""
        return self.state in {RunState.QUEUED, RunState.RUNNING} or self.reasons_state is ReasonsState.LOOKING


@dataclass(frozen=True)
class Suggestion:
    """A proposal that serves a need and that the actor may see."""

    proposal_id: UUID
    state: ProposalState


@dataclass(frozen=True)
class NeedView:
    """A need with its stored JSON read, and what happened to it; None is what cannot be read."""

    need: Need
    timing: Timing | None
    requirements: serialization.Dataclass | None
    outcome: Outcome | None
    suggestions: tuple[Suggestion, ...]
    inquiries: tuple[Inquiry, ...] = ()

    @property
    def waiting_inquiry(self) -> Inquiry | None:
        """What its requester is asked about it now."""
        return next((each for each in self.inquiries if each.state is InquiryState.WAITING), None)

    @property
    def fault(self) -> Fault | None:
        """What of it cannot be read, so that it takes no part in matching."""
        if self.timing is None:
            return Fault.TIMING
        return Fault.REQUIREMENTS if self.requirements is None else None


@dataclass(frozen=True)
class RequestView:
    """A request as its page shows it; `undo_until` is until when its withdrawal may be undone."""

    request: Request
    organisation: Organisation
    member_name: str
    needs: tuple[NeedView, ...]
    latest_run: LatestRun | None = None
    bundle: BundleDecision | None = None
    mentioned: Mapping[UUID, Mentioned] = field(default_factory=dict)
    undo_until: datetime | None = None


def request_view(session: Session, actor: Actor, request_id: UUID) -> RequestView:
    """Return a request with its needs, their latest outcomes and the proposals the actor may see.

    Raises
    ------
    NotFound
        Something in it is wrong.
    """
    found = session.execute(*_one(actor, request_id)).one_or_none()
    if found is None:
        raise NotFound("request", request_id)
    request, organisation, member_name = found
    needs = needs_of(session, [request_id])[request_id]
    ids = [need.id for need in needs]
    asked = inquiries.of_needs(session, ids)
    outcomes, named = _latest_outcomes(session, actor, request_id, ids, asked)
    suggestions = _suggestions(session, actor, ids)
    views = (
        NeedView(
            need,
            _timing(need),
            _requirements(need),
            outcomes.get(need.id),
            tuple(suggestions[need.id]),
            tuple(asked.get(need.id, ())),
        )
        for need in needs
    )
    return RequestView(
        request,
        organisation,
        member_name,
        tuple(views),
        latest_run(session, request, organisation),
        latest_bundle(session, request.id),
        named,
        _time_to_undo(session, needs),
    )


@made_once
def _one(actor: Actor, request_id: UUID) -> Select[Request, Organisation, str]:
    return (
        visible_to(actor)
        .add_columns(Organisation, col(Member.name))
        .join(Organisation, col(Organisation.id) == col(Request.organisation_id))
        .join(Member, col(Member.id) == col(Request.member_id))
        .where(col(Request.id) == request_id)
    )


def _time_to_undo(session: Session, needs: Sequence[Need]) -> datetime | None:
    withdrawal = withdrawal_of(session, needs)
    return time_to_undo(withdrawal.at) if withdrawal else None


def _timing(need: Need) -> Timing | None:
    try:
        return timing.from_json(need.timing)
    except BadInput:
        return None


def _requirements(need: Need) -> serialization.Dataclass | None:
    try:
        return serialization.from_stored(family_of(need.family).requirements, need.requirements)
    except (ValueError, AttributeError):
        return None


def latest_run(session: Session, request: Request, organisation: Organisation) -> LatestRun | None:
    """Return the latest run over a request, or over all that is open where it is placed, since the request was opened.

    How such a run stands may be read by all whose needs it looks at, though only coordinators may see what it did.
    """
    if request.opened_at is None:
        return None
    asked = {"request": request.id, "county": organisation.county_code, "opened_at": request.opened_at}
    run = session.execute(_LATEST_RUN, asked).one_or_none()
    return LatestRun(*run) if run else None


def _latest() -> Select[*tuple[Any, ...]]:
    request: BindParameter[UUID] = bindparam("request")
    counties = select(func.left(col(Need.municipality_code), 2)).where(col(Need.request_id) == request)
    covers = or_(
        col(MatchingRun.county_code).is_(None),
        col(MatchingRun.county_code) == bindparam("county"),
        col(MatchingRun.county_code).in_(counties),
    )
    whole = and_(col(MatchingRun.kind) == RunKind.WHOLE, covers, col(MatchingRun.queued_at) >= bindparam("opened_at"))
    step = case((col(MatchingRun.state) == RunState.RUNNING, col(MatchingRun.progress)["step"].as_string()))
    state, ended = (MatchingRun.kind, MatchingRun.state), (MatchingRun.failure_code, MatchingRun.reasons_state)
    return (
        select(*map(col, state), step, *map(col, ended), col(MatchingRun.queued_at))
        .where(or_(col(MatchingRun.request_id) == request, whole))
        .order_by(col(MatchingRun.sequence).desc())
        .limit(1)
    )


_LATEST_RUN = _latest()


def _latest_outcomes(
    session: Session,
    actor: Actor,
    request_id: UUID,
    need_ids: Collection[UUID],
    asked: Mapping[UUID, Collection[Inquiry]],
) -> tuple[dict[UUID, Outcome], Mapping[UUID, Mentioned]]:
    """Return the outcomes, and the needs of others that their reasons name and the actor may see."""
    rows = session.execute(_LATEST_OUTCOMES, {"needs": list(need_ids)}).all()
    named = mentioned(session, actor, {need_id for row, *_ in rows for need_id in row.reasons.named})
    changed_at = last_changed(session, [request_id]).get(request_id)

    def told(row: NeedOutcome, started_at: datetime | None, finished_at: datetime) -> Outcome:
        worked_out = row.reasons.worked_out_at
        looked_at = datetime.fromisoformat(worked_out) if worked_out else started_at or finished_at
        outdated = changed_at is not None and looked_at < changed_at
        reasons = without_refused(row.reasons.told_to(actor, named), inquiries.refused(asked.get(row.need_id, ())))
        return Outcome(row.run_id, finished_at, row.served, row.code, reasons, outdated)

    return {row.need_id: told(row, *at) for row, *at in rows}, named


_LATEST_OUTCOMES = (
    select(NeedOutcome, col(MatchingRun.started_at), col(MatchingRun.finished_at))
    .join(MatchingRun, col(MatchingRun.id) == col(NeedOutcome.run_id))
    .where(among(col(NeedOutcome.need_id), "needs"), col(MatchingRun.state) == RunState.DONE)
    .ext(distinct_on(col(NeedOutcome.need_id)))
    .order_by(col(NeedOutcome.need_id), col(MatchingRun.sequence).desc())
)


def _suggestions(session: Session, actor: Actor, need_ids: Collection[UUID]) -> dict[UUID, list[Suggestion]]:
    found: dict[UUID, list[Suggestion]] = defaultdict(list)
    for need_id, proposal_id, state in session.execute(*_suggested(actor, list(need_ids))):
        found[need_id].append(Suggestion(proposal_id, state))
    return found


@made_once
def _suggested(actor: Actor, need_ids: list[UUID]) -> Select[UUID, UUID, ProposalState]:
    return (
        proposals.visible_to(actor)
        .with_only_columns(col(ProposalLine.need_id), col(Proposal.id), col(Proposal.state))
        .join(ProposalLine, col(ProposalLine.proposal_id) == col(Proposal.id))
        .where(any_of(col(ProposalLine.need_id), need_ids))
        .distinct()
        .order_by(col(Proposal.id).desc())
    )
