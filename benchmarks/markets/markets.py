"""Synthetic national markets: rooms, halls, desks, furniture, vehicles and people's time all over Sweden.

A market is drawn in three steps, each over whole arrays: what is offered (`Offers`), what is wanted (`Wants`), and
which offers could serve what is wanted (`Choices`). Time is in minutes since a Monday at midnight.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.random import Generator

from benchmarks.markets.choices import Choices, Choosing
from benchmarks.markets.offers import FURNITURE, ROOM, Offers, draw_offers
from benchmarks.markets.people import people_market
from benchmarks.markets.wants import DAY, WEEK, WEEKS, Wants, draw_wants, near_each_other
from matching.arrays.arrays import Arrays, Ints, Names
from matching.search.serial import first_come_first_served


@dataclass(frozen=True, slots=True)
class Draw:
    """What kind of market to draw; the fields are those of `market`."""

    needs: int
    seed: int
    options: int
    tight: bool
    bundles: float
    alternatives: float
    pieces: float
    forbidden: float


def market(
    needs: int,
    *,
    seed: int = 1,
    options: int | None = None,
    tight: bool = False,
    people: bool = False,
    bundles: float = 0.0,
    alternatives: float = 0.0,
    pieces: float = 0.0,
    forbidden: float = 0.0,
    fixed: float = 0.0,
    previous: float = 0.0,
    stability: int = 40,
) -> Arrays:
    """A market of so many needs with at most so many options each, and one offer for three needs (tight: for five).

    Left out, there are 24 options. A market of `people` has nothing else in it, and 6 options, see `people_market`;
    what follows has no meaning there. The rest are shares: `bundles` of the needs that go together in twos and threes,
    `alternatives` of the needs in pairs of which one is enough, `pieces` of the units whose capacity changes over time,
    `forbidden` of the options, `fixed` and `previous` of what first come, first served would give, each with its need
    (`stability` is for those).
    """
    if people:
        return people_market(needs, seed=seed, options=options or 6, tight=tight)
    drawn = _drawn(Draw(needs, seed, options or 24, tight, bundles, alternatives, pieces, forbidden))
    if not fixed and not previous:
        return drawn
    taken = first_come_first_served(drawn).taken
    owner = np.searchsorted(drawn.option_from, taken[:, 0], side="right") - 1
    lot = np.random.default_rng(seed + 1).random((2, needs))
    return replace(
        drawn,
        stability=stability if previous else 0,
        fixed=taken[lot[0, owner] < fixed],
        previous=taken[lot[1, owner] < previous],
    )


def _drawn(draw: Draw) -> Arrays:
    random = np.random.default_rng(draw.seed)
    offers = draw_offers(max(12, round(draw.needs / (4.8 if draw.tight else 3.0))), random)
    together = _groups(draw.needs, draw.bundles, 3, random)
    wants = near_each_other(draw_wants(draw.needs, random), together)
    choices = Choosing(wants, offers, draw.options, random).choices()
    capacity, available = _available(np.repeat(offers.capacity, offers.span), draw.pieces, random)
    claims = _claims(wants, offers, choices, random)
    count = np.bincount(choices.want, minlength=draw.needs)
    return Arrays(
        name=_name(draw),
        seed=draw.seed,
        stability=0,
        unit_ids=Names(f"u{unit}" for unit in range(len(capacity))),
        need_ids=Names(f"n{need}" for need in range(draw.needs)),
        option_ids=Names(_option_ids(count)),
        capacity=capacity,
        pieces=available,
        position=np.repeat(offers.position, offers.span, axis=0).round(4),
        value=wants.value,
        amount=wants.amount,
        parts=wants.parts,
        option_from=np.concatenate([[0], np.cumsum(count)]),
        score=_scores(wants, offers, choices),
        most=_most(wants, offers, choices, random),
        claim_option=claims[0],
        claim_unit=claims[1],
        claim_load=claims[2],
        claim_start=claims[3],
        claim_end=claims[4],
        together=together,
        alternatives=_groups(draw.needs, draw.alternatives, 2, random),
        fixed=np.empty((0, 2), dtype=np.int64),
        forbidden=np.flatnonzero(random.random(len(choices.want)) < draw.forbidden),
        previous=np.empty((0, 2), dtype=np.int64),
    )


def _name(draw: Draw) -> str:
    shares = {name: getattr(draw, name) for name in ("tight", "bundles", "alternatives", "pieces", "forbidden")}
    marks = [name if share is True else f"{name}{share:g}" for name, share in shares.items() if share]
    return "-".join(["market", str(draw.needs), str(draw.seed), *marks])


def _groups(needs: int, share: float, largest: int, random: Generator) -> tuple[tuple[int, ...], ...]:
    """Disjoint groups of two up to the largest, with that share of the needs in them."""
    members = random.permutation(needs)[: round(needs * share)]
    ends = np.cumsum(random.integers(2, largest + 1, len(members)))
    groups = np.split(members, ends[ends < len(members)])
    return tuple(tuple(int(need) for need in sorted(group)) for group in groups if len(group) > 1)


def _scores(wants: Wants, offers: Offers, choices: Choices) -> Ints:
    """Points lost to the way there, seats left empty and a late start; furniture counts them for each piece."""
    want = choices.want
    way = 2.5 * choices.km**0.75
    empty = np.where(wants.family[want] == ROOM, offers.size[choices.offer] - wants.size[want], 0)
    cost = np.minimum(way + np.minimum(empty, 40) / 2 + 8 * choices.late, 300)
    return -np.rint(np.where(wants.family[want] == FURNITURE, cost / 30, cost)).astype(np.int64)


def _most(wants: Wants, offers: Offers, choices: Choices, random: Generator) -> Ints:
    """Who may take furniture from several lots gets at most a part from each, never more than the lot has."""
    want = choices.want
    amount = wants.amount[want]
    part = np.ceil(amount * random.uniform(0.4, 1.0, len(want))).astype(np.int64)
    most = np.where(wants.parts[want] > 1, part, amount)
    return np.where(wants.family[want] == FURNITURE, np.minimum(most, offers.capacity[choices.offer]), most)


def _claims(wants: Wants, offers: Offers, choices: Choices, random: Generator) -> tuple[Ints, Ints, Ints, Ints, Ints]:
    """Option, unit, load, start and end of every interval that an option claims of a unit."""
    want, offer = choices.want, choices.offer
    whole = wants.whole[want] == 1
    part = random.integers(0, offers.span[offer])
    units = np.where(whole, offers.span[offer], 1)
    first = offers.unit[offer] + np.where(whole, 0, part)
    weeks = wants.weeks[want]
    number = units * weeks
    option = np.repeat(np.arange(len(want)), number)
    place = np.arange(len(option)) - np.repeat(np.cumsum(number) - number, number)
    start = (wants.start[want] + choices.late * wants.shift[want])[option] + place % weeks[option] * WEEK
    unit = first[option] + place // weeks[option]
    return option, unit, wants.load[want][option], start, start + wants.length[want][option]


def _available(capacity: Ints, share: float, random: Generator) -> tuple[Ints, Ints]:
    """Capacities, 0 for the share of the units that has pieces, and those: four stretches, of all, half or none."""
    some = np.flatnonzero(random.random(len(capacity)) < share)
    edges = np.sort(random.integers(1, 2 * WEEKS * 7, (len(some), 3)), axis=1) * DAY
    edges = np.column_stack([np.full(len(some), -WEEK), edges, np.full(len(some), 200 * WEEK)])
    level = random.choice([1.0, 1.0, 0.5, 0.0], (len(some), 4))
    held = np.ceil(capacity[some, None] * level).astype(np.int64)
    rows = np.stack([np.repeat(some[:, None], 4, axis=1), edges[:, :-1], edges[:, 1:], held], axis=2).reshape(-1, 4)
    rest = capacity.copy()
    rest[some] = 0
    return rest, rows[(rows[:, 1] < rows[:, 2]) & (rows[:, 3] > 0)]


def _option_ids(count: Ints) -> Iterator[str]:
    ids = [f"o{option}" for option in range(int(count.max(initial=0)))]
    return (ids[option] for of_need in count for option in range(of_need))
