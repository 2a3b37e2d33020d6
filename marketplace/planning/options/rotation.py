"""Whose turn it is: networks ask those first who have been asked least, counted over a year and this plan together.

What somebody's load costs grows with its square, so that an hour more costs most where most hours are. That is no sum
of points of single options, which is what the optimiser takes. So a plan of the networks' needs alone is made first, by
all their points: one after the other, each by its best, then moved and exchanged as long as that gains. What an option
loses to its need's best is told as points then, with all others as in that plan. So each need likes best what it has
in the plan, which they can have together; where something else is in the way, what comes next is still the fairest.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from uuid import UUID

import numpy as np

from marketplace.networks.rules import Month
from marketplace.planning.candidates.network_hours import NetworkHours, network_of, unit_of
from marketplace.planning.options.options import Options
from marketplace.planning.options.policy import Policy
from marketplace.planning.options.turns import CRITERION, LOAN_HOURS, UNEVEN_HOURS, Points, loads_of, losses
from marketplace.planning.snapshot.calendar import During
from marketplace.planning.snapshot.open_needs import OpenNeed
from marketplace.planning.snapshot.snapshot import Snapshot

MOST_ROUNDS, MOST_EXCHANGED = 20, 200
"""Times that all needs are looked at again, and needs of which each is held against each."""


def taking_turns(
    snapshot: Snapshot, policy: Policy, options_of: Mapping[UUID, tuple[OpenNeed, Options]]
) -> dict[UUID, Options]:
    """Return the options of needs that ask networks, with the points of whose turn it is."""
    asking = [
        _Turn(need, options, snapshot) for need, options in options_of.values() if network_of(need) and len(options)
    ]
    rota = _Rota(snapshot, policy.weights.rotation)
    for turn in sorted(asking, key=lambda each: (len(set(each.units)), each.need.need_id)):
        rota.settle(turn)
    for _ in range(MOST_ROUNDS):
        moved = [rota.settle(turn) for turn in asking]
        if not any(moved) and not rota.exchange(asking):
            break
    return {turn.need.need_id: rota.told(turn) for turn in asking}


@dataclass(eq=False)
class _Turn:
    """A need that asks a network, its options, and which of them it has in the plan."""

    need: OpenNeed
    options: Options
    snapshot: Snapshot
    has: int | None = None
    others: Points = field(init=False)

    def __post_init__(self) -> None:
        parts = self.options.parts
        rest = [points for name, points in parts.terms.items() if name != CRITERION]
        self.others = np.sum(rest, axis=0)[self.options.part_of].astype(np.float64)

    @cached_property
    def units(self) -> list[UUID]:
        """Whose time each option takes."""
        parts = self.options.parts
        of_part = [unit_of(parts.table.offers[row]) for row in parts.rows.tolist()]
        return [of_part[part] for part in self.options.part_of.tolist()]

    @cached_property
    def months(self) -> list[dict[Month, int]]:
        """How many minutes of each month every way is."""
        hours = NetworkHours(self.snapshot)
        return [hours.by_month(way.during) for way in self.options.ways]

    @cached_property
    def hours(self) -> float:
        """How long it is; all ways are as long."""
        return sum(end - start for start, end in self.options.ways[0].during) / 60

    def during(self, option: int) -> During:
        """Return when an option is."""
        during: During = self.options.ways[int(self.options.way_of[option])].during
        return during


class _Rota:
    """Who is lent to whom in the plan of the networks' needs alone."""

    def __init__(self, snapshot: Snapshot, weight: int) -> None:
        self._weight = weight
        self._loads = loads_of(snapshot)
        self._hours = NetworkHours(snapshot)
        self._months: dict[tuple[UUID, Month], int] = {}
        self._taken: dict[UUID, list[tuple[int, int]]] = {}

    def settle(self, turn: _Turn) -> bool:
        """Give a need what is best for it as all others are; tell whether that is something else than it had."""
        before = turn.has
        self._free(turn)
        worth = turn.others + self._costs(turn)
        order = np.argsort(-worth, kind="stable").tolist()
        if before is not None and worth[before] >= worth[order[0]]:
            order.insert(0, before)
        self._take(turn, next((option for option in order if self._fits(turn, option)), None))
        return turn.has != before

    def exchange(self, turns: Sequence[_Turn]) -> bool:
        """Let two needs have each other's people wherever that gains; tell whether any do."""
        gained = False
        for n, one in enumerate(turns[:MOST_EXCHANGED]):
            for other in turns[:n]:
                gained |= self._exchanged(one, other)
        return gained

    def told(self, turn: _Turn) -> Options:
        """Return a need's options with what each loses."""
        self._free(turn)
        parts, loads = turn.options.parts, np.zeros(len(turn.options.parts.rows))
        loads[turn.options.part_of] = self._loads_of(turn)
        self._take(turn, turn.has)
        terms = {**parts.terms, CRITERION: losses(self._weight, turn.hours, loads).astype(np.int64)}
        points = np.sum(list(terms.values()), axis=0)
        return replace(turn.options, parts=replace(parts, terms=terms, points=points))

    def _loads_of(self, turn: _Turn) -> Points:
        return np.array([self._loads.get(unit, 0.0) for unit in turn.units])

    def _costs(self, turn: _Turn) -> Points:
        """What the need loses by each option, not ended where all points are lost, so that less is still better."""
        loads = self._loads_of(turn)
        costs: Points = -self._weight * turn.hours * (loads - loads.min()) / (LOAN_HOURS * UNEVEN_HOURS)
        return costs

    def _exchanged(self, one: _Turn, other: _Turn) -> bool:
        if one.has is None or other.has is None:
            return False
        before = (one.has, other.has)
        mine, theirs = one.units[one.has], other.units[other.has]
        if mine == theirs or theirs not in one.units or mine not in other.units:
            return False
        worth = self._worth(one, other)
        self._free(one)
        self._free(other)
        for turn, unit in ((one, theirs), (other, mine)):
            ways = (option for option, each in enumerate(turn.units) if each == unit and self._fits(turn, option))
            self._take(turn, next(ways, None))
        if None not in {one.has, other.has} and self._worth(one, other) > worth:
            return True
        for turn, option in zip((one, other), before, strict=True):
            self._free(turn)
            self._take(turn, option)
        return False

    def _worth(self, *turns: _Turn) -> float:
        """What two needs are worth with what they have, and what the loads of those two cost."""
        held = {turn.units[turn.has] for turn in turns if turn.has is not None}
        squares = sum(self._loads.get(unit, 0.0) ** 2 for unit in held) / 2
        points = sum(float(turn.others[turn.has]) for turn in turns if turn.has is not None)
        return points - self._weight * squares / (LOAN_HOURS * UNEVEN_HOURS)

    def _fits(self, turn: _Turn, option: int) -> bool:
        unit, during = turn.units[option], turn.during(option)
        taken = self._taken.get(unit, ())
        if any(start < until and since < end for start, end in during for since, until in taken):
            return False
        offer = turn.options[option].offer
        months = turn.months[turn.options.way_of[option]].items()
        return all(
            self._months.get((unit, month), 0) + took <= self._hours.left(offer, month) for month, took in months
        )

    def _take(self, turn: _Turn, option: int | None) -> None:
        turn.has = option
        for unit, sign, during in self._held(turn, 1):
            self._taken.setdefault(unit, []).extend(during)
            self._count(turn, unit, sign)

    def _free(self, turn: _Turn) -> None:
        for unit, sign, during in self._held(turn, -1):
            for each in during:
                self._taken[unit].remove(each)
            self._count(turn, unit, sign)

    def _held(self, turn: _Turn, sign: int) -> Iterator[tuple[UUID, int, During]]:
        if turn.has is not None:
            yield turn.units[turn.has], sign, turn.during(turn.has)

    def _count(self, turn: _Turn, unit: UUID, sign: int) -> None:
        self._loads[unit] = self._loads.get(unit, 0.0) + sign * turn.hours
        assert turn.has is not None
        for month, minutes in turn.months[turn.options.way_of[turn.has]].items():
            self._months[unit, month] = self._months.get((unit, month), 0) + sign * minutes
