"""From a market to the problem that the optimiser gets, keeping what every name in it stands for."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, lru_cache
from itertools import combinations, pairwise, product
from uuid import UUID

from platsverket.core.settings import settings
from platsverket.marketplace.planning import suiting
from platsverket.marketplace.planning.free import FreeTime
from platsverket.marketplace.planning.market import Market
from platsverket.marketplace.planning.options import Option, options_of
from platsverket.marketplace.planning.policy import MOST_EARLY, Policy, value_of
from platsverket.marketplace.planning.sieve import Filter, Sieve
from platsverket.marketplace.planning.times import During
from platsverket.marketplace.requests.queries import PooledNeed
from platsverket.matching import problem as matching

MOST_TIMES = 10_000
Intervals = tuple[matching.Interval, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Demand:
    """What the optimiser decides about: a need, or one date of a need whose dates are served apart.

    `amount` and `parts` are as in the problem: 1 and 1 unless lots may be put together. `share` is among how many
    matches the points of an option for the whole need are shared.
    """

    key: str
    need: PooledNeed
    on: date | None
    value: int
    amount: int
    parts: int
    share: int
    options: Sequence[Option]


@dataclass(frozen=True, slots=True, eq=False)
class Considered:
    """A need, how many offers were left after each filter, and its demands (none: it cannot be served).

    `dates` is how many are to come if they are served apart, else 0; `blocked_by` are the needs of its bundle that
    no offer could serve.
    """

    need: PooledNeed
    left: dict[Filter, int]
    demands: Sequence[Demand]
    dates: int
    blocked_by: tuple[UUID, ...] = ()


@dataclass(frozen=True, eq=False)
class Built:
    """The problem with what stands behind it."""

    market: Market
    policy: Policy
    problem: matching.Problem
    considered: Sequence[Considered]
    sieve: Sieve

    @cached_property
    def demand_of(self) -> dict[str, Demand]:
        """What each need of the problem stands for."""
        return {demand.key: demand for each in self.considered for demand in each.demands}

    @cached_property
    def option_of(self) -> dict[tuple[str, str], Option]:
        """What each option of the problem stands for, by the keys of demand and option."""
        return {(key, option.key): option for key, demand in self.demand_of.items() for option in demand.options}

    def as_before(self, demand: Demand, option: Option) -> bool:
        """Tell whether the proposals that this run replaces had chosen the same."""
        return (demand.key, option.key) in self._previous

    @cached_property
    def _previous(self) -> frozenset[tuple[str, str]]:
        return frozenset((match.need, match.option) for match in self.problem.previous)


def build(market: Market, policy: Policy, *, name: str, seed: int) -> Built:
    """Find the options of every need and make them one problem."""
    sieve = Sieve(market)
    needs = _earliest_first(market.needs)
    considered = tuple(_without_broken_bundles([_consider(sieve, policy, need, early) for need, early in needs]))
    demands = [demand for each in considered for demand in each.demands]
    during = lru_cache(MOST_TIMES)(_intervals)  # most options of a need want the same time
    problem = matching.Problem(
        name=name,
        seed=seed,
        units=tuple(_units(market, sieve.free, demands)),
        needs=tuple(_need(demand, during) for demand in demands),
        together=tuple(_together(considered)),
        alternatives=tuple(_alternatives(considered)),
        previous=tuple(_previous(market, demands)),
        stability=policy.weights.stability,
    )
    return Built(market, policy, problem, considered, sieve)


def demand_key(need_id: UUID, on: date | None) -> str:
    """Return the name of a need, or of one date of it, in the problem."""
    return f"{need_id}@{on}" if on else str(need_id)


def _earliest_first(needs: Sequence[PooledNeed]) -> Iterator[tuple[PooledNeed, int]]:
    """Each need with its tie-breaker: 99 points for who asked first, 0 for who asked last."""
    ranked = sorted(needs, key=lambda need: (need.opened_at, need.request_id, need.position))
    for rank, need in enumerate(ranked):
        yield need, MOST_EARLY * (len(ranked) - 1 - rank) // max(len(ranked) - 1, 1)


def _consider(sieve: Sieve, policy: Policy, need: PooledNeed, early: int) -> Considered:
    sifted = sieve.sift(need)
    options = options_of(sieve.market, policy, sifted.found, settings().options_per_need)
    pattern = sifted.found.pattern
    dates = pattern.ahead(sieve.market.now) if pattern.by_date else 0
    value = value_of(policy, need.priority, suiting.size_of(need), early) // (dates or 1)
    ordered = sorted(options.items(), key=lambda item: item[0] or date.min)
    demands = tuple(_demand(need, on, value, dates, of_date) for on, of_date in ordered)
    return Considered(need, sifted.left, demands, dates)


def _demand(need: PooledNeed, on: date | None, value: int, dates: int, options: Sequence[Option]) -> Demand:
    amount = need.amount if need.parts > 1 else 1
    return Demand(demand_key(need.need_id, on), need, on, value, amount, need.parts, amount * (dates or 1), options)


def _without_broken_bundles(considered: Sequence[Considered]) -> Iterator[Considered]:
    """Of a bundle in which a need cannot be served, none can: it names the needs that stand in its way."""
    blocking: dict[UUID, list[UUID]] = {}
    for each in considered:
        if each.need.together and not each.demands:
            blocking.setdefault(each.need.request_id, []).append(each.need.need_id)
    for each in considered:
        blocked_by = tuple(blocking.get(each.need.request_id, ())) if each.demands and each.need.together else ()
        yield replace(each, demands=(), blocked_by=blocked_by) if blocked_by else each


def _units(market: Market, free: FreeTime, demands: Sequence[Demand]) -> Iterator[matching.Unit]:
    offers = {option.offer.offer_id: option.offer for demand in demands for option in demand.options}
    holders = {unit: offer for offer in offers.values() for unit, _ in offer.units}
    for unit, offer in holders.items():
        at = offer.position
        yield matching.Unit(
            id=str(unit),
            capacity=market.capacities[unit],
            available=_pieces(market, free, unit) if market.taken.get(unit) else None,
            position=(at.latitude, at.longitude) if at else None,
        )


def _pieces(market: Market, free: FreeTime, unit: UUID) -> tuple[matching.Piece, ...]:
    """What is left of a unit's capacity, from the epoch to the horizon."""
    left = free.left_of(unit)
    edges = [*left.edges.tolist(), market.calendar.horizon]
    pieces = ((max(start, 0), min(end, market.calendar.horizon)) for start, end in pairwise(edges))
    return tuple(
        matching.Piece(start, end, capacity)
        for (start, end), capacity in zip(pieces, left.left.tolist(), strict=True)
        if start < end
    )


