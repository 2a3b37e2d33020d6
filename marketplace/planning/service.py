"""Use cases of matching runs: queue, look for one request, cancel, run again. Doing them is `attempts`."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from core.actor import Actor
from core.database import audit
from core.database.counting import take_turn
from core.errors import Conflict
from core.jobs import Job, enqueue
from core.settings import settings
from core.time import clock
from marketplace.bookings import bundles
from marketplace.bookings.models import BundleState
from marketplace.bookings.queries import latest_bundle
from marketplace.planning.options.policy import policy_named
from marketplace.planning.rules import RunDraft, check_may_plan, check_plans, outside_area
from marketplace.planning.snapshot import queries as snapshot_queries
from marketplace.proposals.deadlines import expire_due
from marketplace.proposals.waiting import needs_waiting, without_need
from marketplace.requests import service as requests
from marketplace.requests.models import Request
from marketplace.requests.queries import LIVE, locked_visible
from marketplace.requests.rules import check_may_change
from marketplace.runs import block_queue, queries
from marketplace.runs.leases import stop_looking
from marketplace.runs.models import MatchingRun, ReasonsState, RunKind, RunState
from marketplace.runs.rules import RUN, check_may_wait
from marketplace.surges.models import Surge
from marketplace.views.run import run_view

SURGE_LIMIT_S, SURGE_WORKERS = 8.0, 1
"""Seconds until the plan for an alert is published: a first one is promised within ten of the alert."""
LOCAL_LIMIT_S = 5.0
"""Seconds that a local run may search."""


def queue_run(session: Session, actor: Actor | None, draft: RunDraft) -> MatchingRun:
    """Queue a run; a worker takes it up once the session has committed.

    Raises
    ------
    NotAllowed
        The actor is no coordinator.
    """
    check_may_plan(actor, draft.county_code)
    run = add_run(session, actor, draft)
    send_run(session, run.id)
    return run


def add_run(session: Session, actor: Actor | None, draft: RunDraft) -> MatchingRun:
    """Add a run to do, and send it to nobody."""
    run = _queued(actor, draft, policy_named(draft.policy).to_json())
    _add(session, actor, run)
    return run


def queue_local_run(session: Session, actor: Actor, request_id: UUID) -> MatchingRun:
    """Look at once for something for a request's needs that have nothing yet; a run for it that waits is as good.

    Raises
    ------
    NotFound, NotAllowed
        The actor may not see the request, or neither change it nor coordinate.
    Conflict
        ``nothing_open``: none of its needs waits for anything. ``too_many_runs``: the organisation waits for enough.
    """
    request = locked_visible(session, actor, request_id)
    coordinates = actor.coordinates_for(request.organisation_id)
    if not coordinates:
        check_may_change(actor, request)
    if request.state not in LIVE or not snapshot_queries.open_needs_of(session, request_id):
        raise Conflict("nothing_open", "None of its needs waits for a proposal.", {"id": str(request_id)})
    to_come = queries.local_run_to_come(session, request_id)
    if to_come is None and not coordinates:
        take_turn(session, "runs", actor.organisation_id)
        check_may_wait(queries.waiting_for(session, actor.organisation_id, clock.now()))
    return to_come or _local(session, actor, request_id)


def end_due_proposals(session: Session, now: datetime, passed: datetime) -> None:
    """End proposals that nobody can agree to any more, see `proposals.deadlines`; offer others what they held in vain.

    That is what withdrawn requests had been proposed, once their withdrawal can no longer be undone.
    """
    left = {proposal.request_id for proposal in without_need(session, now)}
    expire_due(session, now, passed)
    for request_id in left:
        _local(session, None, request_id)


def reopen_request(session: Session, actor: Actor, request_id: UUID) -> Request:
    """Undo the withdrawal of a request, see `requests.service`, with the proposals for it that wait still."""
    locked_visible(session, actor, request_id)  # first: what waits is then not ended without us
    bundle = latest_bundle(session, request_id)
    return requests.reopen_request(
        session, actor, request_id, needs_waiting(session, request_id), bundle.decided_at if bundle else None
    )


def decide_bundle(session: Session, actor: Actor, request_id: UUID, to: BundleState) -> None:
    """Decide what becomes of needs that belong together, see `bookings.bundles`; what is replaced is looked for now."""
    bundles.decide(session, actor, request_id, to)
    if to is BundleState.REPLACED:
        look_for(session, actor, request_id)


def look_for(session: Session, actor: Actor | None, request_id: UUID) -> None:
    """Look at once for what a request still waits for, unless so many such runs wait that the next whole one does."""
    if snapshot_queries.open_needs_of(session, request_id) and (actor is None or _may_wait(session, actor)):
        _local(session, actor, request_id)


def queue_surge_run(session: Session, surge_id: UUID) -> MatchingRun:
    """Plan anew what an alert asks for; a run for it that waits is as good."""
    to_come = queries.surge_run_to_come(session, surge_id)
    if to_come is not None:
        return to_come
    title = session.get_one(Surge, surge_id).title
    draft = RunDraft(time_limit_s=SURGE_LIMIT_S, workers=SURGE_WORKERS, name=title)
    run = _queued(None, draft, policy_named("steady").to_json())
    run.kind, run.surge_id = RunKind.SURGE, surge_id
    _add(session, None, run)
    send_run(session, run.id)
    return run


def cancel_run(session: Session, actor: Actor | None, run_id: UUID) -> MatchingRun:
    """Cancel a run that waits or runs. A running one notices within seconds and publishes nothing.

    Of one that is done and looks for reasons only that is ended.

    Raises
    ------
    NotAllowed, NotFound, StateChanged
        The actor is no coordinator, there is no such run, or it has ended.
    """
    run = _run_to_plan(session, actor, run_id, lock=True)
    if run.reasons_state is ReasonsState.LOOKING:
        stop_looking(run)
        session.flush()
        return run
    RUN.move(
        session,
        actor,
        run_id,
        RunState.CANCELLED,
        run_id=run_id,
        finished_at=clock.now(),
        lease=None,
        lease_until=None,
    )
    block_queue.forget_run(session, run_id)
    return queries.run(session, run_id)


def run_again(session: Session, actor: Actor | None, run_id: UUID) -> MatchingRun:
    """Queue a new run with the same settings as an earlier one, over the market as it is then."""
    old = _run_to_plan(session, actor, run_id)
    draft = RunDraft(
        county_code=old.county_code,
        policy=old.policy["name"],
        seed=old.seed,
        time_limit_s=old.time_limit_s,
        name=old.name,
        workers=old.workers,
    )
    run = _queued(actor, draft, old.policy)
    run.kind, run.request_id, run.surge_id = old.kind, old.request_id, old.surge_id
    _add(session, actor, run)
    send_run(session, run.id)
    return run


def _run_to_plan(session: Session, actor: Actor | None, run_id: UUID, *, lock: bool = False) -> MatchingRun:
    """Return a run that the actor may see and may start and cancel the like of."""
    if actor is not None:
        view = run_view(session, actor, run_id)
        check_plans(actor)
        if not view.is_told_whole:
            raise outside_area()
    return queries.run(session, run_id, lock=lock)


def _may_wait(session: Session, actor: Actor) -> bool:
    return queries.waiting_for(session, actor.organisation_id, clock.now()) < settings().organisation_runs


def _local(session: Session, actor: Actor | None, request_id: UUID) -> MatchingRun:
    draft = RunDraft(time_limit_s=LOCAL_LIMIT_S, workers=1)
    run = _queued(actor, draft, policy_named(draft.policy).to_json())
    run.kind, run.request_id = RunKind.LOCAL, request_id
    _add(session, actor, run)
    send_run(session, run.id)
    return run


def _queued(actor: Actor | None, draft: RunDraft, policy: dict[str, object]) -> MatchingRun:
    return MatchingRun(
        name=draft.name.strip(),
        member_id=actor.member_id if actor else None,
        county_code=draft.county_code,
        policy=policy,
        seed=draft.seed,
        time_limit_s=draft.limit_s,
        workers=draft.most_workers,
        queued_at=clock.now(),
    )


def _add(session: Session, actor: Actor | None, run: MatchingRun) -> None:
    session.add(run)
    session.flush()
    audit.record(session, actor, RUN.entity, run.id, to_state=RunState.QUEUED, run_id=run.id)


def send_run(session: Session, run_id: UUID) -> None:
    """Have a worker take up a queued run once the session has committed."""
    enqueue(session, Job.EXECUTE_RUN, str(run_id))
