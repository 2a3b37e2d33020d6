"""A plan in the making: who is there on which day, and what one more or less changes."""

import numpy as np

from hubs.days.problem import Bools, DayProblem, Floats, Ints

AGAIN = 0.5
"""What a pair's next meeting is worth, of the one before."""


class Attendance:
    """Who comes when, with what the next meeting of each pair is worth; begins with what is fixed.

    Attributes
    ----------
    present
        1 where a member comes on a day and else 0, shape (members, days): numbers, as sums are taken over them.
    there
        How many come on each day, shape (days,).
    value
        Points of all meetings and activities.
    """

    def __init__(self, problem: DayProblem) -> None:
        self.problem = problem
        self.present: Floats = np.zeros(problem.possible.shape)
        self.there: Ints = np.zeros(len(problem.capacity), dtype=np.int64)
        self.value = 0.0
        self._next = problem.worth.copy()
        for member, day in np.argwhere(problem.planned & problem.fixed).tolist():
            self.add(member, day)

    @property
    def surplus(self) -> float:
        """Points of all meetings and activities, less what each visit has to bring at least."""
        return self.value - self.problem.least * float(self.there.sum())

    def days_of(self, member: int) -> list[int]:
        """Return the days on which a member comes."""
        days: list[int] = np.flatnonzero(self.present[member]).tolist()
        return days

    def is_full(self, day: int) -> bool:
        """Tell whether there is room for nobody more."""
        return bool(self.there[day] >= self.problem.capacity[day])

    def may_move(self, member: int, day: int) -> bool:
        """Tell whether a member may come that day who does not, or stay away who comes."""
        return bool(self.problem.possible[member, day] and not self.problem.fixed[member, day])

    def open_to(self, member: int) -> Bools:
        """Return on which days a member could come, too, shape (days,)."""
        problem = self.problem
        free = problem.possible[member] & ~problem.fixed[member] & (self.there < problem.capacity)
        open_days: Bools = free & (self.present[member] == 0)
        return open_days

    def gains(self, member: int) -> Floats:
        """Points that a member's coming would bring, for each day on which it does not come, shape (days,)."""
        gains: Floats = self._next[member] @ self.present + self.problem.activities[member]
        return gains

    def gain(self, member: int, day: int) -> float:
        """Points that a member's coming would bring on a day on which it does not come."""
        return float(self._next[member] @ self.present[:, day] + self.problem.activities[member, day])

    def loss(self, member: int, day: int) -> float:
        """Points that would be lost if a member did not come on a day on which it comes."""
        met = self._next[member] @ self.present[:, day]
        return float(met / AGAIN + self.problem.activities[member, day])

    def gain_of_moving(self, member: int, day: int, to: int) -> float:
        """Points of coming on another day instead. Whoever is there on both days is met as often as before."""
        worth, here = self._next[member], self.present[:, day]
        again = 1 / AGAIN - 1
        gained = (worth * (1 + again * here)) @ self.present[:, to] + self.problem.activities[member, to]
        return float(gained) - self.loss(member, day)

    def add(self, member: int, day: int) -> None:
        """Let a member come."""
        others = np.flatnonzero(self.present[:, day])
        self.value += float(self._next[member, others].sum() + self.problem.activities[member, day])
        self._weigh(member, others, AGAIN)
        self.present[member, day] = 1
        self.there[day] += 1

    def remove(self, member: int, day: int) -> None:
        """Let a member stay away."""
        self.present[member, day] = 0
        self.there[day] -= 1
        others = np.flatnonzero(self.present[:, day])
        self._weigh(member, others, 1 / AGAIN)
        self.value -= float(self._next[member, others].sum() + self.problem.activities[member, day])

    def move(self, member: int, day: int, to: int) -> None:
        """Let a member come on another day instead."""
        self.remove(member, day)
        self.add(member, to)

    def _weigh(self, member: int, others: Ints, by: float) -> None:
        self._next[member, others] *= by
        self._next[others, member] *= by


def value_of(problem: DayProblem, plan: Bools) -> float:
    """Return the points of all meetings and activities of a plan, shape (members, days)."""
    here = plan.astype(float)
    times = here @ here.T
    met = problem.worth * (1 - AGAIN**times) / (1 - AGAIN)
    return float(np.triu(met, 1).sum() + (problem.activities * here).sum())
