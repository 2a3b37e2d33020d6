"""`python -m benchmarks.experiments.killing`: runs of the whole product in the middle of which a worker is killed.

A made-up market in an embedded PostgreSQL, the scheduler and two workers as processes. Every other time the killed
worker is the one that holds the run, otherwise one that only solves blocks for it.
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
from sqlalchemy import NullPool, create_engine, text

from api.cli.database import ready
from benchmarks.harness.measuring import NotMeasured
from benchmarks.harness.reports import Row, percent, show, write
from core.database import db
from core.database.postgres.roles import owner_url
from core.jobs import Job
from marketplace.demo import service as demo
from marketplace.planning import service
from marketplace.planning.encoding import documents
from marketplace.planning.rules import RunDraft
from marketplace.runs import queries
from marketplace.runs.models import MatchingRun, RunState
from matching.problem import checker
from migrations.tables import metadata

QUICK = {
    "PLATSVERKET_RUN_LEASE_S": "4",
    "PLATSVERKET_BLOCK_LEASE_S": "3",
    "PLATSVERKET_SWEEP_INTERVAL_S": "5",
    "PLATSVERKET_LOG_LEVEL": "info",
}
PATIENCE_S = 300
ENDED = {RunState.DONE, RunState.FAILED, RunState.CANCELLED}
HOLDS = f"job={Job.EXECUTE_RUN.value}"


@dataclass(frozen=True, slots=True)
class Trial:
    """A market of so many offers and requests, and a run of so many seconds with two workers for its blocks.

    `after` so many of them a worker is killed: the one that holds the run, or another; None: nobody is.
    """

    offers: int
    requests: int
    seconds: float
    after: int = 0
    kill: str | None = None


@dataclass
class Worker:
    """A command of the product as a process in a session of its own, with what it says."""

    process: subprocess.Popen[bytes]
    log: Path

    @classmethod
    def start(cls, command: str, log: Path) -> "Worker":
        """Start the command; the settings of this process are its own."""
        with log.open("wb") as file:
            process = subprocess.Popen(  # noqa: S603 (our own command)
                [sys.executable, "-m", "api.cli.main", command],
                env={**os.environ, **QUICK},
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        return cls(process, log)

    def has_said(self, words: str) -> bool:
        """Whether the words stand in its log."""
        return words in self.log.read_text(encoding="utf-8", errors="replace")

    def kill(self) -> None:
        """End it and all that it started, as a power cut would."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


@contextmanager
def product(folder: Path) -> Iterator[tuple[Worker, Worker]]:
    """The scheduler and two workers, on the database of the settings; killed on leaving."""
    with ExitStack() as stack:
        started = [Worker.start(name, folder / f"{number}.log") for number, name in enumerate(COMMANDS)]
        for each in started:
            stack.callback(each.kill)
        yield started[1], started[2]


COMMANDS = ("scheduler", "worker", "worker")


def measured(trial: Trial) -> Row:
    """What came of the run: state, worth, bound, needs served, attempts, faults that the checker finds, seconds."""
    _refill(trial)
    with tempfile.TemporaryDirectory() as folder, product(Path(folder)) as workers:
        _until(lambda: all(each.has_said("worker_ready") for each in workers), "both workers are ready")
        started = time.monotonic()
        with db.unit_of_work() as session:
            run_id = service.queue_run(session, None, RunDraft(time_limit_s=trial.seconds, workers=2)).id
        if trial.kill is not None:
            _until(lambda: _has_come_so_far(run_id, trial.after), "blocks have been solved")
            _victim(trial, workers).kill()
        _until(lambda: _read(run_id).state in ENDED, "the run has ended")
        took = time.monotonic() - started
    return {**asdict(trial), **_outcome(run_id), "took": round(took, 1)}


def _has_come_so_far(run_id: UUID, blocks: int) -> bool:
    run = _read(run_id)
    if run.state in ENDED:
        raise NotMeasured(f"the run ended as {run.state} before {blocks} blocks were solved: the market is too small")
    return int(run.progress.get("blocks", 0)) >= blocks


def _victim(trial: Trial, workers: tuple[Worker, Worker]) -> Worker:
    holders = [each for each in workers if each.has_said(HOLDS)]
    assert holders, "no worker has said that it holds the run"
    others = [each for each in workers if each not in holders]
    return (holders if trial.kill == "holder" else others)[0]


def _refill(trial: Trial) -> None:
    """Empty every table, and the broker's, and make the same market again."""
    with create_engine(owner_url(), poolclass=NullPool).begin() as connection:
        connection.execute(text("set local session_replication_role = replica"))  # past the audit's guards
        known = connection.execute(text("select tablename from pg_tables where tablename like 'kombu%'")).scalars()
        names = [f'"{name}"' for name in (*known, *metadata.tables)]
        connection.execute(text(f"truncate {', '.join(names)} cascade"))
    with db.unit_of_work() as session:
        demo.generate(session, organisations=40, offers=trial.offers, requests=trial.requests)


def _outcome(run_id: UUID) -> Row:
    run = _read(run_id)
    row = {"state": run.state.value, "failure": run.failure_code, "attempts": run.attempts, **run.progress}
    if run.state is not RunState.DONE:
        return row
    with db.unit_of_work() as session:
        problem, plan = documents.read_problem(session, run_id), documents.read_plan(session, run_id)
    faults = checker.check(problem, plan)
    return {**row, "value": plan.objective, "bound": plan.bound, "faults": [str(each) for each in faults]}


def _read(run_id: UUID) -> MatchingRun:
    with db.unit_of_work() as session:
        return queries.run(session, run_id)


def _until(happened: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + PATIENCE_S
    while not happened():
        if time.monotonic() > end:
            raise TimeoutError(f"did not happen within {PATIENCE_S} s: {what}")
        time.sleep(0.1)


def main(
    runs: Annotated[int, typer.Option(min=1, help="With a worker killed in each.")] = 10,
    offers: Annotated[int, typer.Option(min=1)] = 450,
    requests: Annotated[int, typer.Option(min=1)] = 1400,
    seconds: Annotated[float, typer.Option(min=1, help="That a run may search.")] = 10,
    to: Annotated[Path, typer.Option("--to", help="The folder for results.")] = Path("bench-results"),
) -> None:
    """Kill a worker in the middle of each of some runs, and compare them with one that nobody disturbed."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update({"PLATSVERKET_DATA_DIR": folder, **QUICK})
        with ready():
            rows = [measured(Trial(offers, requests, seconds))]
            for number in range(runs):
                kill = ("holder", "block worker")[number % 2]
                rows.append(measured(Trial(offers, requests, seconds, 3 + number, kill)))
                print_table(rows)
    write(to, "killing", rows)


def print_table(rows: list[Row]) -> None:
    """Each run beside the first."""
    columns = ("killed", "after blocks", "state", "attempts", "faults", "served", "value %", "seconds")
    lines = [
        [
            row["kill"] or "nobody",
            str(row["after"]),
            row["state"],
            str(row["attempts"]),
            str(len(row.get("faults", ["?"]))),
            str(row.get("served", "–")),
            percent(row.get("value", 0), rows[0]["value"]),
            str(row["took"]),
        ]
        for row in rows
    ]
    show("A worker killed in the middle of a run", columns, lines)


if __name__ == "__main__":
    typer.run(main)
