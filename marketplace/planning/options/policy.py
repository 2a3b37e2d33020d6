"""What a run weighs against what: named weights in whole points, so that everybody can see why one plan beat another.

The scale: serving an ordinary need of one is worth 100,000 points. One crisis need outweighs 100 needs of statutory
duty, 500 ordinary or 1,250 exploratory ones, which is more than ever stand against one need for one room, lot, car
or person; so a crisis is never outbid. Everything that speaks for or against an offer adds up to less than the value
of the least need, so that a possible match is always better than none.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import BadInput
from marketplace.requests.models import Priority

VALUES: Mapping[Priority, int] = MappingProxyType(
    {
        Priority.CRISIS: 50_000_000,
        Priority.STATUTORY: 500_000,
        Priority.ORDINARY: 100_000,
        Priority.EXPLORATORY: 40_000,
    }
)
MOST_DOUBLINGS = 8
MOST_EARLY = 99

MEANINGS: Mapping[str, str] = MappingProxyType(
    {
        "fit": "Don't give a forty-seat hall to four: points lost for what stays unused.",
        "distance": "Near before far: points lost at 50 km or more, in proportion below that.",
        "cost": "Cheap before expensive: points lost at 20,000 SEK or more, in proportion below that.",
        "wishes": "Wishes beside the requirements: points lost when none are met, in proportion otherwise.",
        "dates": "A whole series before one with gaps: points lost per share of dates that are missing.",
        "climate": "Little transport and clean fuels: half of the points lost at 1,000 kg CO2e, less below that.",
        "give_and_take": "Who has lent much is served first, and who has borrowed much is asked first.",
        "rotation": "In networks who has been asked least comes first: points lost for each hour more than others.",
        "amount": "Large needs before small: points won for every doubling of people, pieces or percent.",
        "stability": "What was proposed last time stays: points won for keeping it.",
    }
)
"""What each weight means, in English; the Swedish stands in the catalogue."""


@dataclass(frozen=True)
class Weights:
    """Most points that each criterion can give or take, see `MEANINGS`."""

    fit: int = 12_000
    distance: int = 6_000
    cost: int = 5_000
    wishes: int = 5_000
    dates: int = 5_000
    climate: int = 4_000
    give_and_take: int = 2_000
    rotation: int = 12_000
    amount: int = 2_000
    stability: int = 3_000

    def __post_init__(self) -> None:
        if any(points < 0 for points in asdict(self).values()):
            raise ValueError(f"weights are whole numbers from 0: {self}")
        if self.greatest_loss >= min(VALUES.values()):
            raise ValueError(f"an option could lose {self.greatest_loss}, so that some needs were better left unserved")

    @property
    def greatest_loss(self) -> int:
        """The most points that an option can lose: people are never too large, and only they take turns."""
        return (
            max(self.fit, self.rotation)
            + self.distance
            + self.cost
            + self.wishes
            + self.dates
            + self.climate
            + self.give_and_take
        )


@dataclass(frozen=True)
class Policy:
    """Weights with a name, and what choosing it means (English; the Swedish stands in the catalogue)."""

    name: str
    meaning: str
    weights: Weights = field(default_factory=Weights)

    def to_json(self) -> dict[str, Any]:
        """Return what is stored with a run: name, weights and values, as they were."""
        return {"name": self.name, "weights": asdict(self.weights), "values": dict(VALUES)}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Policy":
        """Return the policy that a run was queued with; a criterion that there was not yet then weighs nothing."""
        known, weights = POLICIES.get(stored["name"]), stored.get("weights")
        as_then = Weights() if weights is None else Weights(**(dict.fromkeys(MEANINGS, 0) | weights))
        return cls(stored["name"], known.meaning if known else "", as_then)


POLICIES: Mapping[str, Policy] = MappingProxyType(
    {
        policy.name: policy
        for policy in (
            Policy("balanced", "As many needs as possible are served, with good fit and short ways."),
            Policy(
                "near",
                "Distance counts most, fit and cost less.",
                Weights(fit=6_000, distance=16_000, cost=2_500, climate=3_000, rotation=6_000),
            ),
            Policy(
                "thrifty",
                "Fit and cost count most, distance less.",
                Weights(fit=15_000, distance=2_000, cost=10_000, wishes=3_000, dates=4_000, climate=3_000),
            ),
            Policy(
                "climate",
                "Little transport and clean fuels count most, fit and cost less.",
                Weights(
                    fit=5_000, distance=4_000, cost=2_500, wishes=4_000, dates=4_000, climate=18_000, rotation=5_000
                ),
            ),
            Policy(
                "steady",
                "What was proposed last time stays unless much is gained by a change.",
                Weights(stability=30_000),
            ),
        )
    }
)
DEFAULT = "balanced"


def policy_named(name: str) -> Policy:
    """Return the policy of that name.

    Raises
    ------
    BadInput
        There is none.
    """
    if name not in POLICIES:
        raise BadInput("policy", name, f"it has to be one of {', '.join(POLICIES)}")
    return POLICIES[name]


def value_of(policy: Policy, priority: Priority, size: int, early: int) -> int:
    """Return what serving a need is worth in points.

    `size` is how many people, pieces or percent; `early` is 0 to 99, more for who asked earlier: a tie-breaker only.
    """
    doublings = min(size.bit_length() - 1, MOST_DOUBLINGS)
    return VALUES[priority] + policy.weights.amount * doublings + min(early, MOST_EARLY)


Points = NDArray[np.int64]
FAR_M = 50_000
DEAR_SEK = 20_000
HALF_KG = 1_000
"""Of CO2e at which half of the points are lost. Never are all of them: who needs much transport anyway, for whom it
matters most, still does better with less of it."""


Numbers = float | NDArray[np.float64]
"""One number, or one for each of many options."""


@dataclass(frozen=True, slots=True, eq=False)
class Criteria:
    """What is known of options before they are scored; shares are 0 to 1, `balance` is -1 to 1 (see `balance_of`)."""

    oversize: Numbers = 0.0
    wishes: Numbers = 1.0
    distance_m: Numbers = 0.0
    cost_sek: Numbers = 0.0
    missing_dates: Numbers = 0.0
    co2e_kg: Numbers = 0.0
    balance: Numbers = 0.0


def terms_of(policy: Policy, criteria: Criteria) -> dict[str, Points]:
    """Return the points by criterion that options win or lose; their sum is an option's score."""
    weights = policy.weights
    return {
        "fit": -_points(weights.fit, criteria.oversize),
        "distance": -_points(weights.distance, np.minimum(criteria.distance_m / FAR_M, 1.0)),
        "cost": -_points(weights.cost, np.minimum(criteria.cost_sek / DEAR_SEK, 1.0)),
        "wishes": -_points(weights.wishes, 1 - criteria.wishes),
        "dates": -_points(weights.dates, criteria.missing_dates),
        "climate": -_points(weights.climate, criteria.co2e_kg / (criteria.co2e_kg + HALF_KG)),
        "give_and_take": _points(weights.give_and_take, criteria.balance),
    }


def _points(weight: int, share: Numbers) -> Points:
    points: Points = np.rint(weight * np.asarray(share)).astype(np.int64)
    return points


MOST_OWED = 5


def balance_of(borrower_net: int | Points, lister_net: int | Points) -> Numbers:
    """Return how much give-and-take speaks for lending, -1 to 1.

    A net is what an organisation has lent minus what it has borrowed, in bookings; more than five count as five.
    """
    borrower, lister = (np.clip(net, -MOST_OWED, MOST_OWED) for net in (borrower_net, lister_net))
    balance: Numbers = (borrower - lister) / (2 * MOST_OWED)
    return balance
