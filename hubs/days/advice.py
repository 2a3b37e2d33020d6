"""What each is told: which days, whom one meets there, what is on; or that no particular day is better than others."""

from dataclasses import dataclass

import numpy as np

from hubs.days.attendance import AGAIN
from hubs.days.problem import Bools, DayProblem


@dataclass(frozen=True, slots=True)
class Meeting:
    """Somebody to meet, and the points of that for both together."""

    member: int
    points: float


@dataclass(frozen=True, slots=True)
class Visit:
    """A day to come, whom one meets then that is worth something, the most first, and the points of what is on."""

    day: int
    meetings: tuple[Meeting, ...]
    activities: float

    @property
    def points(self) -> float:
        """Points of the visit for all who are there."""
        return self.activities + sum(each.points for each in self.meetings)


def advice_for(problem: DayProblem, plan: Bools, member: int) -> list[Visit]:
    """Return a member's visits in the order of the days; none where no particular day is better than others.

    Of two who meet on several days the first is worth the most. Whoever passes it on leaves out those who have not
    agreed to be named.
    """
    visits, met = [], np.zeros(len(problem.visits))
    for day in np.flatnonzero(plan[member]).tolist():
        others = np.flatnonzero(plan[:, day] & (problem.worth[member] > 0))
        points = problem.worth[member, others] * AGAIN ** met[others]
        met[others] += 1
        order = np.argsort(-points, kind="stable").tolist()
        meetings = tuple(Meeting(int(others[each]), float(points[each])) for each in order)
        visits.append(Visit(day, meetings, float(problem.activities[member, day])))
    return visits
