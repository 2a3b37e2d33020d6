"""Who is measured, all by the same call: a market in, an outcome out within the time."""

from collections.abc import Callable
from dataclasses import asdict, dataclass

import numpy as np

from benchmarks.contestants import constraint, linear
from benchmarks.harness.outcome import Outcome, ProgressLog
from matching.arrays.arrays import Arrays, Ints
from matching.params.solve import SolveParams
from matching.problem.plan import Match
from matching.search.serial import SerialPlan, first_come_first_served, most_valuable_first
from matching.solve import Progress, solve


@dataclass(frozen=True, slots=True)
class RunParams:
    """How long a contestant may take, with how many threads or processes, and from which seed; see `SolveParams`."""

    time_limit_s: float
    workers: int = 1
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Contestant:
    """A way to make plans; `needs_at_most` keeps it from markets that it cannot hold in memory or get through."""

    title: str
    solve: Callable[[Arrays, RunParams], Outcome]
    needs_at_most: int = 10**9


def _platsverket(arrays: Arrays, params: RunParams) -> Outcome:
    log = ProgressLog()

    def told(progress: Progress) -> None:
        log.points.append((round(progress.seconds, 3), progress.value, progress.bound))

    plan = solve(arrays, SolveParams(**asdict(params)), progress=told).plan
    log.points.append((plan.runtime_s, plan.objective, plan.bound))
    return Outcome(plan.bound, options_taken(arrays, plan.matches), log.points)


def options_taken(arrays: Arrays, matches: tuple[Match, ...]) -> Ints:
    """Matches by name as rows [option, amount]."""
    position = {name: need for need, name in enumerate(arrays.need_ids)}
    rows = []
    for match in matches:
        need = position[match.need]
        options = range(arrays.option_from[need], arrays.option_from[need + 1])
        option = next(option for option in options if arrays.option_ids[option] == match.option)
        rows.append((option, match.amount))
    return np.array(sorted(rows), dtype=np.int64).reshape(-1, 2)


def _serial(rule: Callable[[Arrays], SerialPlan]) -> Callable[[Arrays, RunParams], Outcome]:
    return lambda arrays, _: Outcome(float("inf"), rule(arrays).taken)


def _highs(arrays: Arrays, params: RunParams) -> Outcome:
    return linear.whole(arrays, time_limit_s=params.time_limit_s)


def _cp_sat(capacity: constraint.Capacity) -> Callable[[Arrays, RunParams], Outcome]:
    return lambda arrays, params: constraint.solve(
        arrays, capacity, time_limit_s=params.time_limit_s, seed=params.seed, workers=params.workers
    )


def _timefold(arrays: Arrays, params: RunParams) -> Outcome:
    from benchmarks.contestants import timefold  # noqa: PLC0415 (loads nothing where it is not wanted)

    return timefold.solve(arrays, time_limit_s=params.time_limit_s, seed=params.seed)


CONTESTANTS = {
    "first-come": Contestant("first come, first served", _serial(first_come_first_served)),
    "greedy": Contestant("greedy by value", _serial(most_valuable_first)),
    "cp-sat-intervals": Contestant("one CP-SAT model, optional intervals", _cp_sat("intervals"), 20_000),
    "cp-sat-rows": Contestant("one CP-SAT model, rows", _cp_sat("rows"), 20_000),
    "highs": Contestant("one HiGHS MIP, rows", _highs, 5_000),
    "timefold": Contestant("Timefold (Java)", _timefold, 20_000),
    "platsverket": Contestant("platsverket", _platsverket),
}
