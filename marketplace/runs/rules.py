"""What a matching run may become, and what the reasons that it gives leave open."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from core.actor import Actor
from core.database.lifecycle import Lifecycle
from marketplace.runs.models import MatchingRun, RunState

RUN = Lifecycle(
    "matching_run",
    MatchingRun,
    MappingProxyType(
        {
            RunState.QUEUED: frozenset({RunState.RUNNING, RunState.CANCELLED, RunState.FAILED}),
            RunState.RUNNING: frozenset({RunState.DONE, RunState.FAILED, RunState.CANCELLED, RunState.QUEUED}),
            RunState.DONE: frozenset(),
            RunState.FAILED: frozenset(),
            RunState.CANCELLED: frozenset(),
        }
    ),
)

ASKED_FOR = timedelta(minutes=10)
"""How long a question for reasons is waited for: after that its worker is thought lost, and it may be asked anew."""
SEARCHED = frozenset({"no_option", "lost_to_others"})
"""Codes of needs for which a smallest change is searched for: the others lack something else."""


def is_asked(reasons: Mapping[str, Any], now: datetime) -> bool:
    """Tell whether somebody has asked for what the reasons of a need leave open, and it is being worked out."""
    asked_at = reasons.get("askedAt")
    return asked_at is not None and datetime.fromisoformat(asked_at) + ASKED_FOR > now


def leaves_open(code: str, reasons: Mapping[str, Any], losses: Iterable[Mapping[str, Any]]) -> bool:
    """Tell whether asking could find more: `losses` are those of a served need's alternatives.

    What is unknown may always be asked for; what is only a limit, or was searched for in vain, once.
    """
    costs = [*losses, *([reasons["loss"]] if code == "lost_to_others" and "loss" in reasons else [])]
    if any(loss.get("kind") == "unknown" for loss in costs):
        return True
    if "workedOutAt" in reasons:
        return False
    return (code in SEARCHED and not reasons.get("searched")) or any(is_limit(loss) for loss in costs)


def is_limit(loss: Mapping[str, Any]) -> bool:
    """Tell whether a cost is more than nothing and not exact, so that it may turn out to be less."""
    return loss.get("kind") == "at_most" and (loss.get("toOthers") or 0) > 0


def reasons_told_to(actor: Actor, reasons: Mapping[str, Any]) -> dict[str, Any]:
    """Return the reasons of a need's outcome as an actor may read them.

    To others than coordinators, the needs that stand against theirs are only counted: nulls in place of ids.
    """
    told = dict(reasons)
    if not actor.coordinates:
        if "takenBy" in told:
            told["takenBy"] = [dict.fromkeys(each) for each in told["takenBy"]]
        if "loss" in told:
            told["loss"] = {
                name: [None] * len(value) if isinstance(value, list) else value for name, value in told["loss"].items()
            }
    return told
