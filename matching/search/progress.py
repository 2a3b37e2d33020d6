"""What a run tells of itself while it goes on."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Progress:
    """The best so far: its worth, what no plan can exceed, needs served, seconds since the start, blocks solved."""

    value: int
    bound: int
    served: int
    seconds: float
    blocks: int = 0

    @property
    def gap(self) -> float:
        """The share of the bound that may still be gained, from 0."""
        return (self.bound - self.value) / max(1, abs(self.bound))