def _need(demand: Demand, during: Callable[[During], Intervals]) -> matching.Need:
    return matching.Need(
        id=demand.key,
        value=demand.value,
        amount=demand.amount,
        parts=demand.parts,
        options=tuple(_option(demand, option, during(option.during)) for option in demand.options),
    )


def _option(demand: Demand, option: Option, during: Intervals) -> matching.Option:
    return matching.Option(
        id=option.key,
        score=round(option.points / demand.share),
        max=option.most if demand.parts > 1 else None,
        claims=tuple(matching.Claim(unit, amount, during) for unit, amount in option.part.claims),
    )


def _intervals(during: During) -> Intervals:
    return tuple(matching.Interval(start, end) for start, end in during)


def _together(considered: Sequence[Considered]) -> list[tuple[str, ...]]:
    bundles: dict[UUID, list[str]] = {}
    for each in considered:
        if each.need.together:
            bundles.setdefault(each.need.request_id, []).extend(demand.key for demand in each.demands)
    return [tuple(keys) for keys in bundles.values() if len(keys) > 1]


def _alternatives(considered: Sequence[Considered]) -> Iterator[tuple[str, ...]]:
    """At most one of each group. A need served date by date stands against the others with every date."""
    groups: dict[tuple[UUID, int], list[list[str]]] = {}
    for each in considered:
        if each.need.alternative_group is not None and each.demands:
            group = groups.setdefault((each.need.request_id, each.need.alternative_group), [])
            group.append([demand.key for demand in each.demands])
    for group in groups.values():
        if all(len(keys) == 1 for keys in group):
            yield from [tuple(keys[0] for keys in group)] if len(group) > 1 else []
        else:
            for one, other in combinations(group, 2):
                yield from product(one, other)


def _previous(market: Market, demands: Sequence[Demand]) -> Iterator[matching.Match]:
    known = {demand.key: {option.key for option in demand.options} for demand in demands}
    amounts: dict[tuple[str, str], int] = {}
    for each in market.earlier:
        key = demand_key(each.need_id, each.on)
        if each.option_key in known.get(key, ()):
            amounts[key, each.option_key] = each.amount
    parts = {demand.key: demand.parts for demand in demands}
    for (key, option_key), amount in amounts.items():
        yield matching.Match(key, option_key, amount if parts[key] > 1 else 1)
