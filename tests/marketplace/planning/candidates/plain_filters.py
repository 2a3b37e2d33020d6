"""The filters one offer at a time, by the families' plain rules, for those over whole arrays to agree with."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import date
from math import inf
from uuid import UUID

from competence.loans.packs import Loan, forbids, pack_for
from core.geo import distance_m
from core.time.clock import STOCKHOLM
from marketplace.networks.rules import minutes_by_month
from marketplace.offers.models import Terms
from marketplace.planning.candidates import eligibility
from marketplace.planning.candidates.candidates import Filter
from marketplace.planning.candidates.distances import position_of, seat_of
from marketplace.planning.candidates.possible_times import Pattern, pattern_of
from marketplace.planning.snapshot.open_needs import OpenNeed
from marketplace.planning.snapshot.snapshot import OpenOffer, Snapshot
from resources.families import FAMILIES
from tests.resources.families.one import is_large_enough, suits

Filtered = tuple[dict[Filter, int], dict[UUID, list[int]]]
"""How many were left after each filter; and of each offer that passed them all the times at which it is free."""


def filtered(snapshot: Snapshot, need: OpenNeed) -> Filtered:
    """Filter one offer after the other."""
    pattern = pattern_of(need.timing, snapshot.calendar, snapshot.now)
    near = [each for each in snapshot.offers if each.family == need.family and _is_near(need, each)]
    times = defaultdict(list, {each.offer_id: _times(snapshot, need, each, pattern) for each in near})
    left: dict[Filter, int] = {}
    found = list(snapshot.offers)
    for step in Filter:
        found = [each for each in found if _passes(snapshot, need, each, step, times[each.offer_id], pattern)]
        if step not in {Filter.KIND, Filter.PLACE} and not _enough(snapshot, need, found, step, times, pattern):
            found = []
        left[step] = len(found)
    return left, {each.offer_id: times[each.offer_id] for each in found}


def _is_shown(snapshot: Snapshot, need: OpenNeed, offer: OpenOffer) -> bool:
    if offer.for_need_id is not None:
        return offer.for_need_id == need.need_id
    return offer.audience.includes(snapshot.requester(need))


def _passes(
    snapshot: Snapshot, need: OpenNeed, offer: OpenOffer, step: Filter, times: list[int], pattern: Pattern
) -> bool:
    family = FAMILIES[need.family]
    match step:
        case Filter.KIND:
            to_keep = need.family == "furniture" and need.requirements.to_keep
            right = need.kind is None or offer.kind == need.kind
            return offer.family == need.family and right and (offer.terms is Terms.HAND_OVER) == to_keep
        case Filter.PLACE:
            return _is_near(need, offer)
        case Filter.TIME:
            return bool(times) and (not pattern.series or 2 * len(times) >= pattern.ahead(snapshot.now))
        case Filter.SIZE:
            enough = need.parts > 1 or capacity_of(offer, snapshot.capacities) >= amount_of(need, offer)
            return is_large_enough(family, need.requirements, offer.facts) and enough
        case Filter.REQUIREMENTS:
            return suits(family, need.requirements, offer.facts)
        case Filter.VISIBILITY:
            return _is_shown(snapshot, need, offer)
        case Filter.LOAN_RULES:
            times[:] = _lawful(snapshot, need, offer, times, pattern)
            return bool(times) and _has_hours(snapshot, need, offer, pattern)
    return (need.need_id, offer.offer_id) not in snapshot.refused


def _lawful(snapshot: Snapshot, need: OpenNeed, offer: OpenOffer, times: list[int], pattern: Pattern) -> list[int]:
    """The times at which a person may be lent: all or none where they are dates."""
    if need.family != "staff" or need.organisation_id == offer.organisation_id:
        return times
    pack = pack_for(offer.organisation_kind, need.organisation_kind)
    days = [tuple(_day(snapshot, minute) for minute in (start, end - 1)) for start, end in map(pattern.at, times)]
    if not pattern.dates:
        return [
            n for n, (day, last) in zip(times, days, strict=True) if not forbids(pack, Loan(day, last, need.amount))
        ]
    first, last = 1 if pattern.series else len(days), days[-1][1]
    loans = [Loan(day, last, need.amount, len(days) - n) for n, (day, _) in enumerate(days[:first])]
    return [] if any(forbids(pack, loan) for loan in loans) else times


def _has_hours(snapshot: Snapshot, need: OpenNeed, offer: OpenOffer, pattern: Pattern) -> bool:
    """Tell whether the network may ask for a series, or for one of other times, beside what it lends in the month."""
    if need.family != "staff" or not need.requirements.network:
        return True
    each = [snapshot.calendar.interval(*pattern.at(n)) for n in range(len(pattern.starts))]
    ways = [each] if pattern.series else [[one] for one in each]
    lent = Counter(minutes_by_month(snapshot.lent.get(offer.units[0][0], ())))
    most = 60 * (offer.facts.network_hours or 0)
    return any(all(lent[month] + took <= most for month, took in minutes_by_month(way).items()) for way in ways)


def _day(snapshot: Snapshot, minute: int) -> date:
    return snapshot.calendar.instant(minute).astimezone(STOCKHOLM).date()


def amount_of(need: OpenNeed, offer: OpenOffer) -> int:
    """Return how many of the offer's units the need takes: desks, things, percent, else 1."""
    if offer.kind == "desk_pool":
        return max(need.amount, need.requirements.people)
    if need.family == "staff" and need.requirements.network:
        return offer.facts.extent_percent  # who is lent by the hour is lent wholly
    return need.amount if need.family in {"furniture", "staff"} else 1


