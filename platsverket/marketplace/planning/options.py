"""Options: the ways in which offers could serve a need, weighed, and cut to as many as the optimiser gets."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from platsverket.core.timing import Flexible
from platsverket.marketplace.offers.models import PriceBasis
from platsverket.marketplace.planning.market import Market, PooledOffer
from platsverket.marketplace.planning.patterns import Missing, Way
from platsverket.marketplace.planning.policy import Merits, Policy, balance_of, terms_of
from platsverket.marketplace.planning.sieve import Found
from platsverket.marketplace.planning.times import During
from platsverket.marketplace.proposals.price import cost_sek
from platsverket.marketplace.requests.queries import PooledNeed

LEAST_STARTS = 4
"""Options of each offer where the start is flexible."""
RANKS_PER_TURN = 3
"""A second time of the best offer comes after a first time of so many offers."""


@dataclass(frozen=True, slots=True, eq=False)
class Option:
    """An offer taken at certain times for a need (or for one date of it).

    `amount` is how much of the offer one option takes: 8 desks, 50 percent, or one thing where lots may be put
    together, up to `most`. `terms` are its points by criterion, for all that the need asks for.
    """

    key: str
    offer: PooledOffer
    during: During
    missing: tuple[Missing, ...]
    on: date | None
    amount: int
    most: int
    distance_m: float | None
    terms: dict[str, int]
    for_good: bool

    @property
    def points(self) -> int:
        """The sum of its terms."""
        return sum(self.terms.values())

    @property
    def takings(self) -> Iterator[tuple[UUID, int]]:
        """The units that it takes, each with how much."""
        return ((unit, of_one * self.amount) for unit, of_one in self.offer.units)


def options_of(
    market: Market, policy: Policy, need: PooledNeed, found: Sequence[Found], most: int
) -> dict[date | None, list[Option]]:
    """Return a need's options, at most so many for each date that is served apart (None: there is no such date).

    A flexible start gives several options of an offer, the more the fewer offers there are.
    """
    starts = max(LEAST_STARTS, most // max(len(found), 1))
    by_date: dict[date | None, list[Option]] = {}
    for each in found:
        for option in _options(market, policy, need, each, starts):
            by_date.setdefault(option.on, []).append(option)
    return {on: best_and_diverse(options, most) for on, options in by_date.items()}


def _options(market: Market, policy: Policy, need: PooledNeed, found: Found, starts: int) -> Iterator[Option]:
    ways = found.ways.each(starts)
    # All ways of an offer are as long as each other, so that they are worth the same (but for one over midnight,
    # which a day's price counts twice: too little to weigh each).
    terms = terms_of(policy, _merits(market, need, found, ways[0]))
    for way in ways:
        at = market.calendar.instant(way.during[0][0])
        key = str(found.offer.offer_id)
        yield Option(
            key=f"{key}@{at:%Y-%m-%dT%H:%MZ}" if isinstance(need.timing, Flexible) else key,
            offer=found.offer,
            during=way.during,
            missing=way.missing,
            on=way.on,
            amount=1 if need.parts > 1 else found.amount,
            most=min(found.most, need.amount) if need.parts > 1 else 1,
            distance_m=found.distance_m,
            terms=terms,
            for_good=way.for_good,
        )


def _merits(market: Market, need: PooledNeed, found: Found, way: Way) -> Merits:
    return Merits(
        oversize=found.fit.oversize,
        wishes=found.fit.should_share,
        distance_m=found.distance_m,
        cost_sek=_cost(market, found.offer, way),
        missing_dates=way.missing_share,
        balance=_balance(market, need, found.offer),
    )


def _cost(market: Market, offer: PooledOffer, way: Way) -> float:
    """In SEK; what is for good weighs nothing unless its price is fixed."""
    if offer.price_basis is PriceBasis.NONE:
        return 0.0
    during = [market.calendar.interval(start, end, for_good=way.for_good) for start, end in way.during]
    return cost_sek(offer, during) or 0.0


def _balance(market: Market, need: PooledNeed, offer: PooledOffer) -> float:
    if need.organisation_id == offer.organisation_id:
        return 0.0
    return balance_of(market.net.get(need.organisation_id, 0), market.net.get(offer.organisation_id, 0))


def best_and_diverse(options: Sequence[Option], most: int) -> list[Option]:
    """Return at most so many, the best offers first: half of them several times of the best, the rest one of others.

    Which times of an offer come first differs from offer to offer, so that not all want the same hour.
    """
    by_offer: dict[UUID, list[Option]] = {}
    for option in sorted(options, key=lambda option: (-option.points, option.during[0], option.key)):
        by_offer.setdefault(option.offer.offer_id, []).append(option)
    turns = [
        (rank, turn, of_offer[(rank + turn) % len(of_offer)])
        for rank, of_offer in enumerate(by_offer.values())
        for turn in range(len(of_offer))
    ]
    turns.sort(key=lambda each: (each[0] + RANKS_PER_TURN * each[1], each[1]))
    best, rest = turns[: most - most // 2], turns[most - most // 2 :]
    rest.sort(key=lambda each: each[1] > 0)  # a first time before any second one; else as it was
    chosen = [option for _, _, option in best + rest[: most // 2]]
    return sorted(chosen, key=lambda option: (-option.points, option.during[0], option.key))
