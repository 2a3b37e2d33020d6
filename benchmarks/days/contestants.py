"""What people do without a joint plan: they come as they use to, or ask one after another which day is best."""

import numpy as np

from benchmarks.days.hub import Hub
from hubs.days.attendance import Attendance


def by_habit(hub: Hub, seed: int) -> Attendance:
    """Each comes on the days that it likes best, as often as it wants, as long as there is room."""
    attendance = Attendance(hub.problem)
    for member in _order(hub, seed):
        for day in np.argsort(-hub.liking[member], kind="stable").tolist():
            if len(attendance.days_of(member)) < hub.problem.visits[member] and attendance.open_to(member)[day]:
                attendance.add(member, day)
    return attendance


def in_turn(hub: Hub, seed: int) -> Attendance:
    """Each asks once, gets the best days given those who asked before, and of equally good ones what it likes best."""
    attendance = Attendance(hub.problem)
    for member in _order(hub, seed):
        for _ in range(hub.problem.visits[member]):
            open_days = np.flatnonzero(attendance.open_to(member))
            if len(open_days):
                best = np.lexsort((-hub.liking[member, open_days], -attendance.gains(member)[open_days]))[0]
                attendance.add(member, int(open_days[best]))
    return attendance


def _order(hub: Hub, seed: int) -> list[int]:
    order: list[int] = np.random.default_rng(seed).permutation(len(hub.problem.visits)).tolist()
    return order
