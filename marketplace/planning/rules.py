"""What a matching run may become, and what has to be said to start one."""

from dataclasses import dataclass

from core import geo
from core.actor import Actor, Permission, refusal
from core.errors import Faults, InvalidParameter, NotAllowed
from core.settings import settings
from core.text import text_faults
from marketplace.planning.options.policy import DEFAULT, policy_named

LARGEST_SEED = 2**31 - 1
LONGEST_S = 24 * 3600


@dataclass(frozen=True)
class RunDraft:
    """What a run is asked to do.

    `county_code` limits it to needs placed in that county; `policy` names one of `policy.POLICIES`; `seed` makes the
    search repeatable; `time_limit_s` is how long it may take until it has published (None: the setting
    `run_time_limit_s`); `workers` is how many solve its blocks (None: the setting `run_workers`).

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
        faults = Faults()
        wrong = faults.parameters
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
        wrong += text_faults("name", self.name, 0, 200)
        with faults.under():
            policy_named(self.policy)
        faults.refuse()

    @property
    def limit_s(self) -> float:
        """Seconds until the run has published."""
        return settings().run_time_limit_s if self.time_limit_s is None else self.time_limit_s

    @property
    def most_workers(self) -> int:
        """How many solve its blocks at a time."""
        return settings().run_workers if self.workers is None else self.workers


def check_plans(actor: Actor) -> None:
    """Only a coordinator starts runs, wherever; else NotAllowed."""
    if not actor.may(Permission.PLAN):
        raise refusal(actor, Permission.PLAN)


def check_may_plan(actor: Actor | None, county_code: str | None) -> None:
    """Only a coordinator of all that it looks at, or the system itself, starts and cancels a run; else NotAllowed."""
    if actor is None or actor.coordinates_county(county_code):
        return
    check_plans(actor)
    raise outside_area()


def outside_area() -> NotAllowed:
    """Return why a coordinator of some organisations may not plan for others."""
    return NotAllowed("outside_area", "You coordinate some of it only: choose a county of your area.")
