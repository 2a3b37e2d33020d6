"""When an offer is open and free, as minutes. Each answer is computed once for a market."""

from datetime import timedelta
from functools import cache
from uuid import UUID

import numpy as np

from platsverket.core.clock import STOCKHOLM
from platsverket.core.opening import OpeningHours
from platsverket.marketplace.planning.market import Market, PooledOffer
from platsverket.marketplace.planning.patterns import Pattern
from platsverket.marketplace.planning.times import Levels, Mask, Times, inside, intersection, levels, times
from platsverket.resources.models import Family


class FreeTime:
    """The free time of all offers of a market."""

    def __init__(self, market: Market) -> None:
        self._market = market
        self._calendar = market.calendar
        self._open: dict[int, Times] = {}
        self._free: dict[tuple[UUID, int], Times] = {}
        self.left_of = cache(self._left_of)

    def open_for(self, offer: PooledOffer, pattern: Pattern) -> Mask:
        """Tell for each possible time whether the offer runs and its doors are open.

        A space has to be open throughout. A vehicle or furniture is fetched at the start and returned at the end, so
        it has to be open then. Staff, and what is lent by whole days, follows no doors.
        """
        start, end = self._calendar.span(offer.during)
        # What is handed over for good only has to change hands while the offer runs.
        last = pattern.starts + 1 if pattern.for_good else pattern.ends
        running = (pattern.starts >= start) & (last <= end)
        if offer.opening is None or pattern.whole_days or offer.family is Family.STAFF:
            return running
        hours = self._hours(offer.opening)
        if offer.family is Family.SPACE:
            return running & inside(hours, pattern.starts, pattern.ends)
        fetched = inside(hours, pattern.starts, pattern.starts + 1)
        return running & fetched & inside(hours, pattern.ends - 1, pattern.ends)

    def free_for(self, offer: PooledOffer, amount: int, pattern: Pattern) -> Mask:
        """Tell for each possible time whether so much of all of the offer's units is left throughout."""
        return inside(self._free_times(offer, amount), pattern.starts, pattern.ends)

    def most(self, offer: PooledOffer, start: int, end: int) -> int:
        """Return the most of the offer that can be taken through all of `[start, end)`."""
        return min(self.left_of(unit).least(start, end) // amount for unit, amount in offer.units)

    def _free_times(self, offer: PooledOffer, amount: int) -> Times:
        found = self._free.get((offer.offer_id, amount))
        if found is None:
            found = Times(np.array([np.iinfo(np.int64).min]), np.array([np.iinfo(np.int64).max]))
            for unit, of_one in offer.units:
                found = intersection(found, self.left_of(unit).at_least(of_one * amount))
            self._free[offer.offer_id, amount] = found
        return found

    def _left_of(self, unit: UUID) -> Levels:
        return levels(self._market.capacities[unit], self._market.taken.get(unit, ()))

    def _hours(self, opening: OpeningHours) -> Times:
        key = id(opening)  # the market keeps it alive, and offers of one site share it
        if key not in self._open:
            first = self._calendar.epoch.astimezone(STOCKHOLM).date()
            last = first + timedelta(minutes=self._calendar.horizon) + timedelta(days=1)
            self._open[key] = times(self._calendar.span(each) for each in opening.open_intervals(first, last))
        return self._open[key]
