"""The filters one offer at a time, by the families' plain rules, for the sieve that works in columns to agree with."""

from collections import defaultdict
from math import inf
from uuid import UUID

from core.geo import distance_m
from core.suitability import Step
from marketplace.offers.models import Terms
from marketplace.planning.candidates import eligibility
from marketplace.planning.candidates.distances import position_of
from marketplace.planning.candidates.filters import Filter
from marketplace.planning.candidates.possible_times import Pattern, pattern_of
from marketplace.planning.snapshot.market import Market, PooledOffer
from marketplace.planning.snapshot.open_needs import PooledNeed
from resources.models import Family
from resources.requirements import FurnitureRequirements

Sifted = tuple[dict[Filter, int], dict[UUID, list[int]]]
"""How many were left after each filter; and of each offer that passed them all the times at which it is free."""


def sifted(market: Market, need: PooledNeed) -> Sifted:
    """Sift one offer after the other."""
    pattern = pattern_of(need.timing, market.calendar, market.now)
    near = [each for each in market.offers if each.family is need.family and _is_near(need, each)]
    times = defaultdict(list, {each.offer_id: _times(market, need, each, pattern) for each in near})
    left: dict[Filter, int] = {}
    found = list(market.offers)
    for step in Filter:
        found = [each for each in found if _passes(market, need, each, step, times[each.offer_id], pattern)]
        if step not in {Filter.KIND, Filter.PLACE} and not _enough(market, need, found, step, times, pattern):
            found = []
        left[step] = len(found)
    return left, {each.offer_id: times[each.offer_id] for each in found}


def _passes(
    market: Market, need: PooledNeed, offer: PooledOffer, step: Filter, times: list[int], pattern: Pattern
) -> bool:
    steps = {each.code for each in eligibility.unmet(need, offer)} if offer.family is need.family else set()
    match step:
        case Filter.KIND:
            to_keep = isinstance(need.requirements, FurnitureRequirements) and need.requirements.to_keep
            right = need.kind is None or offer.kind == need.kind
            return offer.family is need.family and right and (offer.terms is Terms.HAND_OVER) == to_keep
        case Filter.PLACE:
            return _is_near(need, offer)
        case Filter.TIME:
            return bool(times) and (not pattern.series or 2 * len(times) >= pattern.ahead(market.now))
        case Filter.SIZE:
            enough = need.parts > 1 or eligibility.capacity_of(offer, market.capacities) >= eligibility.amount_of(
                need, offer
            )
            return Step.SIZE not in steps and enough
        case Filter.REQUIREMENTS:
            return not steps
        case Filter.VISIBILITY:
            return offer.audience.includes(market.requester(need))
    return (need.need_id, offer.offer_id) not in market.refused


def _is_near(need: PooledNeed, offer: PooledOffer) -> bool:
    here = position_of(need)
    if here is None or eligibility.works_remotely(need, offer) or eligibility.works_there(need, offer):
        return True
    reach_m = eligibility.reach_m(need)
    return reach_m == inf or any(round(distance_m(here, there)) <= reach_m for there in offer.positions)


def _times(market: Market, need: PooledNeed, offer: PooledOffer, pattern: Pattern) -> list[int]:
    if offer.family is not need.family:
        return []
    capacity = eligibility.capacity_of(offer, market.capacities)
    amount = 1 if need.parts > 1 else min(eligibility.amount_of(need, offer), capacity)
    hours = _hours(market, offer)
    return [
        n
        for n in range(len(pattern.starts))
        if pattern.starts[n] >= market.now
        and _is_open(market, offer, hours, pattern, n)
        and most(market, offer, *pattern.at(n)) >= amount
    ]


def _hours(market: Market, offer: PooledOffer) -> list[tuple[int, int]]:
    if offer.opening is None:
        return []
    first, last = (market.calendar.instant(minute).date() for minute in (0, market.calendar.horizon))
    return [market.calendar.span(each) for each in offer.opening.open_intervals(first, last)]


def _is_open(market: Market, offer: PooledOffer, hours: list[tuple[int, int]], pattern: Pattern, n: int) -> bool:
    (since, until), (start, end) = market.calendar.span(offer.during), pattern.at(n)
    if not (since <= start and (start + 1 if pattern.for_good else end) <= until):
        return False
    if offer.opening is None or pattern.whole_days or offer.family is Family.STAFF:
        return True
    throughout = [(start, end)] if offer.family is Family.SPACE else [(start, start + 1), (end - 1, end)]
    return all(any(since <= a and b <= until for since, until in hours) for a, b in throughout)


def most(market: Market, offer: PooledOffer, start: int, end: int) -> int:
    """Minute by minute where something changes: the least that is left of any unit."""
    moments = {start, *(m for u, _ in offer.units for s, e, _ in market.taken.get(u, ()) for m in (s, e))}
    return min(
        max(market.capacities[unit] - _taken(market, unit, moment), 0) // amount
        for unit, amount in offer.units
        for moment in moments
        if start <= moment < end
    )


def _taken(market: Market, unit: UUID, moment: int) -> int:
    return sum(amount for start, end, amount in market.taken.get(unit, ()) if start <= moment < end)


def _enough(
    market: Market,
    need: PooledNeed,
    found: list[PooledOffer],
    step: Filter,
    times: dict[UUID, list[int]],
    pattern: Pattern,
) -> bool:
    if need.parts > 1 and step is not Filter.TIME:
        best = min if pattern.series else max
        lots = sorted(best(most(market, each, *pattern.at(n)) for n in times[each.offer_id]) for each in found)
        if sum(lots[-need.parts :]) < need.amount:
            return False
    dates = {n for each in found for n in times[each.offer_id]}
    return not pattern.by_date or 2 * len(dates) >= pattern.ahead(market.now)