def capacity_of(offer: OpenOffer, capacities: Mapping[UUID, int]) -> int:
    """Return how much of the offer could be taken if nothing else were."""
    return min(capacities[unit] // amount for unit, amount in offer.units)


def works_remotely(need: OpenNeed, offer: OpenOffer) -> bool:
    """Tell whether the distance does not matter: the work may be done remotely, and the person can."""
    return need.family == "staff" and need.requirements.remote_ok and offer.facts.remote


def works_there(need: OpenNeed, offer: OpenOffer) -> bool:
    """Tell whether the person has said that work on site is possible in the municipality of the need."""
    return need.family == "staff" and need.municipality_code in offer.facts.municipality_codes


def _is_near(need: OpenNeed, offer: OpenOffer) -> bool:
    here = position_of(need)
    if here is None or works_remotely(need, offer) or works_there(need, offer):
        return True
    if seat_of(need) in offer.positions:
        return True
    reach_m = eligibility.reach_m(need)
    return reach_m == inf or any(round(distance_m(here, there)) <= reach_m for there in offer.positions)


def _times(snapshot: Snapshot, need: OpenNeed, offer: OpenOffer, pattern: Pattern) -> list[int]:
    if offer.family != need.family:
        return []
    capacity = capacity_of(offer, snapshot.capacities)
    amount = 1 if need.parts > 1 else min(amount_of(need, offer), capacity)
    hours = _hours(snapshot, offer)
    return [
        n
        for n in range(len(pattern.starts))
        if pattern.starts[n] >= snapshot.now
        and _is_open(snapshot, offer, hours, pattern, n)
        and most(snapshot, offer, *pattern.at(n)) >= amount
    ]


def _hours(snapshot: Snapshot, offer: OpenOffer) -> list[tuple[int, int]]:
    if offer.opening is None:
        return []
    first, last = (snapshot.calendar.instant(minute).date() for minute in (0, snapshot.calendar.horizon))
    return [snapshot.calendar.span(each) for each in offer.opening.open_intervals(first, last)]


def _is_open(snapshot: Snapshot, offer: OpenOffer, hours: list[tuple[int, int]], pattern: Pattern, n: int) -> bool:
    (since, until), (start, end) = snapshot.calendar.span(offer.during), pattern.at(n)
    if not (since <= start and (start + 1 if pattern.for_good else end) <= until):
        return False
    if offer.opening is None or pattern.whole_days or offer.family == "staff":
        return True
    throughout = [(start, end)] if offer.family == "space" else [(start, start + 1), (end - 1, end)]
    return all(any(since <= a and b <= until for since, until in hours) for a, b in throughout)


def most(snapshot: Snapshot, offer: OpenOffer, start: int, end: int) -> int:
    """Minute by minute where something changes: the least that is left of any unit."""
    moments = {start, *(m for u, _ in offer.units for s, e, _ in snapshot.taken.get(u, ()) for m in (s, e))}
    return min(
        max(snapshot.capacities[unit] - _taken(snapshot, unit, moment), 0) // amount
        for unit, amount in offer.units
        for moment in moments
        if start <= moment < end
    )


def _taken(snapshot: Snapshot, unit: UUID, moment: int) -> int:
    return sum(amount for start, end, amount in snapshot.taken.get(unit, ()) if start <= moment < end)


def _enough(
    snapshot: Snapshot,
    need: OpenNeed,
    found: list[OpenOffer],
    step: Filter,
    times: dict[UUID, list[int]],
    pattern: Pattern,
) -> bool:
    if need.parts > 1 and step is not Filter.TIME:
        best = min if pattern.series else max
        lots = sorted(best(most(snapshot, each, *pattern.at(n)) for n in times[each.offer_id]) for each in found)
        if sum(lots[-need.parts :]) < need.amount:
            return False
    dates = {n for each in found for n in times[each.offer_id]}
    return not pattern.by_date or 2 * len(dates) >= pattern.ahead(snapshot.now)
