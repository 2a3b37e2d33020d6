"""The façade: a problem in, the best plan found in the time given out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from matching.arrays.arrays import Arrays
from matching.arrays.conversion import arrays_of, relevant
from matching.mip.executors import ExecutorFactory, local
from matching.mip.limits import Limits
from matching.mip.replay import ReplayExecutor, Trace
from matching.model.formulation import formulate
from matching.model.incumbent import matches_of
from matching.params.solve import SOLVE_DEFAULTS, SolveParams
from matching.problem.checker import check
from matching.problem.errors import SolverError
from matching.problem.needs import Match
from matching.problem.plan import Plan, Status
from matching.problem.problem import Problem
from matching.search.lns import LargeNeighborhoodSearch
from matching.search.state import Progress

__all__ = ["Progress", "Result", "SolveParams", "solve"]


@dataclass(frozen=True, slots=True)
class Result:
    """The best plan found, and how the search went, from which it can be replayed."""

    plan: Plan
    trace: Trace


def solve(
    problem: Problem | Arrays,
    params: SolveParams = SOLVE_DEFAULTS,
    *,
    progress: Callable[[Progress], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
    executor: ExecutorFactory = local,
    replay: Trace | None = None,
    start: Sequence[Match] = (),
) -> Result:
    """Find the best plan, with a bound that holds for every plan.

    The search ends when the plan is proven best, when at most the share `gap` of the bound may still be gained, after
    so many `blocks`, at the time limit, when `should_stop` says yes, or, unproven, after its last round
    (`WholeParams.rounds`). A time limit counts from the call; putting the problem into rows, asking once what it could
    be worth, and checking the plan are always finished. With one worker the same problem and seed take the same steps,
    so give the same plan, unless time or a stop ended them elsewhere.

    Parameters
    ----------
    problem
        What is asked.
    params
        What is wanted of the run.
    progress, should_stop
        Told of every step; asked about twenty times a second. Both may be called from threads, and what they raise ends
        the search and is raised here.
    executor
        Opens what solves the blocks: this process if there is one of the workers, else a pool of processes.
    replay
        The trace of an earlier run of the same problem: it gives the same plan again with any number of workers.
    start
        A plan, of another problem with the same names perhaps: what of it fits is what the search sets out from.

    Raises
    ------
    SolverError
        The plan fails the checker.
    """
    limits = Limits(params.time_limit_s, should_stop)
    arrays = arrays_of(problem) if isinstance(problem, Problem) else problem
    seed = arrays.seed if params.seed is None else params.seed
    formulation = formulate(arrays, cuts=params.search.cuts)
    limits.reserve(2 * limits.seconds())  # checking a plan takes up to twice as long as putting the problem into rows
    # Opened before there is anything to send, as processes take a while to start; but not while rows take most memory.
    small = len(arrays.value) <= params.search.whole.small_needs
    opened = executor(1 if small else params.workers, limits)
    if replay is not None:
        opened = ReplayExecutor(opened, replay)
    try:
        search = LargeNeighborhoodSearch(
            formulation, limits, params=params, seed=seed, progress=progress or _silent, replay=replay, start=start
        )
        search.start()
        search.run(opened, params.blocks)
    finally:
        opened.close()
    plan = _plan(arrays, search, limits, seed)
    # What was given, where that can be: an error of the conversion would be in `relevant` too.
    violations = check(problem if isinstance(problem, Problem) else relevant(arrays, plan), plan)
    if violations:
        raise SolverError(f"the plan for {arrays.name!r} is wrong: {violations}")
    return Result(plan, search.trace)


def _plan(arrays: Arrays, search: LargeNeighborhoodSearch, limits: Limits, seed: int) -> Plan:
    status: Status = "stopped" if limits.stopped else "feasible"
    state = search.state
    return Plan(
        problem=arrays.name,
        status="optimal" if state.value == state.bound else status,
        objective=int(state.value),
        bound=int(state.bound),
        seed=seed,
        runtime_s=round(limits.seconds(), 3),
        matches=matches_of(state.formulation, state.incumbent.amounts),
    )


def _silent(_progress: Progress) -> None:
    pass
