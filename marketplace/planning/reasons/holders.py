"""Who holds what in a plan, beside what claims and standing proposals hold."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache
from uuid import UUID

from marketplace.planning.encoding.decode import Chosen, Taking
from marketplace.planning.options.options import Option
from marketplace.planning.snapshot.calendar import Levels, levels
from marketplace.planning.snapshot.market import Market, Taken


class Holders:
    """The lines of a plan by the units that they take."""

    def __init__(self, market: Market, lines: Sequence[Chosen]) -> None:
        self._market = market
        self._left_of = cache(lambda unit: levels(market.capacities[unit], self._taken_of(unit)))
        self._by_unit: dict[UUID, list[tuple[Taking, Chosen]]] = {}
        for line in lines:
            for each in line.takings:
                self._by_unit.setdefault(each.unit, []).append((each, line))

    def taken(self) -> Mapping[UUID, Sequence[Taken]]:
        """Return what is taken of each unit with the plan."""
        return {unit: self._taken_of(unit) for unit in {*self._market.taken, *self._by_unit}}

    def fits_instead(self, line: Chosen, takings: Sequence[Taking]) -> bool:
        """Tell whether a line could take this instead without anybody else giving way."""
        own = {each.unit for each in line.takings}
        return all(self._left(each.unit, line, own).least(each.start, each.end) >= each.amount for each in takings)

    def in_the_way(self, option: Option) -> Iterator[Chosen]:
        """Yield the lines that hold something of what an option would take, at the same time."""
        for unit, _ in option.takings:
            for each, line in self._by_unit.get(unit, ()):
                if any(each.start < until and since < each.end for since, until in option.during):
                    yield line

    def _left(self, unit: UUID, line: Chosen, own: Collection[UUID]) -> Levels:
        """What is left of a unit when a line gives its own back."""
        if unit in own:
            return levels(self._market.capacities[unit], self._taken_of(unit, but_for=line))
        return self._left_of(unit)

    def _taken_of(self, unit: UUID, but_for: Chosen | None = None) -> list[Taken]:
        of_plan = [
            (each.start, each.end, each.amount) for each, line in self._by_unit.get(unit, ()) if line is not but_for
        ]
        return [*self._market.taken.get(unit, ()), *of_plan]
