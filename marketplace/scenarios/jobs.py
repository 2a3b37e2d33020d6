"""The background entries of scenarios: deciding everything anew, and finding what a dead worker left."""

from uuid import UUID

from core.database import db
from core.jobs import Job, job
from core.time import clock
from marketplace.scenarios import service


@job(Job.SOLVE_SCENARIO)
def solve_scenario(scenario_id: str) -> None:
    """Decide everything anew for a scenario. Arriving twice, or too late, it does nothing."""
    service.work_on(UUID(scenario_id))


@job(Job.SWEEP_SCENARIOS)
def sweep_scenarios() -> None:
    """Send again what a dead worker left."""
    if clock.was_set():  # whoever lives says so before the next sweep
        return
    with db.unit_of_work() as session:
        service.send_lost_again(session)
