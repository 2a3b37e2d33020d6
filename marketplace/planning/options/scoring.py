"""What the offers found for a need are worth to it: points by criterion, for all of them at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from math import inf

import numpy as np
from numpy.typing import NDArray

from marketplace.offers.models import PriceBasis
from marketplace.planning.candidates.candidates import CandidateBlock
from marketplace.planning.candidates.network_hours import network_of, unit_of
from marketplace.planning.candidates.offer_table import BASES
from marketplace.planning.candidates.possible_times import Patterns
from marketplace.planning.options import climate
from marketplace.planning.options.policy import Criteria, Numbers, Points, Policy, balance_of, terms_of
from marketplace.planning.options.turns import CRITERION, LOAN_HOURS, loads_of, losses
from marketplace.planning.snapshot.calendar import Calendar, LocalDays, Minutes
from marketplace.planning.snapshot.snapshot import Snapshot
from marketplace.proposals.price import MINUTES_PER_MONTH
from matching.arrays import segments

SAID_YES = 40_000
"""Points for whoever has answered a call: more than all else can take, so that those who may come do first."""


@dataclass(frozen=True, eq=False)
class Scores:
    """Points by criterion, one of each for each candidate."""

    terms: Mapping[str, Points]

    @cached_property
    def points(self) -> Points:
        """Their sums."""
        points: Points = np.sum(list(self.terms.values()), axis=0)
        return points


def score(snapshot: Snapshot, policy: Policy, block: CandidateBlock) -> Scores:
    """Weigh the offers that were found for needs.

    All ways of an offer are as long as each other, so that they are worth the same (but for one over midnight, which
    a day's price counts twice: too little to weigh each).
    """
    table, of, rows, family = block.table, block.of, block.rows, block.table.family
    requirements = [need.requirements for need in block.needs]
    days = _days(snapshot.calendar, block.patterns)
    criteria = Criteria(
        oversize=np.where(table.counted[rows], 0.0, family.oversize(requirements, table.facts, of, rows)),
        wishes=family.should_share(requirements, table.facts, of, rows),
        distance_m=np.where(block.distances_m == inf, 0.0, block.distances_m),
        cost_sek=costs_sek(days, block),
        missing_dates=_missing(block) if block.patterns.shape.series else np.zeros(len(rows)),
        co2e_kg=climate.co2e_kg(days, snapshot.now, block),
        balance=_balances(snapshot, block),
    )
    terms = terms_of(policy, criteria)
    if network_of(block.needs[0]):
        terms[CRITERION] = _turns(snapshot, policy, block)
    if table.said_yes.any():
        terms["said_yes"] = np.where(table.said_yes[rows], SAID_YES, 0)
    return Scores(terms)


def _turns(snapshot: Snapshot, policy: Policy, block: CandidateBlock) -> Points:
    """What networks' loans lose by what has been lent before; what this plan lends comes to it when all are known."""
    known = loads_of(snapshot)
    loads = np.array([known.get(unit_of(offer), 0.0) for offer in block.table.offers])[block.rows]
    lost = np.zeros(len(block), np.int64)
    for first, last in pairwise(block.pairs.tolist()):
        lost[first:last] = losses(policy.weights.rotation, LOAN_HOURS, loads[first:last])
    return lost


def costs_sek(days: LocalDays, block: CandidateBlock) -> NDArray[np.float64]:
    """Return what each offer costs as `proposals.price.cost_sek` counts it; what is for good costs its fixed price."""
    price, basis, patterns = block.table.price_sek[block.rows], block.table.price_basis[block.rows], block.patterns
    costs = np.where(basis == BASES.index(PriceBasis.FIXED), price, 0.0)
    for kind, per in _PER.items():
        priced = basis == BASES.index(kind)
        if not patterns.shape.for_good and priced.any():
            counted = _through(block, _counted(days, patterns, kind))
            costs[priced] = (price * counted)[priced] / per
    return costs


_PER = {PriceBasis.HOUR: 60, PriceBasis.DAY: 1, PriceBasis.MONTH: MINUTES_PER_MONTH}


def _days(calendar: Calendar, patterns: Patterns) -> LocalDays:
    """The days in which the possible times lie."""
    if not len(patterns.starts):
        return calendar.days(0, 0)
    return calendar.days(int(patterns.starts.min()), int(patterns.ends.max()))


def _counted(days: LocalDays, patterns: Patterns, basis: PriceBasis) -> Minutes:
    """What a price is multiplied with, for each possible time: dates, else minutes."""
    if basis is PriceBasis.DAY:
        return days.number(patterns.ends - 1) - days.number(patterns.starts) + 1
    return patterns.ends - patterns.starts


def _through(block: CandidateBlock, numbers: Minutes) -> Minutes:
    """The sum over all dates of a series, else the number of an offer's first time."""
    if not block.patterns.shape.series:
        return numbers[block.first_free]
    lines = block.lines
    return segments.sums(lines.free * numbers[lines.times], lines.first)[block.line]


def _missing(block: CandidateBlock) -> Numbers:
    """The share of the dates of a series that each offer misses."""
    dates = np.diff(block.patterns.first)[block.of]
    return (dates - block.free_counts) / dates


def _balances(snapshot: Snapshot, block: CandidateBlock) -> Numbers:
    borrowers = [snapshot.requester(need) for need in block.needs]
    nets = np.array([snapshot.net.get(each.organisation_id, 0) for each in borrowers], np.int64)
    balances = balance_of(nets[block.of], block.table.net[block.rows])
    return np.where(block.table.audiences.at_home(borrowers, block.of, block.rows), 0.0, balances)
