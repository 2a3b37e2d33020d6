"""What the offers found for a need are worth to it: points by criterion, for all of them at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from math import inf

import numpy as np
from numpy.typing import NDArray

from marketplace.offers.models import PriceBasis
from marketplace.planning.candidates.filters import Candidates
from marketplace.planning.candidates.offer_table import BASES
from marketplace.planning.candidates.possible_times import Pattern
from marketplace.planning.options import climate
from marketplace.planning.options.policy import Criteria, Numbers, Points, Policy, balance_of, terms_of
from marketplace.planning.snapshot.calendar import Calendar, Minutes
from marketplace.planning.snapshot.snapshot import Snapshot
from marketplace.proposals.price import MINUTES_PER_MONTH


@dataclass(frozen=True, eq=False)
class Scores:
    """Points by criterion, one of each for each candidate."""

    terms: Mapping[str, Points]

    @cached_property
    def points(self) -> Points:
        """Their sums."""
        points: Points = np.sum(list(self.terms.values()), axis=0)
        return points


def score(snapshot: Snapshot, policy: Policy, candidates: Candidates) -> Scores:
    """Weigh the offers that were found for a need.

    All ways of an offer are as long as each other, so that they are worth the same (but for one over midnight, which
    a day's price counts twice: too little to weigh each).
    """
    need, table, rows, family = candidates.need, candidates.table, candidates.rows, candidates.table.family
    criteria = Criteria(
        oversize=np.where(table.counted[rows], 0.0, family.oversize(need.requirements, table.facts, rows)),
        wishes=family.should_share(need.requirements, table.facts, rows),
        distance_m=np.where(candidates.distances_m == inf, 0.0, candidates.distances_m),
        cost_sek=costs_sek(snapshot.calendar, candidates),
        missing_dates=(~candidates.free).mean(axis=1) if candidates.pattern.series else np.zeros(len(rows)),
        co2e_kg=climate.co2e_kg(snapshot.calendar, snapshot.now, candidates),
        balance=_balances(snapshot, candidates),
    )
    return Scores(terms_of(policy, criteria))


def costs_sek(calendar: Calendar, candidates: Candidates) -> NDArray[np.float64]:
    """Return what each offer costs as `proposals.price.cost_sek` counts it; what is for good costs its fixed price."""
    price, basis, pattern = (
        candidates.table.price_sek[candidates.rows],
        candidates.table.price_basis[candidates.rows],
        candidates.pattern,
    )
    costs = np.where(basis == BASES.index(PriceBasis.FIXED), price, 0.0)
    for kind, per in _PER.items():
        priced = basis == BASES.index(kind)
        if not pattern.for_good and priced.any():
            counted = _through(candidates, _counted(calendar, pattern, kind))
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


def _through(candidates: Candidates, numbers: Minutes) -> Minutes:
    """The sum over all dates of a series, else the number of an offer's first time."""
    through: Minutes = (
        candidates.free @ numbers if candidates.pattern.series else numbers[candidates.free.argmax(axis=1)]
    )
    return through


def _balances(snapshot: Snapshot, candidates: Candidates) -> Numbers:
    borrower = snapshot.requester(candidates.need)
    balances = balance_of(snapshot.net.get(borrower.organisation_id, 0), candidates.table.net[candidates.rows])
    return np.where(candidates.table.audiences.at_home(borrower, candidates.rows), 0.0, balances)
