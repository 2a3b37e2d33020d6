"""Reasons on request: what a run left open of one need is worked out afterwards, from its stored input and plan.

A large run looks for reasons within a share of its time, so that most costs to others stay unknown. Reading the
problem of a whole country takes seconds, and so does solving near one need again: a job does it, and the answers stand
where the run wrote the others.
"""

import gzip
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import structlog
from msgspec import UNSET
from msgspec.structs import replace
from sqlmodel import Session

from core.database import db
from core.time import clock
from marketplace.planning.candidates.filters import CandidateFilter
from marketplace.planning.encoding import documents
from marketplace.planning.encoding.decode import Taking
from marketplace.planning.options.policy import Policy
from marketplace.planning.reasons.asking import Choice, alternatives_of, demand_of
from marketplace.planning.reasons.bundles import would_take
from marketplace.planning.reasons.smallest_change import searches
from marketplace.planning.reasons.unserved import MOST_CHANGES, stored_loss
from marketplace.planning.snapshot import load
from marketplace.planning.snapshot.open_needs import OpenNeed
from marketplace.planning.snapshot.queries import lines_of_need, swapped_lines
from marketplace.planning.snapshot.snapshot import Snapshot
from marketplace.proposals.models import ProposalLine
from marketplace.requests.queries import bundle_of
from marketplace.runs import queries
from marketplace.runs.changes import KnownChange
from marketplace.runs.models import MatchingRun, NeedOutcome
from marketplace.runs.reasons import LineReasons, OutcomeReasons, StoredLoss
from marketplace.runs.rules import SEARCHED, is_asked
from matching.explain.excerpt import MOST_OPTIONS, Excerpt, excerpt
from matching.explain.loss import Loss
from matching.explain.what_if import Losses
from matching.formats import codec
from matching.mip.limits import Limits
from matching.problem.needs import Match

log = structlog.get_logger()

SEARCH_S = 15.0
"""Seconds of each search: for costs near by, for exact ones where the problem is small, and for smallest changes."""
MOST_NEEDS = 60

Amounts = Mapping[Choice, int]
"""How often an option would be taken, for each choice."""


@dataclass(frozen=True)
class Question:
    """What is to be worked out: the costs of some choices; that of serving the need; changes that would serve it."""

    run_id: UUID
    need_id: UUID
    problem: bytes
    matches: tuple[Match, ...]
    choices: Amounts
    serving: bool
    own: Collection[UUID]
    snapshot: Snapshot | None
    policy: Policy


@dataclass(frozen=True)
class Help:
    """What would serve a need by now: nothing but the next run, or the smallest changes, see `OutcomeReasons`."""

    free_now: bool = False
    changes: tuple[KnownChange, ...] = ()
    only_missing: tuple[str, ...] = ()
    also_missing: tuple[UUID, ...] = ()
    searched: bool = False


@dataclass(frozen=True)
class Findings:
    """What was found: the cost of each choice, that of serving the need, and what would help it."""

    costs: Mapping[Choice, StoredLoss]
    serving: StoredLoss | None
    help: Help | None


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
    run = session.get_one(MatchingRun, run_id)
    return Question(
        run_id=run_id,
        need_id=need_id,
        problem=queries.document(session, run_id, "problem"),
        matches=tuple(_as_swapped(session, run_id, documents.read_plan(session, run_id).matches)),
        choices={
            choice: each.amount for line in lines for choice, each in alternatives_of(line).items() if each.cost.is_open
        },
        serving=outcome.code == "lost_to_others" and outcome.reasons.loss is not None,
        policy=Policy.from_json(run.policy),
        own={need_id} if outcome.served else set(bundle_of(session, need_id)),
        snapshot=_snapshot(session, outcome) if outcome.code in SEARCHED and not outcome.reasons.searched else None,
    )


def _as_swapped(session: Session, run_id: UUID, matches: Iterable[Match]) -> Iterator[Match]:
    """The matches of a run's plan with what its lines have been swapped to, as what these hold is what costs others."""
    now = {(demand_of(line), line.reasons.chosen): line.option_key for line in swapped_lines(session, run_id)}
    return (Match(each.need, now.get((each.need, each.option), each.option), each.amount) for each in matches)


def _snapshot(session: Session, outcome: NeedOutcome) -> Snapshot:
    """All that is offered and free now, beside waiting proposals; with the need, and with those it goes together with.

    Not as the run saw it: what offers said then is not kept, and what is of use is what would help now.
    """
    return load.load(session, None, bundle_of(session, outcome.need_id))


