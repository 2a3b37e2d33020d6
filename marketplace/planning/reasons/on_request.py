"""Reasons on request: what a run left open of one need is worked out afterwards, from its stored input and plan.

A large run looks for reasons within a share of its time, so that most costs to others stay unknown. Reading the
problem of a whole country takes seconds, and so does solving near one need again: a job does it, and the answers stand
where the run wrote the others.
"""

import gzip
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import structlog
from msgspec.structs import replace
from sqlmodel import Session

from core.actor import Actor
from core.database import db
from core.errors import Conflict, NotAllowed
from core.jobs import Job, enqueue
from core.time import clock
from marketplace.planning.candidates.filters import CandidateFilter
from marketplace.planning.encoding import documents
from marketplace.planning.encoding.build import demand_key
from marketplace.planning.reasons.smallest_change import smallest_changes
from marketplace.planning.reasons.unserved import stored_loss
from marketplace.planning.snapshot import load
from marketplace.planning.snapshot.queries import lines_of_need
from marketplace.planning.snapshot.snapshot import Snapshot
from marketplace.proposals.models import ProposalLine
from marketplace.requests.queries import bundle_of
from marketplace.runs import queries
from marketplace.runs.changes import KnownChange
from marketplace.runs.models import NeedOutcome, RunState
from marketplace.runs.reasons import LineReasons, OutcomeReasons, StoredLoss
from marketplace.runs.rules import SEARCHED, is_asked, leaves_open
from marketplace.views.run import OutcomeView, outcome_view, run_view
from matching.explain.excerpt import MOST_OPTIONS, Excerpt, excerpt
from matching.explain.loss import Loss
from matching.explain.what_if import Losses
from matching.formats import codec
from matching.mip.limits import Limits
from matching.problem.plan import Plan

log = structlog.get_logger()

SEARCH_S = 15.0
"""Seconds of each search: for costs near by, for exact ones where the problem is small, and for smallest changes."""
MOST_NEEDS = 60

Choice = tuple[str, str]
"""A need (or date of it) and an option, as the problem calls them."""


@dataclass(frozen=True)
class Question:
    """What is to be worked out: the costs of some choices; that of serving the need; changes that would serve it."""

    run_id: UUID
    need_id: UUID
    problem: bytes
    plan: Plan
    choices: Sequence[Choice]
    serving: bool
    snapshot: Snapshot | None


@dataclass(frozen=True)
class Help:
    """What would serve a need by now: nothing but the next run, or the smallest changes, see `OutcomeReasons`."""

    free_now: bool = False
    changes: tuple[KnownChange, ...] = ()
    also_missing: tuple[UUID, ...] = ()


@dataclass(frozen=True)
class Findings:
    """What was found: the cost of each choice, that of serving the need, and what would help it."""

    costs: Mapping[Choice, Loss]
    serving: Loss | None
    help: Help | None


def ask(session: Session, actor: Actor, run_id: UUID, need_id: UUID) -> OutcomeView:
    """Have what the reasons of a run's need leave open worked out; return them as they are now.

    Asked again while that goes on, or when nothing is open, it changes nothing. `askedAt` among the reasons says that
    it goes on, and `workedOutAt` that it is done.

    Raises
    ------
    NotFound
        No such run, or the need was not in it, or the actor may know of neither.
    NotAllowed
        ``coordinator_only``: what alternatives to a proposal cost others is only told to coordinators.
    Conflict
        ``run_not_done``, or ``input_gone``: what the run looked at is no longer kept.
    """
    run = run_view(session, actor, run_id).run
    if run.state is not RunState.DONE:
        raise Conflict("run_not_done", "There are reasons only once the run is done.", {"state": run.state.value})
    view = outcome_view(session, actor, run_id, need_id)
    if view.outcome.served and not actor.coordinates:
        raise NotAllowed("coordinator_only", "Only a coordinator may ask what an alternative costs others.")
    outcome = queries.locked_outcome(session, run_id, need_id)
    if can_be_asked(session, outcome) and not is_asked(outcome.reasons, clock.now()):
        if not queries.has_documents(session, run_id):
            raise Conflict("input_gone", "What the run looked at is no longer kept, so nothing more can be said.")
        outcome.reasons = replace(outcome.reasons, asked_at=clock.now().isoformat())
        session.flush()
        enqueue(session, Job.WORK_OUT_REASONS, str(run_id), str(need_id))
    return outcome_view(session, actor, run_id, need_id)


