"""Ctrl-C, or worse, while `platsverket solve` is searching."""

import os
import signal
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from matching.formats import codec
from matching.problem import checker
from matching.problem.problem import Problem
from tests.matching.market import market
from tests.processes.conftest import PATIENCE_S, Running, runs, until

pytestmark = pytest.mark.processes

POOL_OF_TWO = 3
"""Two workers and the process by which Python keeps track of what they share."""


@pytest.mark.parametrize(("workers", "children"), [(1, 0), (2, POOL_OF_TWO)])
def test_ctrl_c_writes_the_best_plan_so_far(
    start: Callable[..., Running], tmp_path: Path, workers: int, children: int
) -> None:
    problem = market(300)
    solving = start("solve", *_files(tmp_path, problem), "--workers", str(workers))
    pid = solving.process.pid
    until(lambda: _signals(pid, "SigCgt", signal.SIGTERM), "it may be asked to stop", solving)
    until(lambda: len(_deaf_children(pid)) == children, "its pool has started", solving)

    os.killpg(pid, signal.SIGINT)  # as a terminal does: to all processes of the command

    assert solving.process.wait(PATIENCE_S) == 0
    plan = codec.plan_from_json((tmp_path / "plan.json").read_bytes())
    assert plan.status == "stopped"
    assert not checker.check(problem, plan)
    assert "Stopping with the best plan so far" in solving.said
    assert "Traceback" not in solving.said


def test_when_it_is_killed_its_workers_end_and_nothing_is_written(
    start: Callable[..., Running], tmp_path: Path
) -> None:
    solving = start("solve", *_files(tmp_path, market(300)), "--workers", "2")
    pid = solving.process.pid
    until(lambda: len(_deaf_children(pid)) == POOL_OF_TWO, "its pool has started", solving)
    pool = [psutil.Process(child) for child in _deaf_children(pid)]

    solving.process.kill()

    until(lambda: not any(map(runs, pool)), "its pool has ended")
    assert [file.name for file in tmp_path.glob("plan*")] == []


def _files(folder: Path, problem: Problem) -> tuple[str, ...]:
    """Arguments for a problem that is not proven best in any time that a test has."""
    (folder / "problem.json").write_bytes(codec.problem_to_json(problem))
    return str(folder / "problem.json"), "-o", str(folder / "plan.json")


def _deaf_children(pid: int) -> list[int]:
    """The children of a process that ignore Ctrl-C."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in children if _signals(int(child), "SigIgn", signal.SIGINT)]


def _signals(pid: int, kind: str, number: signal.Signals) -> bool:
    """Whether a process ignores (`SigIgn`) or catches (`SigCgt`) a signal, see proc(5)."""
    status = Path(f"/proc/{pid}/status").read_text()
    mask = next(line.split()[1] for line in status.splitlines() if line.startswith(kind))
    return bool(int(mask, 16) & 1 << (number - 1))
