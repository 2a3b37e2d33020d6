"""What the movements of a booking come to: how many are out, back, lost and damaged, and which state that is.

Movements are only ever added. What has come back has come back for good: others may have it from then on. What was lost
may still be found, and comes back then.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from core.errors import BadInput, Conflict


class MovementKind(StrEnum):
    """Handed over; come back; given up on; found to be damaged; mended."""

    OUT = "out"
    BACK = "in"
    LOST = "lost"
    DAMAGED = "damaged"
    REPAIRED = "repaired"


@dataclass(frozen=True, slots=True)
class Ledger:
    """How many were agreed on, and what has become of them. With `for_good` nothing comes back."""

    agreed: int
    for_good: bool = False
    out: int = 0
    back: int = 0
    lost: int = 0
    damaged: int = 0

    @property
    def left(self) -> int:
        """How many may still be handed over."""
        return self.agreed - self.out

    @property
    def away(self) -> int:
        """How many are out and are to come back."""
        return 0 if self.for_good else self.out - self.back - self.lost

    @property
    def held(self) -> int:
        """How many nobody else may have: all that have not come back, also what is lost."""
        return self.agreed - self.back

    @property
    def is_back(self) -> bool:
        """Whether something has been out, and nothing that comes back is out any more."""
        return self.out > 0 and self.away == 0 and not self.for_good

    def most(self, kind: MovementKind) -> int:
        """Return how many may move so at most."""
        whole = self.out - self.lost
        if self.for_good and kind is not MovementKind.OUT:
            return 0
        return {
            MovementKind.OUT: self.left,
            MovementKind.BACK: self.out - self.back,
            MovementKind.LOST: self.away,
            MovementKind.DAMAGED: whole - self.damaged,
            MovementKind.REPAIRED: self.damaged,
        }[kind]

    def after(self, kind: MovementKind, amount: int) -> "Ledger":
        """Return what it comes to once some more have moved.

        Raises
        ------
        Conflict
            ``not_for_return``, ``nothing_left``, ``nothing_out``, ``already_returned``, ``nothing_damaged``: none can.
        BadInput
            Not so many can, or it is none.
        """
        most = self.most(kind)
        if most == 0:
            raise self._none(kind)
        if not 1 <= amount <= most:
            raise BadInput("amount", amount, f"it has to be between 1 and {most}")
        match kind:
            case MovementKind.OUT:
                return replace(self, out=self.out + amount)
            case MovementKind.BACK:  # what is known to be out comes before what was given up on
                found = max(0, amount - self.away)
                return replace(self, back=self.back + amount, lost=self.lost - found)
            case MovementKind.LOST:
                sound = self.out - self.lost - self.damaged
                gone = max(0, amount - sound)  # the sound ones are thought to be lost first
                return replace(self, lost=self.lost + amount, damaged=self.damaged - gone)
            case MovementKind.DAMAGED:
                return replace(self, damaged=self.damaged + amount)
            case MovementKind.REPAIRED:
                return replace(self, damaged=self.damaged - amount)

    def _none(self, kind: MovementKind) -> Conflict:
        if self.for_good and kind is not MovementKind.OUT:
            return Conflict("not_for_return", "It was handed over for good, so it is not returned: close it instead.")
        if kind is MovementKind.OUT:
            return Conflict("nothing_left", "All of it has been handed over already.")
        if kind is MovementKind.REPAIRED:
            return Conflict("nothing_damaged", "None of it is noted as damaged.")
        if self.out == 0:
            return Conflict("nothing_out", "None of it has been handed over yet.")
        if self.is_back:
            return Conflict("already_returned", "Its return is noted already.")
        return Conflict("already_noted", "That is noted of all of it already.")


def ledger_of(agreed: int, movements: Iterable[tuple[MovementKind, int]], *, for_good: bool = False) -> Ledger:
    """Return what movements come to, in the order in which they were noted."""
    found = Ledger(agreed, for_good)
    for kind, amount in movements:
        found = found.after(kind, amount)
    return found
