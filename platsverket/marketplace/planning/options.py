"""Options: the ways in which offers could serve a need, weighed, and cut to as many as the optimiser gets."""

from collections.abc import Iterable, Iterator, Sequence
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
from platsverket.marketplace.requests.queries import PooledNeed

MINUTES_PER_DAY = 24 * 60
DAYS_PER_MONTH = 30


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
    market: Market, policy: Policy, need: PooledNeed, found: Iterable[Found], most: int
) -> dict[date | None, list[Option]]:
    """Return a need's options, at most so many for each date that is served apart (None: there is no such date)."""
    by_date: dict[date | None, list[Option]] = {}
    for each in found:
        ways = each.ways
        for way in ways if ways[0].on is not None else [ways[n] for n in spread(len(ways), most)]:
            by_date.setdefault(way.on, []).append(_option(market, policy, need, each, way))
    return {on: best_and_diverse(options, most) for on, options in by_date.items()}


def _option(market: Market, policy: Policy, need: PooledNeed, found: Found, way: Way) -> Option:
    offer = found.offer
    merits = Merits(
        oversize=found.fit.oversize,
        wishes=found.fit.should_share,
        distance_m=found.distance_m,
        cost_sek=cost_sek(offer, way.during),
        missing_dates=way.missing_share,
        balance=_balance(market, need, offer),
    )
    at = market.calendar.instant(way.during[0][0])
    return Option(
        key=f"{offer.offer_id}@{at:%Y-%m-%dT%H:%MZ}" if isinstance(need.timing, Flexible) else str(offer.offer_id),
        offer=offer,
        during=way.during,
        missing=way.missing,
        on=way.on,
        amount=1 if need.parts > 1 else found.amount,
        most=min(found.most, need.amount) if need.parts > 1 else 1,
        distance_m=found.distance_m,
        terms=terms_of(policy, merits),
        for_good=way.for_good,
    )


def _balance(market: Market, need: PooledNeed, offer: PooledOffer) -> float:
    if need.organisation_id == offer.organisation_id:
        return 0.0
    return balance_of(market.net.get(need.organisation_id, 0), market.net.get(offer.organisation_id, 0))


def cost_sek(offer: PooledOffer, during: During) -> float:
    """Return what the loan costs as the offer prices it, in SEK; days and months that have begun count in part."""
    minutes = sum(end - start for start, end in during)
    match offer.price_basis:
        case PriceBasis.FIXED:
            return offer.price_sek
        case PriceBasis.HOUR:
            return offer.price_sek * minutes / 60
        case PriceBasis.DAY:
            return offer.price_sek * sum(-(-(end - start) // MINUTES_PER_DAY) for start, end in during)
        case PriceBasis.MONTH:
            return offer.price_sek * minutes / MINUTES_PER_DAY / DAYS_PER_MONTH
    return 0.0


def best_and_diverse(options: Sequence[Option], most: int) -> list[Option]:
    """Return at most so many: half of them the best, the rest from as many other offers as there are.

    The order is the best first, and the same for the same options.
    """
    ranked = sorted(options, key=lambda option: (-option.points, option.during[0], option.key))
    if len(ranked) <= most:
        return ranked
    chosen = ranked[: most - most // 2]
    seen = {option.offer.offer_id for option in chosen}
    rest = ranked[len(chosen) :]
    others = [option for option in rest if option.offer.offer_id not in seen]
    firsts = list({option.offer.offer_id: option for option in reversed(others)}.values())[::-1]
    keys = {option.key for option in firsts}
    fill = [option for option in rest if option.key not in keys]
    chosen += (firsts + [fill[n] for n in spread(len(fill), most)])[: most - len(chosen)]
    return sorted(chosen, key=lambda option: (-option.points, option.during[0], option.key))


def spread(count: int, most: int) -> list[int]:
    """Return at most so many of the positions 0 to count - 1, evenly spread, with the first and the last."""
    if count <= most:
        return list(range(count))
    if most == 1:
        return [0]
    return [round(n * (count - 1) / (most - 1)) for n in range(most)]
