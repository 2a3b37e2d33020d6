"""What a booking system would have made of the same offers and needs: the plan that a run's own has to beat."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Baseline:
    """First come, first served: its value in points, the needs that it serves, and how many of each family."""

    value: int
    served: int
    families: dict[str, int]
