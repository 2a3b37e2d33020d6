"""What else a line could be served by, and what that would cost others who hold it."""

from collections.abc import Callable, Collection, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from uuid import UUID

from marketplace.planning.encoding.build import Built
from marketplace.planning.encoding.decode import DraftLine, Taking, takings_of
from marketplace.planning.options.options import Option
from marketplace.planning.snapshot.calendar import Levels, levels
from marketplace.planning.snapshot.snapshot import Snapshot, Taken
from matching.explain.loss import UNKNOWN, Loss

MOST_ALTERNATIVES = 5


@dataclass(frozen=True, slots=True, eq=False)
class Alternative:
    """An option that a line may be swapped to.

    How much of it, what it would take, its score with the points for what stays as it was proposed, and the loss.
    """

    option: Option
    amount: int
    takings: Sequence[Taking]
    score: int
    stability: int
    loss: Loss


class Holders:
    """The lines of a plan by the units that they take."""

    def __init__(self, snapshot: Snapshot, lines: Sequence[DraftLine]) -> None:
        self._snapshot = snapshot
        self._left_of = cache(lambda unit: levels(snapshot.capacities[unit], self._taken_of(unit)))
        self._by_unit: dict[UUID, list[tuple[Taking, DraftLine]]] = {}
        for line in lines:
            for each in line.takings:
                self._by_unit.setdefault(each.unit, []).append((each, line))

    @property
    def units(self) -> Container[UUID]:
        """The units of which a line takes something."""
        return self._by_unit

    def taken(self) -> Mapping[UUID, Sequence[Taken]]:
        """Return what is taken of each unit with the plan."""
        return {unit: self._taken_of(unit) for unit in {*self._snapshot.taken, *self._by_unit}}

    def fits_instead(self, line: DraftLine, takings: Sequence[Taking]) -> bool:
        """Tell whether a line could take this instead without anybody else giving way."""
        own = {each.unit for each in line.takings}
        return all(self._left(each.unit, line, own).least(each.start, each.end) >= each.amount for each in takings)

    def in_the_way(self, option: Option) -> Iterator[DraftLine]:
        """Yield the lines that hold something of what an option would take, at the same time."""
        for unit, _ in option.takings:
            for each, line in self._by_unit.get(unit, ()):
                if any(each.start < until and since < each.end for since, until in option.during):
                    yield line

    def _left(self, unit: UUID, line: DraftLine, own: Collection[UUID]) -> Levels:
        """What is left of a unit when a line gives its own back."""
        if unit in own:
            return levels(self._snapshot.capacities[unit], self._taken_of(unit, but_for=line))
        return self._left_of(unit)

    def _taken_of(self, unit: UUID, but_for: DraftLine | None = None) -> list[Taken]:
        of_plan = [
            (each.start, each.end, each.amount) for each, line in self._by_unit.get(unit, ()) if line is not but_for
        ]
        return [*self._snapshot.taken.get(unit, ()), *of_plan]


def alternatives(
    built: Built,
    lines: Sequence[DraftLine],
    holders: Holders,
    loss_of: Callable[[str, str, int], Loss],
    taken: Mapping[str, Collection[str]] | None = None,
) -> Mapping[DraftLine, Sequence[Alternative]]:
    """Return for each line the best other options, the least loss first; `taken` if these are not all of the lines.

    What is free costs others nothing. What is not is searched for by `loss_of` (demand, option and how often), the
    best of every line before the second best of any, so that every line gets its share when the time runs out.
    """
    taken = taken_by_demand(lines) if taken is None else taken
    found = {line: list(_ranked(built, line, taken[line.demand.key])) for line in lines}
    for rank in range(MOST_ALTERNATIVES):
        for line, ranked in found.items():
            if rank < len(ranked):
                stability = built.stability(line.demand, taken[line.demand.key])
                ranked[rank] = _with_loss(line, stability, ranked[rank], holders, loss_of)
    return {line: sorted(ranked, key=lambda each: (*each.loss.order, -each.score)) for line, ranked in found.items()}


def taken_by_demand(lines: Iterable[DraftLine]) -> dict[str, set[str]]:
    """Return the options that each demand has, by their keys."""
    taken: dict[str, set[str]] = {}
    for line in lines:
        taken.setdefault(line.demand.key, set()).add(line.option.key)
    return taken


def _ranked(built: Built, line: DraftLine, taken: Collection[str]) -> Iterator[Alternative]:
    """The best options that the need does not have, of as many offers as possible."""
    others = [option for option in line.demand.options if option.key not in taken]
    seen: dict[object, int] = {line.option.offer.offer_id: 1}
    turns = []
    for option in others:  # the best first
        turn = seen[option.offer.offer_id] = seen.get(option.offer.offer_id, 0) + 1
        turns.append((turn, option))
    for _, option in sorted(turns, key=lambda each: each[0])[:MOST_ALTERNATIVES]:
        several = line.demand.parts > 1
        if not several or option.most >= line.amount:
            amount = line.amount if several else option.amount
            score = line.demand.score(option) * (amount if several else 1)
            stability = built.stability(line.demand, {*taken, option.key} - {line.option.key})
            yield Alternative(option, amount, takings_of(option, amount), score, stability, UNKNOWN)


def _with_loss(
    line: DraftLine,
    stability: int,
    each: Alternative,
    holders: Holders,
    loss_of: Callable[[str, str, int], Loss],
) -> Alternative:
    """With what it costs; what is free costs no more than the line itself loses, its points for staying included."""
    key = line.demand.key
    if holders.fits_instead(line, each.takings):
        lost = line.score + stability - each.score - each.stability
        loss = Loss("at_most", amount=lost, to_others=0, by_need={key: lost} if lost else {})
    else:
        loss = loss_of(key, each.option.key, each.amount if line.demand.parts > 1 else 1)
    return replace(each, loss=loss)
