"""How many are to be there, what a count comes to, and what may become of a difference. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from core.database.lifecycle import Lifecycle
from core.errors import Conflict
from marketplace.bookings.models import BookingKind
from marketplace.bookings.rules import CARRIED
from marketplace.stocktakes.models import StockDecisionKind, Stocktake, StocktakeState
from resources.families import FAMILIES

STOCKTAKE = Lifecycle("stocktake", Stocktake, {StocktakeState.OPEN: frozenset({StocktakeState.CLOSED})})
COUNTED = tuple(name for name, each in FAMILIES.items() if BookingKind(each.booking_kind) in CARRIED)
"""The families of things that are carried away, and so counted."""
MOST_COUNTS = 10_000
"""Of one stocktake."""
GREATEST_COUNT = 1_000_000
_K = StockDecisionKind


@dataclass(frozen=True, slots=True)
class Stock:
    """How many of a thing there are: owned, out, missing since a count, and gone for good."""

    owned: int
    away: int = 0
    missing: int = 0
    written_off: int = 0

    @property
    def expected(self) -> int:
        """How many are to be there."""
        return self.owned - self.away - self.gone

    @property
    def gone(self) -> int:
        """How many nobody can be lent, since they are not there."""
        return self.missing + self.written_off

    def after(self, kind: StockDecisionKind, amount: int) -> "Stock":
        """Return what it comes to once a difference is decided.

        Raises
        ------
        Conflict
            ``count_anew``: not so many are to be there any more.
        """
        if kind in {_K.LOST, _K.WRITTEN_OFF} and amount > self.expected:
            raise Conflict("count_anew", "It has changed since it was counted: count it anew.")
        match kind:
            case _K.LOST:
                return replace(self, missing=self.missing + amount)
            case _K.WRITTEN_OFF:
                return replace(self, written_off=self.written_off + amount)
            case _K.FOUND:
                return replace(self, missing=self.missing - min(amount, self.missing))
            case _K.LEFT:
                return self


class Counted(Protocol):
    """One entry of a count."""

    amount: int
    adds: bool
    expected: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Tally:
    """What the entries of one thing come to. `is_stale`: something moved between them, so they tell nothing."""

    entries: int = 0
    counted: int = 0
    expected: int = 0
    at: datetime | None = None
    is_stale: bool = False

    @property
    def difference(self) -> int:
        """How many more were found than expected; fewer: below 0."""
        return self.counted - self.expected


def tally(entries: Iterable[Counted], decided_at: datetime | None = None) -> Tally:
    """Return what entries come to, in order; `decided_at`: when a difference of the thing was last decided."""
    found = Tally()
    for each in entries:
        if each.adds and found.entries:
            moved = found.is_stale or each.expected != found.expected
            found = Tally(found.entries + 1, found.counted + each.amount, each.expected, found.at, moved)
        else:
            found = Tally(found.entries + 1, each.amount, each.expected, each.at)
    late = found.at is not None and decided_at is not None and found.at <= decided_at
    return replace(found, is_stale=found.is_stale or late)


def choices(tally: Tally, missing: int) -> tuple[StockDecisionKind, ...]:
    """Return what may be decided about a difference: found is only what is missing since a count."""
    if tally.difference < 0 and not tally.is_stale:
        return (_K.LOST, _K.WRITTEN_OFF, _K.LEFT)
    return (_K.FOUND, _K.LEFT) if missing and not tally.is_stale else (_K.LEFT,)
