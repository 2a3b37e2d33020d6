"""How many hours of a month networks may still ask for: for candidates, and for what a run takes of somebody together.

In the problem each month of a card is a unit that nobody can claim, with the minutes that are left of it: whatever is
planned, no more is asked for. When in the month that is does not matter, so all its claims are in one minute.
"""

from collections.abc import Collection, Iterator, Mapping
from functools import cached_property
from uuid import UUID, uuid5

import numpy as np

from core.time.interval import Interval
from marketplace.networks.rules import Month, left_of_month, minutes_by_month
from marketplace.planning.candidates.candidates import CandidateBlock
from marketplace.planning.snapshot.calendar import During, Mask
from marketplace.planning.snapshot.open_needs import OpenNeed
from marketplace.planning.snapshot.snapshot import OpenOffer, Snapshot
from resources.families.staff import StaffFacts


def network_of(need: OpenNeed) -> str:
    """Return the skill whose network a need asks; nothing if it asks none."""
    return str(getattr(need.requirements, "network", ""))


class NetworkHours:
    """What is left of the hours that networks may ask for, by card and month."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    @cached_property
    def _lent(self) -> Mapping[UUID, Mapping[Month, int]]:
        return {unit: minutes_by_month(during) for unit, during in self._snapshot.lent.items()}

    def left(self, offer: OpenOffer, month: Month) -> int:
        """Return how many minutes of a month are left of what an offered card's network may ask for."""
        hours = offer.facts.network_hours if isinstance(offer.facts, StaffFacts) else None
        return left_of_month(hours or 0, self._lent.get(unit_of(offer), {}), month)

    def by_month(self, during: During) -> dict[Month, int]:
        """Return how many minutes of each month some times are."""
        calendar = self._snapshot.calendar
        return minutes_by_month(Interval(calendar.instant(start), calendar.instant(end)) for start, end in during)

    def enough(self, block: CandidateBlock) -> Mask:
        """Tell which pairs' cards may be asked for so many hours: a series for all, else for one of its times."""
        found = np.ones(len(block), np.bool_)
        for n, need in enumerate(block.needs):
            if network_of(need):
                pairs = range(*block.pairs[n : n + 2].tolist())
                wanted = self._ways(block, n)
                for pair in pairs:
                    found[pair] = self._suffices(block.table.offers[block.rows[pair]], wanted)
        return found

    def _ways(self, block: CandidateBlock, n: int) -> Collection[tuple[tuple[Month, int], ...]]:
        """The minutes by month of each way in which a need could be served, those alike once."""
        pattern = block.patterns.each[n]
        each = [(pattern.at(number),) for number in range(len(pattern.starts))]
        ways = [tuple(during for (during,) in each)] if pattern.series else each
        return {tuple(self.by_month(way).items()) for way in ways}

    def _suffices(self, offer: OpenOffer, ways: Collection[tuple[tuple[Month, int], ...]]) -> bool:
        return any(all(minutes <= self.left(offer, month) for month, minutes in way) for way in ways)

    def claims(self, offer: OpenOffer, during: During) -> Iterator[tuple[UUID, int, int]]:
        """Yield what is taken of months: the unit that stands for each, how much of it is left, and how much it is."""
        for month, minutes in self.by_month(during).items():
            yield uuid5(unit_of(offer), f"{month}"), self.left(offer, month), minutes


def unit_of(offer: OpenOffer) -> UUID:
    """Return the one unit of a person."""
    return offer.units[0][0]
