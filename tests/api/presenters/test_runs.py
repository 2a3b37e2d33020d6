"""What a run is worth in words is never better than it is."""

import pytest

from api.language import i18n
from api.presenters.runs import nearness_text
from marketplace.runs.models import MatchingRun


@pytest.mark.parametrize(
    ("objective", "bound", "told"),
    [
        # 2 of 3 is 66.666… %, rounded down; 1 of 3 is 33.333… %, rounded up; 1 point is less than one need of 10.
        (
            2,
            3,
            "At least 66.66% of the best possible. At most 33.34% is left to win: less than 1 need",
        ),
        # 20 points are two needs of 10, and so less than three.
        (
            80,
            100,
            "At least 80% of the best possible. At most 20% is left to win: less than 3 needs",
        ),
        (7, 7, "No plan can be worth more"),
        (-5, 0, ""),
        (None, 7, ""),
        (7, None, ""),
    ],
)
def test_how_near_the_best_is_told_rounded_against_the_run(objective: int | None, bound: int | None, told: str):
    run = MatchingRun(objective=objective, bound=bound, policy={"values": {"ordinary": 10}})
    with i18n.speaking("en"):
        assert nearness_text(run) == (f"{told} of ordinary priority." if "need" in told else told)
