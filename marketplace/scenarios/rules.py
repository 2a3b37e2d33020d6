"""What becomes of a scenario, how many there may be, and what may be changed in one."""

from types import MappingProxyType

from core.database.lifecycle import Lifecycle
from core.errors import BadInput, Conflict
from marketplace.scenarios.models import Scenario, ScenarioState

MOST_KEPT = 20
"""Scenarios of one coordinator."""
MOST_CHANGES = 30
MOST_COMPARED = 4
MOST_ATTEMPTS = 2

S = ScenarioState
_ENDS = frozenset({S.SOLVING, S.DRAFT, S.DISCARDED})

SCENARIO = Lifecycle(
    "scenario",
    Scenario,
    MappingProxyType(
        {
            S.DRAFT: frozenset({S.SOLVING, S.DISCARDED, S.DRAFT}),
            S.SOLVING: frozenset({S.SOLVED, S.FAILED, S.DRAFT, S.DISCARDED}),
            S.SOLVED: _ENDS,
            S.FAILED: _ENDS,
            S.DISCARDED: frozenset(),
        }
    ),
)


def check_room(kept: int) -> None:
    """Refuse a coordinator more scenarios than may be kept.

    Raises
    ------
    Conflict
        ``too_many_scenarios``.
    """
    if kept >= MOST_KEPT:
        raise Conflict(
            "too_many_scenarios",
            f"You have {MOST_KEPT} drafts already. Throw one away first.",
            {"most": MOST_KEPT},
        )


def check_changes(count: int) -> None:
    """Refuse more changes than a scenario may have.

    Raises
    ------
    BadInput
        There are more.
    """
    if count > MOST_CHANGES:
        raise BadInput("changes", count, f"a draft has at most {MOST_CHANGES} changes: take one away first")