def asking_states(session: Session, actor: Actor, run_id: UUID, need_ids: Collection[UUID]) -> dict[UUID, str]:
    """Return for needs of a run whether more can be asked (``open``), or is being worked out (``asked``); else none.

    As far as the actor may ask: `ask` would refuse all others.
    """
    found = {}
    kept = queries.has_documents(session, run_id)
    for outcome in queries.outcomes_of_needs(session, run_id, need_ids):
        if outcome.served and not actor.coordinates:
            continue
        if is_asked(outcome.reasons, clock.now()):
            found[outcome.need_id] = "asked"
        elif kept and can_be_asked(session, outcome):
            found[outcome.need_id] = "open"
    return found


def can_be_asked(session: Session, outcome: NeedOutcome) -> bool:
    """Tell whether asking could find more than an outcome says."""
    lines = lines_of_need(session, outcome.run_id, outcome.need_id) if outcome.served else []
    return leaves_open(outcome.code, outcome.reasons, [loss for line in lines for loss in _losses_of(line).values()])


def work_out(run_id: UUID, need_id: UUID) -> None:
    """Work out what was asked for; nothing if nobody asks (any more), as when a message arrives twice.

    What goes wrong is logged and ends the waiting, so that it can be asked again.
    """
    with db.unit_of_work() as session:
        question = _question(session, run_id, need_id)
    if question is None:
        log.info("reasons_not_asked", run=str(run_id), need=str(need_id))
        return
    try:
        findings = _findings(question)
    except Exception:
        log.exception("reasons_not_found", run=str(run_id), need=str(need_id))
        findings = None
    with db.unit_of_work() as session:
        _keep(session, run_id, need_id, findings)


def _question(session: Session, run_id: UUID, need_id: UUID) -> Question | None:
    [outcome] = queries.outcomes_of_needs(session, run_id, [need_id])
    if not is_asked(outcome.reasons, clock.now()) or not queries.has_documents(session, run_id):
        return None
    lines = lines_of_need(session, run_id, need_id) if outcome.served else []
    return Question(
        run_id=run_id,
        need_id=need_id,
        problem=queries.document(session, run_id, "problem"),
        plan=documents.read_plan(session, run_id),
        choices=[choice for line in lines for choice, loss in _losses_of(line).items() if loss.is_open],
        serving=outcome.code == "lost_to_others",
        snapshot=_snapshot(session, outcome) if outcome.code in SEARCHED and not outcome.reasons.searched else None,
    )


def _snapshot(session: Session, outcome: NeedOutcome) -> Snapshot:
    """All that is offered and free now, beside waiting proposals; with the need, and with those it goes together with.

    Not as the run saw it: what offers said then is not kept, and what is of use is what would help now.
    """
    return load.load(session, None, bundle_of(session, outcome.need_id))


def _findings(question: Question) -> Findings:
    arrays = codec.arrays_from_json(gzip.decompress(question.problem))
    demands = [key for key in arrays.need_ids if key.partition("@")[0] == str(question.need_id)]
    found = _help(question.snapshot, question.need_id) if question.snapshot else None
    if not demands:
        return Findings({}, None, found)
    costs, serving = _costs(question, excerpt(arrays, question.plan.matches, demands), demands[0])
    return Findings(costs, serving, found)


