"""Choosing the days of all together: simulated annealing over who comes when, then best responses.

Each who asks which day is best, given the others, ends where nobody does better alone, far below what all could have:
it is a game of coordination. Its value is an exact potential (Monderer, Shapley 1996), so best responses do end.
Annealing (Kirkpatrick, Gelatt, Vecchi 1983) lets people come on days that are worse until others follow.
"""

from dataclasses import dataclass
from math import exp
from random import Random

import numpy as np

from hubs.days.attendance import Attendance
from hubs.days.problem import Bools, DayProblem


@dataclass(frozen=True, slots=True)
class AnnealingParams:
    """How long and how freely is searched: work, not seconds.

    Parameters
    ----------
    steps
        Changes that are tried from each start, at most.
    steps_each
        Changes that are tried for each member who has a choice; a few find their best soon.
    starts
        How often is begun anew, at most; where there are few members, small groups decide, and one start may miss them.
    hottest, coldest
        Temperatures at the first and last step, in points: a loss of so many is taken in one of e tries.
    seed
        Of what is tried.
    """

    steps: int = 12_000
    steps_each: int = 1_000
    starts: int = 8
    hottest: float = 10.0
    coldest: float = 0.3
    seed: int = 1


ANNEALING_DEFAULTS = AnnealingParams()


def plan_days(problem: DayProblem, params: AnnealingParams = ANNEALING_DEFAULTS) -> Bools:
    """Return who is to come on which day, shape (members, days).

    What is fixed stays, no day has more than there is room for, nobody comes more often than wanted; and no visit but
    a fixed one brings less than the problem's `least`.
    """
    starts = max(1, min(params.starts, WHOLE_HUB // max(1, len(problem.visits))))
    plans = [_planned(problem, params, Random(params.seed + start)) for start in range(starts)]  # noqa: S311
    return max(plans, key=lambda plan: plan.surplus).present > 0


WHOLE_HUB = 300
"""So many members take the work of one start; half as many that of two."""


def _planned(problem: DayProblem, params: AnnealingParams, random: Random) -> Attendance:
    attendance = Attendance(problem)
    respond(attendance)
    _Annealing(attendance, params, random).run()
    respond(attendance)
    return attendance


def respond(attendance: Attendance) -> None:
    """Let each in turn choose the days that are best given the others, until nobody changes anything."""
    changed = True
    while changed:
        changed = False
        for member in range(len(attendance.problem.visits)):
            changed |= _responds(attendance, member)


def _responds(attendance: Attendance, member: int) -> bool:
    """Give up each day for a better one or none, then come on more; tell whether anything changed."""
    problem, changed = attendance.problem, False
    for day in attendance.days_of(member):
        if not attendance.may_move(member, day):
            continue
        lost = attendance.loss(member, day)
        attendance.remove(member, day)
        better = best_day(attendance, member)
        if better is not None and better[1] > lost + _ROUNDING:
            attendance.add(member, better[0])
            changed = True
        elif lost >= problem.least - _ROUNDING:
            attendance.add(member, day)
        else:
            changed = True
    while len(attendance.days_of(member)) < problem.visits[member]:
        best = best_day(attendance, member)
        if best is None:
            break
        attendance.add(member, best[0])
        changed = True
    return changed


_ROUNDING = 1e-9
"""Sums of the same points in another order differ by less."""


def best_day(attendance: Attendance, member: int) -> tuple[int, float] | None:
    """Return the best day on which a member could come, too, and what that brings; none where it is too little."""
    gains = np.where(attendance.open_to(member), attendance.gains(member), -1.0)
    day = int(gains.argmax())
    return (day, float(gains[day])) if gains[day] >= max(attendance.problem.least, _ROUNDING) else None


class _Annealing:
    """Tries random changes; what loses is taken the more seldom, the more it loses and the later it is."""

    def __init__(self, attendance: Attendance, params: AnnealingParams, random: Random) -> None:
        self._attendance = attendance
        self._params = params
        self._random = random
        self._temperature = params.hottest

    def run(self) -> None:
        """Try so many changes as asked, each of a member who has a choice."""
        problem, params = self._attendance.problem, self._params
        choices = [np.flatnonzero(days).tolist() for days in problem.possible & ~problem.fixed]
        movable = [member for member, days in enumerate(choices) if days]
        steps = min(params.steps, params.steps_each * len(movable))
        cooling = (params.coldest / params.hottest) ** (1 / max(1, steps - 1))
        for _ in range(steps):
            member = self._random.choice(movable)
            self._try(member, self._random.choice(choices[member]))
            self._temperature *= cooling

    def _try(self, member: int, to: int) -> None:
        """Let a member come on a day, once more or instead of another; or stay away where it comes by now."""
        attendance, least = self._attendance, self._attendance.problem.least
        days = attendance.days_of(member)
        if to in days:
            if self._accepts(least - attendance.loss(member, to)):
                attendance.remove(member, to)
            return
        movable = [day for day in days if attendance.may_move(member, day)]
        choices = [*movable, None] if len(days) < attendance.problem.visits[member] else movable
        if not choices:
            return
        day = self._random.choice(choices)
        if attendance.is_full(to):
            self._try_instead(member, day, to)
        elif day is not None:
            if self._accepts(attendance.gain_of_moving(member, day, to)):
                attendance.move(member, day, to)
        elif self._accepts(attendance.gain(member, to) - least):
            attendance.add(member, to)

    def _try_instead(self, member: int, day: int | None, to: int) -> None:
        """Take the place of somebody, who comes on the best other day or not at all."""
        attendance, before = self._attendance, self._attendance.surplus
        others = np.flatnonzero((attendance.present[:, to] > 0) & ~attendance.problem.fixed[:, to])
        if not len(others):
            return
        other = int(self._random.choice(others))
        if day is not None:
            attendance.remove(member, day)
        attendance.remove(other, to)
        attendance.add(member, to)
        best = best_day(attendance, other)
        if best is not None:
            attendance.add(other, best[0])
        if self._accepts(attendance.surplus - before):
            return
        if best is not None:
            attendance.remove(other, best[0])
        attendance.remove(member, to)
        attendance.add(other, to)
        if day is not None:
            attendance.add(member, day)

    def _accepts(self, gain: float) -> bool:
        return gain >= 0 or self._random.random() < exp(gain / self._temperature)
