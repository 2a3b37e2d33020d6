"""What a matching run may become, and what has to be said to start one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from core import geo
from core.actor import Actor
from core.database.lifecycle import Lifecycle
from core.errors import BadInput, InvalidParameter, NotAllowed
from core.settings import settings
from marketplace.planning.options.policy import DEFAULT, policy_named
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

LARGEST_SEED = 2**31 - 1
LONGEST_S = 24 * 3600


@dataclass(frozen=True)
class RunDraft:
    """What a run is asked to do.

    `county_code` limits it to needs placed in that county; `policy` names one of `policy.POLICIES`; `seed` makes the
    search repeatable; `time_limit_s` is how long it may search (None: the setting `run_time_limit_s`); `workers` is how
    many solve its blocks (None: the setting `run_workers`).

    Raises
    ------
    BadInput
        Naming each wrong field as on the wire.
    """

    county_code: str | None = None
    policy: str = DEFAULT
    seed: int = 1
    time_limit_s: float | None = None
    name: str = ""
    workers: int | None = None

    def __post_init__(self) -> None:
        wrong = []
        if self.county_code is not None and self.county_code not in {county.code for county in geo.counties()}:
            wrong.append(InvalidParameter("countyCode", self.county_code, "there is no such county: 01 to 25"))
        if not 0 <= self.seed <= LARGEST_SEED:
            wrong.append(InvalidParameter("seed", self.seed, f"it has to be from 0 through {LARGEST_SEED}"))
        if not 0 < self.limit_s <= LONGEST_S:
            wrong.append(
                InvalidParameter(
                    "timeLimitS", self.time_limit_s, f"it has to be above 0 and at most {LONGEST_S} seconds"
                )
            )
        if not 1 <= self.most_workers <= 64:
            wrong.append(InvalidParameter("workers", self.workers, "it has to be from 1 through 64"))
        if len(self.name) > 200:
            wrong.append(InvalidParameter("name", self.name, "it may have 200 characters"))
        if wrong:
            raise BadInput.of(wrong)
        policy_named(self.policy)

    @property
    def limit_s(self) -> float:
        """Seconds that the run may search."""
        return settings().run_time_limit_s if self.time_limit_s is None else self.time_limit_s

    @property
    def most_workers(self) -> int:
        """How many solve its blocks at a time."""
        return settings().run_workers if self.workers is None else self.workers


def check_may_plan(actor: Actor | None) -> None:
    """Only a coordinator, or the system itself, starts and cancels runs; else NotAllowed."""
    if actor is not None and not actor.coordinates:
        raise NotAllowed("coordinator_only", "Only a coordinator may start or cancel matching runs.")


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
