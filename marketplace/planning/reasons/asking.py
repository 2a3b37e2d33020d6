"""Asking for what a run left open of one need: whether one may, and having it worked out, see `on_request`.

Apart from that, so that a page that asks loads no solvers.
"""

from collections.abc import Collection, Iterable
from uuid import UUID

from msgspec.structs import replace
from sqlmodel import Session

from core.actor import Actor, Permission, check_may
from core.database.counting import take_turn
from core.errors import Conflict, NotAllowed
from core.jobs import Job, enqueue
from core.time import clock
from marketplace.planning.encoding.build import demand_key
from marketplace.planning.snapshot.queries import lines_of_need, lines_of_needs
from marketplace.proposals.models import ProposalLine
from marketplace.runs import queries
from marketplace.runs.models import NeedOutcome, RunState
from marketplace.runs.reasons import StoredAlternative
from marketplace.runs.rules import check_may_wait, is_asked, leaves_open
from marketplace.views.run import OutcomeView, outcome_view, run_view

Choice = tuple[str, str]
"""A need (or date of it) and an option, as the problem calls them."""


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
        ``run_not_done``; ``input_gone``: what the run looked at is no longer kept; ``too_many_runs``: the organisation
        waits for enough.
    """
    run = run_view(session, actor, run_id).run
    if run.state is not RunState.DONE:
        raise Conflict("run_not_done", "There are reasons only once the run is done.", {"state": run.state.value})
    view = outcome_view(session, actor, run_id, need_id)
    coordinates = actor.coordinates_for(view.organisation.id)
    if not coordinates:
        check_may(actor, Permission.REQUEST, view.organisation.id, view.request.department)
    if view.outcome.served and not coordinates:
        raise NotAllowed("coordinator_only", "Only a coordinator may ask what an alternative costs others.")
    outcome = queries.locked_outcome(session, run_id, need_id)
    lines = lines_of_need(session, run_id, need_id) if outcome.served else []
    if can_be_asked(outcome, lines) and not is_asked(outcome.reasons, clock.now()):
        if not queries.has_documents(session, run_id):
            raise Conflict("input_gone", "What the run looked at is no longer kept, so nothing more can be said.")
        if not coordinates:
            take_turn(session, "runs", actor.organisation_id)
            check_may_wait(queries.waiting_for(session, actor.organisation_id, clock.now()))
        outcome.reasons = replace(outcome.reasons, asked_at=clock.now().isoformat())
        session.flush()
        enqueue(session, Job.WORK_OUT_REASONS, str(run_id), str(need_id))
    return outcome_view(session, actor, run_id, need_id)


def asking_states(
    session: Session, actor: Actor, home_id: UUID, run_id: UUID, need_ids: Collection[UUID]
) -> dict[UUID, str]:
    """Return for needs of an organisation in a run whether more can be asked (``open``; ``again`` if that has been done
    once), or is being worked out (``asked``); else none.

    As far as the actor may ask: `ask` would refuse all others.
    """
    found = {}
    coordinates = actor.coordinates_for(home_id)
    kept, outcomes = queries.outcomes_to_ask_about(session, run_id, need_ids)
    lines = lines_of_needs(session, run_id, need_ids) if kept and coordinates else {}
    for outcome in outcomes:
        if outcome.served and not coordinates:
            continue
        if is_asked(outcome.reasons, clock.now()):
            found[outcome.need_id] = "asked"
        elif kept and can_be_asked(outcome, lines.get(outcome.need_id, ())):
            found[outcome.need_id] = "again" if outcome.reasons.worked_out_at else "open"
    return found


def can_be_asked(outcome: NeedOutcome, lines: Iterable[ProposalLine]) -> bool:
    """Tell whether asking could find more than an outcome says, and the lines that were proposed for its need."""
    served = lines if outcome.served else ()
    costs = [each.cost for line in served for each in alternatives_of(line).values()]
    return leaves_open(outcome.code, outcome.reasons, costs)


def alternatives_of(line: ProposalLine) -> dict[Choice, StoredAlternative]:
    """The alternatives of a line of which more may be found out."""
    return {(demand_of(line), each.option): each for each in line.reasons.alternatives or ()}


def demand_of(line: ProposalLine) -> str:
    """Return what the problem calls the need of a line, or date of it."""
    return demand_key(line.need_id, line.occurs_on)
