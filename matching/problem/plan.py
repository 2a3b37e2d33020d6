"""The answer: what is taken, what it is worth, and how far from the best it can be at most."""

from dataclasses import dataclass
from typing import Literal, get_args

from matching.problem.errors import PlanError, ProblemError
from matching.problem.needs import Match
from matching.problem.problem import LARGEST_SEED
from matching.problem.validation import LARGEST_EXACT, check_name, check_number, check_whole

__all__ = ["Match", "Plan", "PlanError", "Status"]

Status = Literal["optimal", "feasible", "stopped"]
"""Proven best; the best found when the search ended otherwise (time, gap, blocks, its last round); the best found when
the caller stopped it."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The matches taken for the problem named, their worth, and a worth that no plan can exceed.

    `objective` and `bound` are in the whole-number points of the problem's values and scores; `runtime_s` is wall
    time in seconds. Whether the plan is right is the checker's question.

    Raises
    ------
    PlanError
        A field is wrong; the error names it.
    """

    problem: str
    status: Status
    objective: int
    bound: int
    seed: int
    runtime_s: float
    matches: tuple[Match, ...]

    def __post_init__(self) -> None:
        try:
            self._check()
        except ProblemError as error:
            raise PlanError(error.where, error.message) from error

    def _check(self) -> None:
        check_name("problem", self.problem)
        if self.status not in get_args(Status):
            raise PlanError("status", f"{self.status!r} is not one of {', '.join(get_args(Status))}")
        check_whole("objective", self.objective, -LARGEST_EXACT, LARGEST_EXACT)
        check_whole("bound", self.bound, -LARGEST_EXACT, LARGEST_EXACT)
        check_whole("seed", self.seed, 0, LARGEST_SEED)
        check_number("runtime_s", self.runtime_s, 0, LARGEST_EXACT)
