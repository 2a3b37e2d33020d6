"""Running CP-SAT on a model within limits."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from ortools.sat.python import cp_model

from platsverket.matching.errors import SolverError
from platsverket.matching.greedy import Amounts
from platsverket.matching.limits import Limits
from platsverket.matching.model import Model


@dataclass(frozen=True, slots=True)
class Found:
    """How a search ended, with the best amounts and the proven bound on the model's objective, if there are any."""

    end: Literal["proven", "impossible", "limit"]
    amounts: Amounts | None
    bound: int | None


def search(
    model: Model,
    limits: Limits,
    *,
    seed: int = 0,
    workers: int = 1,
    on_better: Callable[[int, int], None] = lambda _value, _served: None,
    on_bound: Callable[[int], None] = lambda _bound: None,
) -> Found:
    """Solve the model; tells of every better objective with the open needs it serves, and of every better bound."""
    solver = cp_model.CpSolver()
    solver.parameters.random_seed = seed
    solver.parameters.num_workers = workers
    # Markets are packing problems: the linear relaxation guides best, and probing and symmetries take long for nothing.
    solver.parameters.linearization_level = 2
    solver.parameters.cp_model_probing_level = 0
    solver.parameters.symmetry_level = 0
    remaining_s = limits.remaining_s()
    if remaining_s is not None:
        solver.parameters.max_time_in_seconds = remaining_s
    listener = _Listener(model, solver.stop_search, on_better, on_bound)
    solver.best_bound_callback = listener.on_best_bound
    with limits.watching(solver.stop_search):
        status = solver.solve(model.cp, listener)
    if listener.failure is not None:
        raise listener.failure
    return _found(model, solver, status)


def _found(model: Model, solver: cp_model.CpSolver, status: cp_model.CpSolverStatus) -> Found:
    match status:
        case cp_model.OPTIMAL:
            return Found("proven", _amounts(model, solver), _whole(solver.best_objective_bound))
        case cp_model.FEASIBLE:
            return Found("limit", _amounts(model, solver), _whole(solver.best_objective_bound))
        case cp_model.INFEASIBLE:
            return Found("impossible", None, None)
        case cp_model.UNKNOWN:
            return Found("limit", None, None)  # the bound of a search that found nothing means nothing
        case _:
            raise SolverError(f"CP-SAT refused the model: {model.cp.validate()}")


def _amounts(model: Model, solver: cp_model.CpSolver) -> Amounts:
    amounts = ((i, solver.value(variable) * model.unit_of[i]) for i, variable in enumerate(model.amount))
    return {index: amount for index, amount in amounts if amount}


def _whole(bound: float) -> int:
    """The bound on a whole number that a bound kept as a float gives; the margin forgives its last digit."""
    return math.floor(bound + 1e-6)


class _Listener(cp_model.CpSolverSolutionCallback):
    """Passes on what CP-SAT tells; what a hearer raises ends the search and is kept, for it cannot cross C++."""

    def __init__(
        self,
        model: Model,
        stop: Callable[[], None],
        on_better: Callable[[int, int], None],
        on_bound: Callable[[int], None],
    ) -> None:
        super().__init__()
        self.failure: Exception | None = None
        self._served = list(model.served.values())
        self._stop, self._on_better, self._on_bound = stop, on_better, on_bound

    def on_solution_callback(self) -> None:
        served = sum(self.boolean_value(served) for served in self._served)
        self._tell(lambda: self._on_better(round(self.objective_value), served))

    def on_best_bound(self, bound: float) -> None:
        self._tell(lambda: self._on_bound(_whole(bound)))

    def _tell(self, tell: Callable[[], None]) -> None:
        try:
            tell()
        except Exception as failure:
            self.failure = failure
            self._stop()
