"""Use cases of scenarios: made from a run, changed with a first answer at once, solved as a whole, thrown away.

Nothing of a scenario touches a booking, a claim or a proposal: it is solved from what its run has stored.
"""

import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from uuid import UUID

import structlog
from sqlmodel import Session
from uuid_utils.compat import uuid7

from core.actor import Actor
from core.database import audit, db
from core.database.counting import take_turn
from core.errors import Conflict, NotFound, PlatsverketError, StorageFull, Unavailable
from core.jobs import Job, enqueue
from core.limits import LONGEST_NAME
from core.settings import settings
from core.text import check_text
from core.time import clock
from marketplace.offers.queries import OfferView
from marketplace.planning.rules import check_plans, outside_area
from marketplace.proposals.queries import offered
from marketplace.runs import queries as runs
from marketplace.runs.models import MatchingRun, RunKind, RunState
from marketplace.scenarios import queries
from marketplace.scenarios.models import Scenario, ScenarioState
from marketplace.scenarios.rules import MOST_ATTEMPTS, SCENARIO, check_changes, check_room
from marketplace.scenarios.solving.base import read_base
from marketplace.scenarios.solving.changes import Change, changes, subject, to_json
from marketplace.scenarios.solving.solve import near, whole
from marketplace.views.run import run_view
from matching.params.solve import SolveParams
from matching.search.state import Progress

log = structlog.get_logger()

TOLD_EVERY_S = 0.5
LEAST_S, MOST_S = 20.0, 600.0
"""Seconds that everything is decided anew: as long as the run might take, but between these."""


def create(session: Session, actor: Actor, run_id: UUID, name: str, wanted: Sequence[Change] = ()) -> Scenario:
    """Make a scenario of a run that has published, with what it comes to near its changes.

    Raises
    ------
    NotFound, NotAllowed
        The actor may not see the run, or not coordinate all of it.
    BadInput
        The name or a change is wrong.
    Conflict
        ``run_not_done``, ``local_run``, ``input_gone``, ``too_many_scenarios``.
    """
    run = _run(session, actor, run_id)
    check_text("name", name, least=1, most=LONGEST_NAME)
    take_turn(session, "scenarios", actor.member_id)
    check_room(queries.kept_of(session, actor))
    row = Scenario(organisation_id=actor.organisation_id, member_id=actor.member_id, run_id=run.id, name=name.strip())
    session.add(row)
    session.flush()
    audit.record(session, actor, SCENARIO.entity, row.id, to_state=row.state, run_id=run.id)
    _write(session, row, run, wanted)
    return row


def change(session: Session, actor: Actor, scenario_id: UUID, wanted: Sequence[Change]) -> Scenario:
    """Let a scenario have just these changes; return it with what they come to near by.

    Raises
    ------
    NotFound, NotAllowed, BadInput, Conflict
        As `create`.
    """
    row = queries.scenario(session, actor, scenario_id, lock=True)
    run = _run(session, actor, row.run_id)
    SCENARIO.move(session, actor, row.id, ScenarioState.DRAFT, run_id=run.id, lease=None, progress={}, attempts=0)
    _write(session, row, run, wanted)
    return row


def add(session: Session, actor: Actor, scenario_id: UUID, wanted: Change) -> Scenario:
    """Add a change to a scenario; one about the same goes."""
    row = queries.scenario(session, actor, scenario_id, lock=True)
    kept = [each for each in changes(row.changes) if subject(each) != subject(wanted)]
    return change(session, actor, scenario_id, [*kept, wanted])


def remove(session: Session, actor: Actor, scenario_id: UUID, about: tuple[object, ...]) -> Scenario:
    """Take the change about something from a scenario, if it has one."""
    row = queries.scenario(session, actor, scenario_id, lock=True)
    return change(session, actor, scenario_id, [each for each in changes(row.changes) if subject(each) != about])


def offers_for(session: Session, scenario: Scenario, need_id: UUID) -> list[OfferView] | None:
    """Return the offers that could serve a need in the run, the best first; None if what it looked at is not kept.

    Raises
    ------
    NotFound
        The run did not look at the need.
    """
    if not runs.has_documents(session, scenario.run_id):
        return None
    need = read_base(session, runs.run(session, scenario.run_id)).need(need_id)
    if need is None:
        raise NotFound("need in that matching run", need_id)
    best = sorted(need.offers, key=lambda key: -sum(need.offers[key].terms.values()))
    known = offered(session, [UUID(key) for key in best])
    return [known[UUID(key)] for key in best if UUID(key) in known]


def solve(session: Session, actor: Actor, scenario_id: UUID) -> None:
    """Have everything decided anew, by a job; what it comes to stands with the scenario then.

    Raises
    ------
    NotFound, NotAllowed, StateChanged
        There is none, the actor may not, or it is being solved.
    """
    row = queries.scenario(session, actor, scenario_id)
    run = _run(session, actor, row.run_id)
    SCENARIO.move(
        session,
        actor,
        scenario_id,
        ScenarioState.SOLVING,
        run_id=run.id,
        lease=None,
        progress={},
        attempts=0,
        heard_at=clock.now(),
    )
    enqueue(session, Job.SOLVE_SCENARIO, str(scenario_id))


