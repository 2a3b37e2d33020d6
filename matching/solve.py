"""The façade: a problem in, the best plan found in the time given out."""

from collections.abc import Callable

from matching.arrays.arrays import Arrays
from matching.arrays.conversion import arrays_of, relevant
from matching.mip.executors import Opening, local
from matching.mip.limits import Limits
from matching.mip.replay import Following, Trace
from matching.model.formulation import formulate
from matching.model.matches import matches_of
from matching.problem.checker import check
from matching.problem.errors import SolverError
from matching.problem.plan import Plan, Status
from matching.problem.problem import LARGEST_SEED, Problem
from matching.problem.validation import check_whole
from matching.search.lns import SMALL, Course
from matching.search.progress import Progress

__all__ = ["Progress", "solve"]


def solve(
    problem: Problem | Arrays,
    *,
    time_limit_s: float | None = None,
    gap: float = 0.0,
    blocks: int | None = None,
    seed: int | None = None,
    workers: int = 1,
    progress: Callable[[Progress], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
    opening: Opening = local,
    traced: Callable[[Trace], None] | None = None,
    follow: Trace | None = None,
) -> Plan:
    """The best plan found, with a bound that holds for every plan.

    The search ends when the plan is proven best, when at most the share `gap` of the bound may still be gained, when
    nothing more is gained by the largest blocks, after so many `blocks`, at the time limit, or when `should_stop` says
    yes. A time limit counts from the call; putting the problem into rows, asking once what it could be worth, and
    checking the plan are always finished.
    `should_stop` is asked about twenty times a second; it and `progress` may be called from threads, and what they
    raise ends the search and is raised here. `seed` replaces the problem's own. `opening` says who solves the blocks:
    this process if there is one of the `workers`, else a pool of processes. With one worker the same problem and seed
    take the same course, so give the same plan, unless time or a stop cut that course short elsewhere. What is
    `traced` when the search has ended says how it went; to `follow` it gives the same plan again with any workers.

    Raises ValueError for a time limit, gap, seed or workers that make no sense, SolverError if the plan fails the
    checker.
    """
    limits = Limits(time_limit_s, should_stop)
    arrays = arrays_of(problem) if isinstance(problem, Problem) else problem
    seed = arrays.seed if seed is None else seed
    check_whole("seed", seed, 0, LARGEST_SEED)
    check_whole("workers", workers, 1, 10_000)
    if not 0 <= gap < 1:
        raise ValueError(f"gap is {gap!r}; it is a share from 0 to less than 1")
    formulation = formulate(arrays)
    limits.reserve(2 * limits.seconds())  # checking a plan takes up to twice as long as putting the problem into rows
    # Opened before there is anything to send, as processes take a while to start; but not while rows take most memory.
    carrier = opening(workers if len(arrays.value) > SMALL else 1, limits)
    if follow is not None:
        carrier = Following(carrier, follow)
    try:
        course = Course(formulation, limits, gap=gap, seed=seed, progress=progress or _silent, follow=follow)
        course.start()
        course.go_on(carrier, blocks)
    finally:
        carrier.close()
    if traced:
        traced(course.trace)
    plan = _plan(arrays, course, limits, seed)
    violations = check(relevant(arrays, plan), plan)
    if violations:
        raise SolverError(f"the plan for {arrays.name!r} is wrong: {violations}")
    return plan


def _plan(arrays: Arrays, course: Course, limits: Limits, seed: int) -> Plan:
    status: Status = "stopped" if limits.stopped else "feasible"
    search = course.search
    return Plan(
        problem=arrays.name,
        status="optimal" if search.value == search.bound else status,
        objective=int(search.value),
        bound=int(search.bound),
        seed=seed,
        runtime_s=round(limits.seconds(), 3),
        matches=matches_of(search.formulation, search.standing.amounts),
    )


def _silent(_progress: Progress) -> None:
    pass
