"""Small made-up hubs, anything goes: for properties that hold whatever is asked."""

from typing import Any

import numpy as np
from hypothesis import strategies as st

from hubs.days.problem import DayProblem


@st.composite
def problems(draw: st.DrawFn) -> DayProblem:
    """Up to six members and four days; the seed decides about the rest, so that few draws shrink to small ones."""
    members, days = draw(st.integers(0, 6)), draw(st.integers(1, 4))
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    possible = random.random((members, days)) < 0.7
    planned = possible & (random.random((members, days)) < 0.4)
    fixed = random.random((members, days)) < draw(st.sampled_from([0.0, 0.3, 1.0]))
    settled = planned & fixed
    worth = np.triu(random.choice([0.0, 0.1, 1.0, 2.5, 7.0], (members, members)), 1)
    return DayProblem(
        possible=possible,
        visits=settled.sum(axis=1) + random.integers(0, 3, members),
        worth=worth + worth.T,
        activities=random.choice([0.0, 0.0, 3.0], (members, days)),
        capacity=settled.sum(axis=0) + random.integers(0, 4, days),
        planned=planned,
        fixed=fixed,
        least=draw(st.sampled_from([0.0, 0.3, 1.0, 4.0])),
    )


def problem(members: int, days: int, **given: Any) -> DayProblem:
    """Everybody could come on every day, once, with room for all; nobody has anything to do with anybody."""
    nothing = np.zeros((members, days), dtype=np.bool_)
    asked: dict[str, Any] = {
        "possible": ~nothing,
        "visits": np.ones(members, dtype=np.int64),
        "worth": np.zeros((members, members)),
        "activities": np.zeros((members, days)),
        "capacity": np.full(days, members),
        "planned": nothing,
        "fixed": nothing,
    }
    return DayProblem(**asked | given)


def pairs(members: int, *worth: tuple[int, int, float]) -> np.ndarray:
    """Return the worth of so many members' meetings, of which some are given."""
    found = np.zeros((members, members))
    for one, other, points in worth:
        found[one, other] = found[other, one] = points
    return found
