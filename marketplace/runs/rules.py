"""What a matching run may become, and what the reasons that it gives leave open."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType

from core.database.lifecycle import Lifecycle
from core.errors import Conflict
from core.settings import settings
from marketplace.runs.models import MatchingRun, RunState
from marketplace.runs.reasons import OutcomeReasons, StoredLoss

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
    key_share=True,  # it is cancelled while it publishes
)

FAILURES: Mapping[str, str] = MappingProxyType(
    {
        "plan_rejected": "The plan was wrong, so nothing was published.",
        "problem_rejected": "What is offered and asked for could not be made into a problem.",
        "storage_full": "The disk is full. Nothing was published.",
        "out_of_memory": "There was not enough memory. Nothing was published.",
        "worker_lost": "The worker was lost several times in the middle of the run. Nothing was published.",
        "preparing_too_long": "Preparing took longer than it may. Nothing was published.",
        "unexpected": "An unexpected error ended the run. Nothing was published.",
    }
)
"""Why a run can have failed, in English; the Swedish stands in the catalogue. What the error said is for the log."""
ASKED_FOR = timedelta(minutes=10)
"""How long a question for reasons is waited for: after that its worker is thought lost, and it may be asked anew."""
PREPARING = frozenset({"loading", "building"})
"""Steps that may take so long as the setting `run_building_limit_s` says."""
SEARCHED = frozenset({"no_option", "lost_to_others"})
"""Codes of needs for which a smallest change is searched for: the others lack something else."""


def check_may_wait(waiting: int) -> None:
    """Refuse an organisation one run or search more for itself than it may wait for: workers are everybody's.

    Raises
    ------
    Conflict
        ``too_many_runs``: so much is `waiting` already.
    """
    most = settings().organisation_runs
    if waiting >= most:
        raise Conflict(
            "too_many_runs",
            f"{most} searches that your organisation asked for are not done yet. Wait until some of them are.",
            {"most": most},
        )


def is_asked(reasons: OutcomeReasons, now: datetime) -> bool:
    """Tell whether somebody has asked for what the reasons of a need leave open, and it is being worked out.

    Asked by a clock that was put back since, it may be asked for again.
    """
    return reasons.asked_at is not None and abs(now - datetime.fromisoformat(reasons.asked_at)) < ASKED_FOR


def leaves_open(code: str, reasons: OutcomeReasons, losses: Iterable[StoredLoss]) -> bool:
    """Tell whether asking could find more: `losses` are those of a served need's alternatives.

    What is unknown may always be asked for; what is only a limit, or was searched for in vain, once.
    """
    costs = [*losses, *([reasons.loss] if code == "lost_to_others" and reasons.loss else [])]
    if any(loss.kind == "unknown" for loss in costs):
        return True
    if reasons.worked_out_at is not None:
        return False
    return (code in SEARCHED and not reasons.searched) or any(loss.is_limit for loss in costs)
