"""What contradicts itself is refused, all faults at once."""

from typing import Any

import numpy as np
import pytest

from tests.hubs.days.hubs import pairs, problem

SETTLED = np.array([[True, True], [True, False]])


def test_what_fits_is_taken() -> None:
    settled = problem(2, 2, planned=SETTLED, fixed=SETTLED, visits=np.array([2, 1]), capacity=np.array([2, 1]))
    assert settled.least == 1.0


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"visits": np.ones(3, dtype=np.int64)}, r"visits has the shape \(3,\), not \(2,\)"),
        ({"worth": pairs(2, (0, 1, -1.0))}, "worth and activities have to be finite and 0 or more"),
        ({"activities": np.full((2, 2), np.nan)}, "worth and activities have to be finite and 0 or more"),
        ({"worth": np.array([[0.0, 1.0], [2.0, 0.0]])}, "symmetric"),
        ({"worth": np.eye(2)}, "0 for a member alone"),
        ({"visits": np.array([1, -1])}, "visits, capacity and least have to be 0 or more"),
        ({"least": float("nan")}, "visits, capacity and least have to be 0 or more"),
        ({"possible": ~SETTLED, "planned": SETTLED}, "planned is a day that is not possible"),
        ({"planned": SETTLED, "fixed": SETTLED, "capacity": np.array([2, 1])}, "more than a member's visits"),
        (
            {"planned": SETTLED, "fixed": SETTLED, "visits": np.array([2, 1]), "capacity": np.array([1, 1])},
            "more than there is room for",
        ),
    ],
)
def test_what_contradicts_itself_is_refused(given: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        problem(2, 2, **given)


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(ValueError, match=r"symmetric.*visits, capacity and least"):
        problem(2, 2, worth=np.eye(2), capacity=np.array([-1, 2]))
