"""The demands of a snapshot end to end, as the arrays that the optimiser gets: no option is an object on the way."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from math import nan
from typing import Any, Protocol
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from marketplace.planning.candidates.capacity_profiles import FreeTime
from marketplace.planning.candidates.distances import Rows
from marketplace.planning.options.options import Options
from marketplace.planning.snapshot.calendar import Minutes
from marketplace.planning.snapshot.snapshot import OpenOffer, Snapshot
from matching.arrays import segments
from matching.arrays.arrays import Arrays, Names


class Decided(Protocol):
    """What is said of a demand beside its name; see `build.Demand`."""

    @property
    def key(self) -> str: ...
    @property
    def value(self) -> int: ...
    @property
    def amount(self) -> int: ...
    @property
    def parts(self) -> int: ...
    @property
    def share(self) -> int: ...
    @property
    def options(self) -> Options: ...


def arrays_of(snapshot: Snapshot, free: FreeTime, demands: Sequence[Decided], name: str, seed: int) -> Arrays:
    """Return the demands with what their options claim, and the units of these; without agreements."""
    flat = _Flat.of(snapshot, [demand.options for demand in demands])
    units = _Units.of(snapshot, free, flat.offers)
    counts = [len(demand.options) for demand in demands]
    amount, parts, share = _repeated(demands, counts, ("amount", "parts", "share"))
    # Every option takes all units of its offer through all intervals of its way.
    place, option = _each(units.first[flat.offer], units.count[flat.offer])
    interval, claim = _each(flat.way_first[flat.way[option]], flat.way_count[flat.way[option]])
    load = units.of_one[place] * flat.taken[option]
    return Arrays(
        name=name,
        seed=seed,
        stability=0,
        unit_ids=Names(map(str, units.ids)),
        need_ids=Names(demand.key for demand in demands),
        option_ids=Names(chain.from_iterable(demand.options.keys for demand in demands)),
        capacity=units.capacity,
        pieces=units.pieces,
        position=units.position,
        value=_ints(demand.value for demand in demands),
        amount=_ints(demand.amount for demand in demands),
        parts=_ints(demand.parts for demand in demands),
        option_from=np.concatenate(([0], np.cumsum(_ints(counts)))),
        score=np.rint(flat.points / share).astype(np.int64),
        most=np.where(parts > 1, np.minimum(flat.most, amount), amount),
        claim_option=option[claim],
        claim_unit=units.unit[place][claim],
        claim_load=load[claim],
        claim_start=flat.spans[interval, 0],
        claim_end=flat.spans[interval, 1],
        together=(),
        alternatives=(),
        fixed=np.empty((0, 2), np.int64),
        forbidden=np.empty(0, np.int64),
        previous=np.empty((0, 2), np.int64),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Flat:
    """The options of many demands end to end: of each its offer, its way and how much it takes.

    `offers` are those that are an option of somebody, in the order in which they first are. Way n has the intervals
    `way_first[n]` and so many after it, rows of `spans`.
    """

    offers: Sequence[OpenOffer]
    offer: Rows
    way: Rows
    taken: Minutes
    most: Minutes
    points: Minutes
    way_first: Rows
    way_count: Rows
    spans: Minutes

    @classmethod
    def of(cls, snapshot: Snapshot, options: Sequence[Options]) -> "_Flat":
        at = {offer.offer_id: n for n, offer in enumerate(snapshot.offers)}
        of_table = {id(each.parts.table): each.parts.table for each in options}
        places = {key: _ints(at[offer.offer_id] for offer in table.offers) for key, table in of_table.items()}
        offer = _joined(places[id(each.parts.table)][each.parts.rows[each.part_of]] for each in options)
        found, first, number = np.unique(offer, return_index=True, return_inverse=True)
        order = np.argsort(first)
        ways = [way.during for each in options for way in each.ways]
        counts = _ints(map(len, ways))
        ways_before = np.cumsum([0, *(len(each.ways) for each in options)]).tolist()
        return cls(
            offers=[snapshot.offers[n] for n in found[order].tolist()],
            offer=np.argsort(order)[number],
            way=_joined(each.way_of + before for each, before in zip(options, ways_before, strict=False)),
            taken=_joined(each.parts.amounts[each.part_of] for each in options),
            most=_joined(each.parts.most[each.part_of] for each in options),
            points=_joined(each.parts.points[each.part_of] for each in options),
            way_first=np.cumsum(counts) - counts,
            way_count=counts,
            spans=_ints(chain.from_iterable(chain.from_iterable(ways))).reshape(-1, 2),
        )


@dataclass(frozen=True, slots=True, eq=False)
class _Units:
    """The units of offers. Offer n takes `unit[place]`, `of_one[place]` of it each, from `first[n]` on, so many."""

    ids: Sequence[UUID]
    capacity: Minutes
    pieces: Minutes
    position: NDArray[np.float64]
    first: Rows
    count: Rows
    unit: Rows
    of_one: Minutes

    @classmethod
    def of(cls, snapshot: Snapshot, free: FreeTime, offers: Sequence[OpenOffer]) -> "_Units":
        own = {unit: offer.position for offer in offers for unit, _ in offer.units}
        holders = {**own, **{unit: None for offer in offers for unit, _ in offer.shared}}
        at = {unit: n for n, unit in enumerate(holders)}
        positions = holders.values()
        takes = [(*offer.units, *offer.shared) for offer in offers]
        counts = _ints(map(len, takes))
        return cls(
            ids=list(holders),
            capacity=_ints(0 if snapshot.taken.get(unit) else snapshot.capacities[unit] for unit in holders),
            pieces=_ints(chain.from_iterable(_pieces(snapshot, free, at))).reshape(-1, 4),
            position=np.array(
                [(each.latitude, each.longitude) if each else (nan, nan) for each in positions], np.float64
            ).reshape(-1, 2),
            first=np.cumsum(counts) - counts,
            count=counts,
            unit=_ints(at[unit] for each in takes for unit, _ in each),
            of_one=_ints(amount for each in takes for _, amount in each),
        )


def _pieces(snapshot: Snapshot, free: FreeTime, at: Mapping[UUID, int]) -> Iterator[tuple[int, int, int, int]]:
    """What is left of the units of which something is taken, from the epoch to the horizon."""
    for unit, n in at.items():
        if snapshot.taken.get(unit):
            left = free.left_of(unit)
            edges = np.clip([*left.edges.tolist(), snapshot.calendar.horizon], 0, snapshot.calendar.horizon).tolist()
            for (start, end), capacity in zip(pairwise(edges), left.left.tolist(), strict=True):
                if start < end:
                    yield n, start, end, capacity


def _each(first: Rows, counts: Rows) -> tuple[Rows, Rows]:
    """The numbers from each first one on, so many of each, end to end, with whose they are."""
    return segments.expand(first, first + counts)


def _repeated(demands: Sequence[Any], counts: Sequence[int], names: Sequence[str]) -> Iterator[Minutes]:
    """For every option what is said of its demand."""
    return (np.repeat(_ints(getattr(demand, name) for demand in demands), counts) for name in names)


def _ints(numbers: Iterable[int]) -> Minutes:
    return np.fromiter(numbers, np.int64)


def _joined(arrays: Iterable[NDArray[np.int64]]) -> NDArray[np.int64]:
    given = list(arrays)
    return np.concatenate(given) if given else np.empty(0, np.int64)
