"""What the database knows of the installation, for Prometheus: runs, blocks, jobs that wait, the sweep of deadlines.

The scheduler shows it, of which there is exactly one, so that nothing is counted twice. Where the database does not
answer, that is told and nothing else.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import accumulate

import structlog
from prometheus_client.core import GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import text
from sqlmodel import Session

from core import jobs
from core.database import db, steady_clock
from core.errors import PlatsverketError
from core.time import clock
from marketplace.runs import queries
from marketplace.runs.models import BlockState, MatchingRun, RunKind, RunState

log = structlog.get_logger()

PHASE_BOUNDS_S = (0.1, 0.5, 1.0, 5.0, 10.0, 30.0, 60.0, 300.0, 1800.0, 7200.0)
_RUNS = text("select state, kind, count(*) from matching_run group by state, kind")
_OLDEST = text("select min(queued_at) from matching_run where state in ('queued', 'running')")
_BLOCKS = text("select state, count(*) from run_block group by state")
_MAILS = text(
    "select case when failed_at is null then 'queued' else 'failed' end, count(*) from mail"
    " where sent_at is null group by 1"
)
_PHASES = text(
    "select key, width_bucket(value::float, cast(:bounds as float[])), count(*), sum(value::float)"
    " from matching_run, lateral jsonb_each_text(progress -> 'spent')"
    " where state = 'done' and jsonb_typeof(progress -> 'spent') = 'object' group by 1, 2"
)


@dataclass(frozen=True)
class Figure:
    """What a figure is called, what it tells, and what its values are told apart by."""

    name: str
    meaning: str
    labels: tuple[str, ...] = ()

    def single(self, value: float | None) -> Metric:
        """Return it with its only value, or without any."""
        return self.several({} if value is None else {(): value})

    def several(self, values: Mapping[tuple[str, ...], float]) -> Metric:
        """Return it with a value for each combination of labels."""
        family = GaugeMetricFamily(self.name, self.meaning, labels=self.labels)
        for labels, value in values.items():
            family.add_metric(labels, value)
        return family


DATABASE_UP = Figure("platsverket_database_up", "1 where the database answers.")
RUNS = Figure("platsverket_runs", "Matching runs there are, by state and kind.", ("state", "kind"))
BLOCKS = Figure("platsverket_blocks", "Blocks of runs that wait for a worker, or are leased by one.", ("state",))
OLDEST_RUN = Figure(
    "platsverket_oldest_unfinished_run_seconds",
    "Seconds since the oldest run that is queued or running was asked for; 0 where there is none.",
)
GAP = Figure("platsverket_last_run_gap", "How far the plan of the last whole run is from its bound, as a share.")
LAST_RUN = Figure("platsverket_last_run_finished_timestamp_seconds", "When the last whole run was published.")
PHASE_SECONDS = Figure(
    "platsverket_run_phase_seconds", "Seconds that published runs spent in each phase; a histogram.", ("phase",)
)
SWEEP_SEEN = Figure(
    "platsverket_deadline_sweep_timestamp_seconds", "When a sweep last looked at the clock and the deadlines."
)
SETTLED = Figure(
    "platsverket_deadlines_settled_timestamp_seconds",
    "Up to when deadlines have passed: it stands still while the clock is in doubt.",
)
BROKER_UP = Figure("platsverket_broker_up", "1 where the broker answers.")
QUEUE = Figure("platsverket_queue_jobs", "Jobs that wait in the broker for a worker.", ("queue",))
MAILS = Figure("platsverket_mails", "Mails that are not away yet, or that have failed and are kept.", ("state",))
FIGURES = (
    DATABASE_UP, RUNS, BLOCKS, OLDEST_RUN, GAP, LAST_RUN, PHASE_SECONDS, SWEEP_SEEN, SETTLED, BROKER_UP, QUEUE,
    MAILS,
)  # fmt: skip


class InstallationFigures(Collector):
    """Asks the database at each visit of Prometheus; a statement takes some milliseconds for thousands of runs."""

    def collect(self) -> Iterator[Metric]:
        """Tell all, or that the database is away."""
        try:
            with db.unit_of_work() as session:
                found = [*_of_runs(session), _phases(session), *_of_sweeps(session), _mails(session)]
        except PlatsverketError as error:
            log.warning("figures_not_found", error=error)
            found = []
        yield DATABASE_UP.single(bool(found))
        yield from found
        depths = jobs.queue_depths()
        yield BROKER_UP.single(depths is not None)
        yield QUEUE.several({(queue,): number for queue, number in (depths or {}).items()})


def _of_runs(session: Session) -> Iterator[Metric]:
    counted = {(state, kind): number for state, kind, number in session.execute(_RUNS)}
    yield RUNS.several({(state, kind): counted.get((state, kind), 0) for state in RunState for kind in RunKind})
    blocks = {state: number for state, number in session.execute(_BLOCKS)}  # noqa: C416 (rows are no pairs to mypy)
    yield BLOCKS.several({(state,): blocks.get(state, 0) for state in BlockState})
    since = session.execute(_OLDEST).scalar_one()
    yield OLDEST_RUN.single((clock.now() - since).total_seconds() if since else 0)
    last = queries.latest_published(session)
    yield GAP.single(_gap(last))
    yield LAST_RUN.single(last.finished_at.timestamp() if last is not None and last.finished_at else None)


def _gap(run: MatchingRun | None) -> float | None:
    if run is None or run.objective is None or run.bound is None:
        return None
    return (run.bound - run.objective) / max(1, abs(run.bound))


def _phases(session: Session) -> Metric:
    counts: dict[str, list[int]] = {}
    sums: dict[str, float] = {}
    for phase, bucket, number, seconds in session.execute(_PHASES, {"bounds": list(PHASE_BOUNDS_S)}):
        counts.setdefault(phase, [0] * (len(PHASE_BOUNDS_S) + 1))[bucket] = number
        sums[phase] = sums.get(phase, 0) + seconds
    family = HistogramMetricFamily(PHASE_SECONDS.name, PHASE_SECONDS.meaning, labels=PHASE_SECONDS.labels)
    bounds = [*map(str, PHASE_BOUNDS_S), "+Inf"]
    for phase in sorted(counts):
        family.add_metric([phase], list(zip(bounds, accumulate(counts[phase]), strict=True)), sums[phase])
    return family


def _mails(session: Session) -> Metric:
    counted = {state: number for state, number in session.execute(_MAILS)}  # noqa: C416 (rows)
    return MAILS.several({(state,): counted.get(state, 0) for state in ("queued", "failed")})


def _of_sweeps(session: Session) -> Iterator[Metric]:
    watch = steady_clock.watched(session)
    yield SWEEP_SEEN.single(watch.seen_at.timestamp() if watch else None)
    yield SETTLED.single(watch.settled_at.timestamp() if watch else None)