def cancel(session: Session, actor: Actor, scenario_id: UUID) -> None:
    """Let everything not be decided anew; who is at it notices within seconds.

    Raises
    ------
    NotFound, Conflict
        There is none; ``not_solving``: nobody is at it.
    """
    row = queries.scenario(session, actor, scenario_id, lock=True)
    check_plans(actor)
    if row.state is not ScenarioState.SOLVING:
        raise Conflict("not_solving", "It is not being worked out now.", {"state": row.state.value})
    SCENARIO.move(session, actor, scenario_id, ScenarioState.DRAFT, run_id=row.run_id, lease=None, progress={})


def discard(session: Session, actor: Actor, scenario_id: UUID) -> None:
    """Throw a scenario away, with what it came to.

    Raises
    ------
    NotFound
        There is none.
    """
    row = queries.scenario(session, actor, scenario_id)
    check_plans(actor)
    queries.forget(session, [scenario_id])
    SCENARIO.move(
        session, actor, scenario_id, ScenarioState.DISCARDED, run_id=row.run_id, lease=None, progress={}, changes=[]
    )


def work_on(scenario_id: UUID) -> None:
    """Decide everything anew for a scenario; nothing if nobody asks (any more), or somebody else is at it."""
    lease = uuid7()
    with db.unit_of_work() as session:
        row = _begin(session, scenario_id, lease)
        if row is None:
            return
        base, wanted = read_base(session, runs.run(session, row.run_id)), changes(row.changes)
        run = runs.run(session, row.run_id)
        limit_s = min(max(LEAST_S, run.time_limit_s), MOST_S)
        row.progress = {"seconds": 0, "limit": limit_s}  # begun: making rows of a large problem tells of nothing yet
        params = SolveParams(time_limit_s=limit_s, seed=run.seed, workers=1)
    teller = _Teller(scenario_id, lease, limit_s)
    try:
        found = whole(base, wanted, params, teller.tell, teller.lost)
    except (Unavailable, StorageFull):
        raise  # the sweep tries again
    except Exception as error:
        log.exception("scenario_failed", scenario=str(scenario_id), error=error)
        _end(scenario_id, lease, ScenarioState.FAILED)
        return
    _end(scenario_id, lease, ScenarioState.SOLVED, lambda session: queries.keep(session, scenario_id, found))


def send_lost_again(session: Session) -> None:
    """Have solved again what a dead worker left, or no message told of; what has killed each is given up."""
    for row in queries.lost(session, clock.now() - timedelta(seconds=settings().run_lease_s)):
        if row.attempts >= MOST_ATTEMPTS:
            SCENARIO.move(session, None, row.id, ScenarioState.FAILED, reason_code="worker_lost", lease=None)
            continue
        row.lease, row.heard_at = None, clock.now()
        enqueue(session, Job.SOLVE_SCENARIO, str(row.id))


def _run(session: Session, actor: Actor, run_id: UUID) -> MatchingRun:
    """Return a run that scenarios may be made of, by an actor who coordinates all of it."""
    view = run_view(session, actor, run_id)
    check_plans(actor)
    if not view.is_told_whole:
        raise outside_area()
    if view.run.kind is RunKind.LOCAL:
        raise Conflict("local_run", "A run over one request is no ground for a draft.", {"id": str(run_id)})
    if view.run.state is not RunState.DONE:
        raise Conflict("run_not_done", "A draft is made of a run that is done.", {"state": view.run.state.value})
    return view.run


def _write(session: Session, row: Scenario, run: MatchingRun, wanted: Sequence[Change]) -> None:
    check_changes(len(wanted))
    queries.forget(session, [row.id])
    row.changes = to_json(list(wanted))
    base = read_base(session, run)
    if wanted:
        queries.keep(session, row.id, near(base, wanted))
    session.flush()


def _begin(session: Session, scenario_id: UUID, lease: UUID) -> Scenario | None:
    row = session.get(Scenario, scenario_id, with_for_update=True)
    if row is None or row.state is not ScenarioState.SOLVING or row.lease is not None:
        return None
    row.lease, row.heard_at, row.attempts = lease, clock.now(), row.attempts + 1
    session.flush()
    return row


def _end(
    scenario_id: UUID, lease: UUID, to: ScenarioState, write: Callable[[Session], None] = lambda _session: None
) -> None:
    with db.unit_of_work() as session:
        row = session.get(Scenario, scenario_id, with_for_update=True)
        if row is not None and row.lease == lease:
            write(session)
            SCENARIO.move(session, None, scenario_id, to, run_id=row.run_id, lease=None)


class _Teller:
    """Says how far solving has come, and notices when nobody wants it any more."""

    def __init__(self, scenario_id: UUID, lease: UUID, limit_s: float) -> None:
        self._key, self._lease, self._limit_s = scenario_id, lease, limit_s
        self._told_at = 0.0
        self._now: dict[str, object] = {"seconds": 0, "limit": limit_s}
        self._lost = False

    def tell(self, now: Progress) -> None:
        """Remember how far it has come."""
        self._now = {
            "value": now.value,
            "bound": now.bound,
            "gap": round(now.gap, 6),
            "seconds": round(now.seconds, 1),
            "limit": self._limit_s,
        }

    def lost(self) -> bool:
        """Write down how far it has come, now and then; tell whether nobody wants it any more."""
        if not self._lost and time.monotonic() - self._told_at > TOLD_EVERY_S:
            self._told_at = time.monotonic()
            try:
                with db.unit_of_work() as session:
                    self._lost = not queries.tell(session, self._key, self._lease, self._now)
            except PlatsverketError as error:  # the database is away: the lease decides when to give up
                log.warning("scenario_not_told", scenario=str(self._key), error=error)
        return self._lost
