"""Every question about scenarios. One is seen by whoever made it, as long as it coordinates what the run looked at."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, delete, func, select, update
from sqlmodel import Session, col

from core.actor import Actor
from core.database.page import DEFAULT_LIMIT, Page, read_page
from core.database.tables import any_of, quiet
from core.errors import NotFound
from core.time import clock
from marketplace.planning.rules import check_plans
from marketplace.runs.models import MatchingRun
from marketplace.scenarios.models import Scenario, ScenarioOutcome, ScenarioState
from marketplace.scenarios.solving.outcome import Extent, Outcome
from marketplace.views.run import visible_to as visible_runs


def _visible_to(actor: Actor) -> Select[Scenario]:
    runs = visible_runs(actor).with_only_columns(col(MatchingRun.id), maintain_column_froms=True)
    return select(Scenario).where(
        col(Scenario.member_id) == actor.member_id,
        col(Scenario.organisation_id) == actor.organisation_id,
        col(Scenario.state) != ScenarioState.DISCARDED,
        col(Scenario.run_id).in_(runs),
    )


def scenarios_page(session: Session, actor: Actor, page: int = 1, limit: int = DEFAULT_LIMIT) -> Page[Scenario]:
    """Return the actor's scenarios, the last made first.

    Raises
    ------
    NotAllowed
        The actor is no coordinator.
    """
    check_plans(actor)
    return read_page(session, _visible_to(actor).order_by(col(Scenario.id).desc()), page, limit)


def scenario(session: Session, actor: Actor, scenario_id: UUID, *, lock: bool = False) -> Scenario:
    """Return one of the actor's scenarios, locked until the transaction ends if told.

    Raises
    ------
    NotFound
        There is none.
    """
    found = _visible_to(actor).where(col(Scenario.id) == scenario_id)
    row = session.scalars(found.with_for_update() if lock else found).one_or_none()
    if row is None:
        raise NotFound("scenario", scenario_id)
    return row


def kept_of(session: Session, actor: Actor) -> int:
    """Return how many scenarios the actor has."""
    found = select(func.count()).where(
        col(Scenario.member_id) == actor.member_id, col(Scenario.state) != ScenarioState.DISCARDED
    )
    return int(session.execute(found).scalar_one())


def outcomes(session: Session, scenario_ids: Collection[UUID]) -> dict[UUID, Outcome]:
    """Return what each of some scenarios comes to: with everything decided anew where that is known."""
    found = select(ScenarioOutcome).where(any_of(col(ScenarioOutcome.scenario_id), scenario_ids))
    ordered: dict[UUID, Outcome] = {}
    for row in sorted(session.scalars(found), key=lambda row: row.scope is Extent.WHOLE):
        ordered[row.scenario_id] = row.outcome
    return ordered


def runs_of(session: Session, scenarios: Collection[Scenario]) -> dict[UUID, MatchingRun]:
    """Return the runs that scenarios are compared with."""
    found = select(MatchingRun).where(any_of(col(MatchingRun.id), {each.run_id for each in scenarios}))
    return {run.id: run for run in session.scalars(found)}


def keep(session: Session, scenario_id: UUID, found: Outcome) -> None:
    """Write down what a scenario comes to."""
    session.merge(ScenarioOutcome(scenario_id=scenario_id, scope=found.scope, outcome=found))


def forget(session: Session, scenario_ids: Collection[UUID]) -> None:
    """Take away what scenarios came to before they were changed."""
    session.execute(delete(ScenarioOutcome).where(any_of(col(ScenarioOutcome.scenario_id), scenario_ids)))


def lost(session: Session, before: datetime) -> Sequence[Scenario]:
    """Return scenarios that are to be solved and of which nothing was heard since, locked, but for what others hold."""
    found = select(Scenario).where(col(Scenario.state) == ScenarioState.SOLVING, quiet(col(Scenario.heard_at), before))
    return session.scalars(found.order_by(col(Scenario.id)).with_for_update(skip_locked=True)).all()


def tell(session: Session, scenario_id: UUID, lease: UUID, progress: dict[str, object]) -> bool:
    """Say how far solving has come; False if it is no longer whose lease that is."""
    changed = session.execute(
        update(Scenario)
        .where(
            col(Scenario.id) == scenario_id, col(Scenario.lease) == lease, col(Scenario.state) == ScenarioState.SOLVING
        )
        .values(progress=progress, heard_at=clock.now())
        .returning(col(Scenario.id))
        .execution_options(synchronize_session=False)
    )
    return changed.first() is not None
