"""What the offers found for a need are worth to it: points by criterion, for all of them at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from math import inf

import numpy as np
from numpy.typing import NDArray

from marketplace.offers.models import PriceBasis
from marketplace.planning.candidates.filters import Found
from marketplace.planning.candidates.offer_table import BASES
from marketplace.planning.candidates.possible_times import Pattern
from marketplace.planning.options import climate
from marketplace.planning.options.policy import Merits, Numbers, Points, Policy, balance_of, terms_of
from marketplace.planning.snapshot.calendar import Calendar, Minutes
from marketplace.planning.snapshot.market import Market
from marketplace.proposals.price import MINUTES_PER_MONTH


@dataclass(frozen=True, eq=False)
class Weighed:
    """Points by criterion, one of each for each offer found."""

    terms: Mapping[str, Points]

    @cached_property
    def points(self) -> Points:
        """Their sums."""
        points: Points = np.sum(list(self.terms.values()), axis=0)
        return points

    def of(self, place: int) -> dict[str, int]:
        """Return the points of one of the offers."""
        return {name: int(points[place]) for name, points in self.terms.items()}


def weigh(market: Market, policy: Policy, found: Found) -> Weighed:
    """Weigh the offers that were found for a need.

    All ways of an offer are as long as each other, so that they are worth the same (but for one over midnight, which
    a day's price counts twice: too little to weigh each).
    """
    need, shelf, rows = found.need, found.shelf, found.rows
    merits = Merits(
        oversize=shelf.qualities.oversize(need.requirements, rows),
        wishes=shelf.qualities.should_share(need.requirements, rows),
        distance_m=np.where(found.distances_m == inf, 0.0, found.distances_m),
        cost_sek=costs_sek(market.calendar, found),
        missing_dates=(~found.free).mean(axis=1) if found.pattern.series else np.zeros(len(rows)),
        co2e_kg=climate.co2e_kg(market.calendar, market.now, found),
        balance=_balances(market, found),
    )
    return Weighed(terms_of(policy, merits))


def costs_sek(calendar: Calendar, found: Found) -> NDArray[np.float64]:
    """Return what each offer costs as `proposals.price.cost_sek` counts it; what is for good costs its fixed price."""
    price, basis, pattern = found.shelf.price_sek[found.rows], found.shelf.price_basis[found.rows], found.pattern
    costs = np.where(basis == BASES.index(PriceBasis.FIXED), price, 0.0)
    for kind, per in _PER.items():
        priced = basis == BASES.index(kind)
        if not pattern.for_good and priced.any():
            counted = _through(found, _counted(calendar, pattern, kind))
            costs[priced] = (price * counted)[priced] / per
    return costs


_PER = {PriceBasis.HOUR: 60, PriceBasis.DAY: 1, PriceBasis.MONTH: MINUTES_PER_MONTH}


def _counted(calendar: Calendar, pattern: Pattern, basis: PriceBasis) -> Minutes:
    """What a price is multiplied with, for each possible time: dates, else minutes."""
    if basis is PriceBasis.DAY:
        midnights = calendar.midnights(int(pattern.starts[0]), int(pattern.ends[-1]))
        first, last = (np.searchsorted(midnights, at, side="right") for at in (pattern.starts, pattern.ends - 1))
        return last - first + 1
    return pattern.ends - pattern.starts


def _through(found: Found, numbers: Minutes) -> Minutes:
    """The sum over all dates of a series, else the number of an offer's first time."""
    through: Minutes = found.free @ numbers if found.pattern.series else numbers[found.free.argmax(axis=1)]
    return through


def _balances(market: Market, found: Found) -> Numbers:
    borrower = market.requester(found.need)
    balances = balance_of(market.net.get(borrower.organisation_id, 0), found.shelf.net[found.rows])
    return np.where(found.shelf.audiences.at_home(borrower, found.rows), 0.0, balances)