def _costs(question: Question, near: Excerpt, demand: str) -> tuple[dict[Choice, Loss], Loss | None]:
    """What each choice costs, and serving the need: first near by, then exactly as far as the time reaches."""
    costs: dict[Choice, Loss] = {}
    serving: Loss | None = None
    for whole_options in (0, MOST_OPTIONS) if near.whole else (0,):
        losses = Losses(near.problem, question.plan.matches, Limits(SEARCH_S), whole_options, MOST_NEEDS)
        for choice in question.choices:
            if choice in near.problem.option_of:
                costs[choice] = better(costs.get(choice), losses.of_taking(*choice))
        if question.serving:
            serving = better(serving, losses.of_serving(demand))
    return costs, serving


def better(known: Loss | None, found: Loss) -> Loss:
    """Return which of two says more of the same choice: what is certain, else the lower limit."""
    if known is None or known.kind == "unknown" or found.kind in {"exact", "impossible"}:
        return found
    if found.kind == "unknown" or known.kind in {"exact", "impossible"}:
        return known
    return min(known, found, key=lambda loss: loss.amount or 0)


def _help(snapshot: Snapshot, need_id: UUID) -> Help | None:
    """The smallest changes that would serve a need, or that something is free as it is; None if it waits no more."""
    asked = next((need for need in snapshot.needs if need.need_id == need_id), None)
    if asked is None:
        return None
    filters = CandidateFilter(snapshot)
    fellows = [need for need in snapshot.needs if need.together and need is not asked]
    also_missing = tuple(fellow.need_id for fellow in fellows if not filters.apply(fellow))
    if not also_missing and filters.apply(asked):
        return Help(free_now=True)
    found = smallest_changes(filters, asked, Limits(SEARCH_S).ended)
    return Help(changes=tuple(change.told for change in found), also_missing=also_missing if found else ())


def _keep(session: Session, run_id: UUID, need_id: UUID, findings: Findings | None) -> None:
    """Write the findings where the run wrote its reasons; without any, only that nobody waits any more."""
    lines = lines_of_need(session, run_id, need_id, lock=True)
    outcome = queries.locked_outcome(session, run_id, need_id)
    reasons = replace(outcome.reasons, asked_at=None)
    if findings is not None:
        for line in lines:
            line.reasons = _with_costs(line, findings.costs)
        reasons = replace(_with_findings(reasons, findings), worked_out_at=clock.now().isoformat())
    outcome.reasons = reasons


def _with_findings(reasons: OutcomeReasons, findings: Findings) -> OutcomeReasons:
    if findings.serving and _says_more(findings.serving, reasons.loss or StoredLoss()):
        reasons = replace(reasons, loss=stored_loss(findings.serving))
    match findings.help:
        case None:
            return reasons
        case Help(free_now=True):
            return replace(reasons, free_now=True)
        case Help(changes=changes, also_missing=also_missing):
            return replace(reasons, searched=True, changes=changes, also_missing=also_missing)


def _with_costs(line: ProposalLine, costs: Mapping[Choice, Loss]) -> LineReasons:
    """The line's reasons, the alternatives with the least loss first. Swapped meanwhile, it lists others perhaps."""
    listed = []
    for each in line.reasons.alternatives or ():
        found = costs.get((_demand(line), each.option))
        listed.append(replace(each, loss=stored_loss(found)) if found and _says_more(found, each.cost) else each)
    return replace(line.reasons, alternatives=tuple(sorted(listed, key=lambda each: each.order)))


def _losses_of(line: ProposalLine) -> dict[Choice, StoredLoss]:
    """What each alternative of a line costs, as far as it is known."""
    return {(_demand(line), each.option): each.cost for each in line.reasons.alternatives or ()}


def _demand(line: ProposalLine) -> str:
    return demand_key(line.need_id, line.occurs_on)


def _says_more(found: Loss, known: StoredLoss) -> bool:
    """Tell whether what was found is more than what is known: certain, the first limit, or a lower one."""
    if found.kind in {"exact", "impossible"} or known.kind == "unknown":
        return True
    return found.kind == known.kind == "at_most" and (found.amount or 0) < (known.amount or 0)
