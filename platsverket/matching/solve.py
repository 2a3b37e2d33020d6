"""The façade: a problem in, the best plan found in the time given out."""

from collections.abc import Callable
from dataclasses import dataclass

from platsverket.matching.bound import quick_bound
from platsverket.matching.checker import check
from platsverket.matching.errors import SolverError
from platsverket.matching.fields import check_whole
from platsverket.matching.formulation import Formulation, formulate
from platsverket.matching.greedy import construct
from platsverket.matching.limits import Limits
from platsverket.matching.model import Model
from platsverket.matching.plan import Plan, Status
from platsverket.matching.problem import LARGEST_SEED, Problem
from platsverket.matching.search import search

__all__ = ["Progress", "solve"]


@dataclass(frozen=True, slots=True)
class Progress:
    """The best so far: its worth, what no plan can exceed, the needs it serves, seconds since the start."""

    value: int
    bound: int
    served: int
    seconds: float


def solve(
    problem: Problem,
    *,
    time_limit_s: float | None = None,
    seed: int | None = None,
    workers: int = 1,
    progress: Callable[[Progress], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Plan:
    """The best plan found, with a bound that holds for every plan.

    Without a time limit the search goes on until the plan is proven best, unless `should_stop` says yes. A time limit
    counts from the call; the first, greedy plan is always finished, so a limit too short for it is exceeded.
    During the search `should_stop` is asked about twenty times a second from a thread of its own, and `progress` is
    told by the solver's; what they raise ends the search and is raised here. `seed` replaces the problem's own. With
    one worker the same problem and seed take the same course, so give the same plan, unless time or a stop cut that
    course short elsewhere.

    Raises ValueError for a time limit, seed or workers that make no sense, SolverError if the plan fails the checker.
    """
    limits = Limits(time_limit_s, should_stop)
    seed = problem.seed if seed is None else seed
    check_whole("seed", seed, 0, LARGEST_SEED)
    check_whole("workers", workers, 1, 10_000)
    course = _Course(formulate(problem), limits, progress)
    if course.value < course.bound and not limits.ended() and _worth_building_a_model(limits):
        course.improve(seed, workers)
    plan = course.plan(seed)
    violations = check(problem, plan)
    if violations:
        raise SolverError(f"the plan for {problem.name!r} is wrong: {violations}")
    return plan


def _worth_building_a_model(limits: Limits) -> bool:
    """Building it takes about as long as all before it: past half of the time no time to search would be left."""
    remaining_s = limits.remaining_s()
    return remaining_s is None or remaining_s > limits.seconds()


class _Course:
    """The best amounts and the best bound so far, from the greedy plan on."""

    def __init__(self, formulation: Formulation, limits: Limits, progress: Callable[[Progress], None] | None) -> None:
        self._formulation = formulation
        self._limits = limits
        self._progress = progress
        self._amounts = construct(formulation)
        self._settled = len(formulation.problem.needs) - len(formulation.needs)
        self.value = formulation.worth(self._amounts)
        self.bound = quick_bound(formulation)
        self._served = self._settled + len({formulation.columns[index].owner for index in self._amounts})
        self._tell()

    def improve(self, seed: int, workers: int) -> None:
        """Search from the amounts on, until proven or at a limit."""
        model = Model(self._formulation)
        model.hint(self._amounts)
        found = search(model, self._limits, seed=seed, workers=workers, on_better=self._better, on_bound=self._bounded)
        if found.end == "impossible":
            raise SolverError("CP-SAT found no plan where there is one")
        if found.bound is not None:
            self._bounded(found.bound)
        if found.amounts is not None:
            self._amounts = max(self._amounts, found.amounts, key=self._formulation.worth)
        self.value = self._formulation.worth(self._amounts)

    def plan(self, seed: int) -> Plan:
        """The best so far as a plan."""
        status: Status = "stopped" if self._limits.stopped else "feasible"
        return Plan(
            problem=self._formulation.problem.name,
            status="optimal" if self.value == self.bound else status,
            objective=self.value,
            bound=self.bound,
            seed=seed,
            runtime_s=round(self._limits.seconds(), 3),
            matches=self._formulation.matches(self._amounts),
        )

    def _better(self, objective: int, served: int) -> None:
        """Heard during the search; the amounts themselves come at its end."""
        value = self._formulation.base + objective
        if value > self.value:
            self.value, self._served = value, self._settled + served
            self._tell()

    def _bounded(self, bound: int) -> None:
        if self._formulation.base + bound < self.bound:
            self.bound = self._formulation.base + bound
            self._tell()

    def _tell(self) -> None:
        if self._progress is not None:
            self._progress(Progress(self.value, self.bound, self._served, self._limits.seconds()))
