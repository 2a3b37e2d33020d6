"""What is asked: who could come when, what each pair's meeting is worth, and what is settled already."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class DayProblem:
    """Members who ask which day to come, over some days.

    The value of a plan is that of all meetings and activities together. A pair meets on each day that both come; the
    first time is worth what `worth` says, and each further time half of the time before.

    Parameters
    ----------
    possible
        Whether a member could come on a day, shape (members, days).
    visits
        On how many of the days each comes at most, shape (members,).
    worth
        Points of a pair's first meeting, for both together; symmetric, shape (members, members).
    activities
        Points of what is on that day for the member, shape (members, days).
    capacity
        How many there is room for on each day, shape (days,).
    planned
        Who comes when so far, shape (members, days); within `possible`.
    fixed
        What of `planned` stays as it is, shape (members, days), whether the member comes or does not: where somebody
        was moved once this week, or has said so.
    least
        Points that a visit has to bring all who are there. Whom no visit brings as much is told no day.

    Raises
    ------
    ValueError
        The shapes or figures contradict each other: all faults at once.
    """

    possible: Bools
    visits: Ints
    worth: Floats
    activities: Floats
    capacity: Ints
    planned: Bools
    fixed: Bools
    least: float = 1.0

    def __post_init__(self) -> None:
        members, days = self.possible.shape
        shapes = {
            "visits": (members,),
            "worth": (members, members),
            "activities": (members, days),
            "capacity": (days,),
            "planned": (members, days),
            "fixed": (members, days),
        }
        wrong = [
            f"{name} has the shape {getattr(self, name).shape}, not {shape}"
            for name, shape in shapes.items()
            if getattr(self, name).shape != shape
        ]
        if faults := wrong or self._faults():
            raise ValueError("; ".join(faults))

    def _faults(self) -> list[str]:
        settled = self.planned & self.fixed
        faults = {
            "worth and activities have to be finite and 0 or more": not (
                _is_worth_something(self.worth) and _is_worth_something(self.activities)
            ),
            "worth has to be symmetric, with 0 for a member alone": not (
                np.array_equal(self.worth, self.worth.T) and not self.worth.diagonal().any()
            ),
            "visits, capacity and least have to be 0 or more": (
                bool((self.visits < 0).any() or (self.capacity < 0).any()) or not self.least >= 0
            ),
            "planned is a day that is not possible": bool((self.planned & ~self.possible).any()),
            "what is fixed is more than a member's visits": bool((settled.sum(axis=1) > self.visits).any()),
            "what is fixed is more than there is room for": bool((settled.sum(axis=0) > self.capacity).any()),
        }
        return [fault for fault, is_there in faults.items() if is_there]


def _is_worth_something(points: Floats) -> bool:
    return bool(np.isfinite(points).all() and (points >= 0).all())
