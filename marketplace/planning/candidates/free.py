"""When an offer is open and free, as minutes. Each answer is computed once for a market."""

from datetime import timedelta
from functools import cache
from uuid import UUID

from core.time.clock import STOCKHOLM
from core.time.opening import OpeningHours
from marketplace.planning.candidates.capacity_profiles import in_copies
from marketplace.planning.snapshot.calendar import Levels, Times, levels, times
from marketplace.planning.snapshot.market import Market, PooledOffer


class FreeTime:
    """The opening hours of a market's offers, and what is left of their units."""

    def __init__(self, market: Market) -> None:
        self._market = market
        self._open: dict[int, Times] = {}
        self.left_of = cache(self._left_of)

    def copies_of(self, offer: PooledOffer) -> Levels:
        """Return how many of the offer are left, which takes all of its units."""
        return in_copies([(self.left_of(unit), amount) for unit, amount in offer.units])

    def hours(self, opening: OpeningHours) -> Times:
        """Return when the doors are open, within the market's calendar."""
        key = id(opening)  # the market keeps it alive, and offers of one site share it
        if key not in self._open:
            calendar = self._market.calendar
            first = calendar.epoch.astimezone(STOCKHOLM).date()
            last = first + timedelta(minutes=calendar.horizon) + timedelta(days=1)
            self._open[key] = times(calendar.span(each) for each in opening.open_intervals(first, last))
        return self._open[key]

    def _left_of(self, unit: UUID) -> Levels:
        return levels(self._market.capacities[unit], self._market.taken.get(unit, ()))
