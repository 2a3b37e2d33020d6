"""What came out of a run, as data for whoever prints it."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from marketplace.runs import queries
from marketplace.runs.models import MatchingRun
from marketplace.views.run import OutcomeView, outcomes_of_run


@dataclass(frozen=True)
class RunReport:
    """A run with the needs it served and those it did not, in the order in which they were asked for."""

    run: MatchingRun
    served: Sequence[OutcomeView]
    unserved: Sequence[OutcomeView]

    @property
    def gap_percent(self) -> float | None:
        """How far at most the value is from the best possible; None before there is a plan."""
        return gap_percent(self.run)


def report(session: Session, run_id: UUID) -> RunReport:
    """Return what a run did with every need, for the system itself.

    Raises
    ------
    NotFound
        There is no such run.
    """
    outcomes = outcomes_of_run(session, run_id)
    return RunReport(
        run=queries.run(session, run_id),
        served=[each for each in outcomes if each.outcome.served],
        unserved=[each for each in outcomes if not each.outcome.served],
    )


def gap_percent(run: MatchingRun) -> float | None:
    """Return how far at most a run's value is from the best possible, in percent of its bound."""
    if run.objective is None or run.bound is None:
        return None
    return 100 * (run.bound - run.objective) / run.bound if run.bound > 0 else 0.0
