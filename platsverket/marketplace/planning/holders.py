"""Who holds what in a plan, beside what claims and standing proposals hold."""

from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

from platsverket.marketplace.planning.choosing import Chosen, Taking
from platsverket.marketplace.planning.market import Market, Taken
from platsverket.marketplace.planning.options import Option
from platsverket.marketplace.planning.times import levels


class Holders:
    """The lines of a plan by the units that they take."""

    def __init__(self, market: Market, lines: Sequence[Chosen]) -> None:
        self._market = market
        self._by_unit: dict[UUID, list[tuple[Taking, Chosen]]] = {}
        for line in lines:
            for each in line.takings:
                self._by_unit.setdefault(each.unit, []).append((each, line))

    def taken(self) -> Mapping[UUID, Sequence[Taken]]:
        """Return what is taken of each unit with the plan."""
        return {unit: self._taken_of(unit) for unit in {*self._market.taken, *self._by_unit}}

    def fits_instead(self, line: Chosen, takings: Sequence[Taking]) -> bool:
        """Tell whether a line could take this instead without anybody else giving way."""
        left = {
            unit: levels(self._market.capacities[unit], self._taken_of(unit, but_for=line))
            for unit in {each.unit for each in takings}
        }
        return all(left[each.unit].least(each.start, each.end) >= each.amount for each in takings)

    def in_the_way(self, option: Option) -> Iterator[Chosen]:
        """Yield the lines that hold something of what an option would take, at the same time."""
        for unit, _ in option.takings:
            for each, line in self._by_unit.get(unit, ()):
                if any(each.start < until and since < each.end for since, until in option.during):
                    yield line

    def _taken_of(self, unit: UUID, but_for: Chosen | None = None) -> list[Taken]:
        of_plan = [
            (each.start, each.end, each.amount) for each, line in self._by_unit.get(unit, ()) if line is not but_for
        ]
        return [*self._market.taken.get(unit, ()), *of_plan]