def _findings(question: Question) -> Findings:
    arrays = codec.arrays_from_json(gzip.decompress(question.problem))
    demands = [key for key in arrays.need_ids if key.partition("@")[0] == str(question.need_id)]
    found = _help(question.snapshot, question.policy, question.need_id) if question.snapshot else None
    if not demands:
        return Findings({}, None, found)
    costs, serving = _costs(question, excerpt(arrays, question.matches, demands), demands[0])
    return Findings(
        costs={choice: stored_loss(loss, question.own) for choice, loss in costs.items()},
        serving=stored_loss(serving, question.own) if serving else None,
        help=found,
    )


def _costs(question: Question, near: Excerpt, demand: str) -> tuple[dict[Choice, Loss], Loss | None]:
    """What each choice costs, and serving the need: first near by, then exactly as far as the time reaches."""
    costs: dict[Choice, Loss] = {}
    serving: Loss | None = None
    for whole_options in (0, MOST_OPTIONS) if near.whole else (0,):
        losses = Losses(near.problem, question.matches, Limits(SEARCH_S), whole_options, MOST_NEEDS)
        for choice, amount in question.choices.items():
            if choice in near.problem.option_of:
                several = near.problem.need_of[choice[0]].parts > 1
                costs[choice] = better(costs.get(choice), losses.of_taking(*choice, amount if several else 1))
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


def _help(snapshot: Snapshot, policy: Policy, need_id: UUID) -> Help | None:
    """The smallest changes that would serve a need, or that something is free as it is; None if it waits no more."""
    asked = next((need for need in snapshot.needs if need.need_id == need_id), None)
    if asked is None:
        return None
    filters = CandidateFilter(snapshot)
    fellows = [need for need in snapshot.needs if need.together and need is not asked]

    def takes(changed: OpenNeed) -> Sequence[Taking] | None:
        return would_take(filters, snapshot, policy, [changed, *fellows])

    [search] = searches(filters, [asked], Limits(SEARCH_S).ended, takes).values()
    if search.is_free:
        return Help(free_now=True, searched=True)
    also_missing = () if search.found else tuple(each.need_id for each in fellows if not filters.apply(each))
    return Help(
        changes=tuple(change.told for change in search.found[:MOST_CHANGES]),
        only_missing=search.only_missing,
        also_missing=also_missing,
        searched=search.is_over,
    )


def _keep(session: Session, run_id: UUID, need_id: UUID, findings: Findings | None) -> None:
    """Write the findings where the run wrote its reasons; without any, only that nobody waits any more."""
    lines = lines_of_need(session, run_id, need_id, lock=True)
    outcome = queries.locked_outcome(session, run_id, need_id)
    now = clock.now().isoformat()
    if findings is None:
        reasons = replace(outcome.reasons, asked_at=None, failed_at=now)
    else:
        for line in lines:
            line.reasons = _with_costs(line, findings.costs)
        known = _with_findings(outcome.reasons, findings)
        reasons = replace(known, asked_at=None, failed_at=None, worked_out_at=now)
    outcome.reasons = reasons


def _with_findings(reasons: OutcomeReasons, findings: Findings) -> OutcomeReasons:
    if findings.serving and _says_more(findings.serving, reasons.loss or StoredLoss()):
        reasons = replace(reasons, loss=findings.serving)
    found = findings.help
    if found is None:
        return reasons
    return replace(
        reasons,
        free_now=True if found.free_now else UNSET,
        changes=found.changes,
        only_missing=found.only_missing or None,
        also_missing=found.also_missing,
        searched=found.searched,
    )


def _with_costs(line: ProposalLine, costs: Mapping[Choice, StoredLoss]) -> LineReasons:
    """The line's reasons, the alternatives with the least loss first."""
    if (demand_of(line), line.option_key) in costs:  # swapped meanwhile
        return line.reasons
    listed = []
    for each in line.reasons.alternatives or ():
        found = costs.get((demand_of(line), each.option))
        listed.append(replace(each, loss=found) if found and _says_more(found, each.cost) else each)
    return replace(line.reasons, alternatives=tuple(sorted(listed, key=lambda each: each.order)))


def _says_more(found: StoredLoss, known: StoredLoss) -> bool:
    """Tell whether what was found is more than what is known: certain, the first limit, or a lower one."""
    if found.kind in {"exact", "impossible"} or known.kind == "unknown":
        return True
    return found.kind == known.kind == "at_most" and (found.amount or 0) < (known.amount or 0)
