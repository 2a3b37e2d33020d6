"""A first plan in one pass: the bundles that promise most first, each with the best options that still fit."""

from platsverket.matching.bound import best_gain
from platsverket.matching.formulation import Formulation

Amounts = dict[int, int]
"""Amounts taken, by column; a column of which nothing is taken is not there."""


def construct(formulation: Formulation) -> Amounts:
    """A plan that keeps every rule; the same for the same formulation."""
    promise = [best_gain(formulation, owner) for owner in range(len(formulation.needs))]
    market = _Market(formulation)
    # sorted() is stable: of equal promises the one that stands first in the problem goes first.
    for bundle in sorted(formulation.bundles, key=lambda bundle: -sum(promise[owner] for owner in bundle)):
        market.serve(bundle)
    return market.taken


class _Market:
    """What is taken, and what is left in every row, while needs are served."""

    def __init__(self, formulation: Formulation) -> None:
        self.formulation = formulation
        self.taken: Amounts = {}
        self._served: set[int] = set()
        self._room = [row.capacity for row in formulation.rows]
        self._loads: list[list[tuple[int, int]]] = [[] for _ in formulation.columns]
        for position, row in enumerate(formulation.rows):
            for index, load in row.loads.items():
                self._loads[index].append((position, load))
        self._rivals: list[set[int]] = [set() for _ in formulation.needs]
        for group in formulation.alternatives:
            for owner in group:
                self._rivals[owner].update(other for other in group if other != owner)

    def serve(self, bundle: tuple[int, ...]) -> None:
        """Serve the whole bundle if it fits and gains, or nothing of it."""
        served, gain = list[int](), 0
        for owner in bundle:
            picks = self._pick(owner)
            if not picks:
                break
            served.append(owner)
            self._served.add(owner)
            gain += self.formulation.gain(owner, picks)
        if len(served) < len(bundle) or gain <= 0:
            self._served.difference_update(served)
            for owner in served:
                self._give_back([i for i in self.formulation.columns_of[owner] if i in self.taken])

    def _pick(self, owner: int) -> Amounts:
        """Take what serves the need, best scores first or else roomiest first; nothing if neither does."""
        if not self._served.isdisjoint(self._rivals[owner]):
            return {}
        picks = self._fill(owner, self._by_score(owner))
        if not picks and self.formulation.needs[owner].parts > 1:
            picks = self._fill(owner, self._by_room(owner))
        return picks

    def _fill(self, owner: int, order: list[int]) -> Amounts:
        """Take as much as fits of one column after the other; nothing unless it adds up within the parts allowed."""
        need = self.formulation.needs[owner]
        picks: Amounts = {}
        missing = need.missing
        for index in order:
            amount = min(missing, self._fitting(index))
            if amount >= self.formulation.columns[index].least:
                self._take(index, amount)
                picks[index] = amount
                missing -= amount
            if not missing:
                return picks
            if len(picks) == need.parts:
                break
        self._give_back(list(picks))
        return {}

    def _by_score(self, owner: int) -> list[int]:
        columns, stable = self.formulation.columns, self.formulation.stable_with[owner]
        bonus = self.formulation.problem.stability
        return sorted(
            self.formulation.columns_of[owner],
            key=lambda index: -columns[index].option.score * columns[index].most - bonus * (index in stable),
        )

    def _by_room(self, owner: int) -> list[int]:
        return sorted(self.formulation.columns_of[owner], key=lambda index: -self._fitting(index))

    def _fitting(self, index: int) -> int:
        """The largest amount of the column that the rows still have room for."""
        most = self.formulation.columns[index].most
        return min([most, *(self._room[row] // load for row, load in self._loads[index])])

    def _take(self, index: int, amount: int) -> None:
        self.taken[index] = amount
        for row, load in self._loads[index]:
            self._room[row] -= load * amount

    def _give_back(self, indices: list[int]) -> None:
        for index in indices:
            amount = self.taken.pop(index)
            for row, load in self._loads[index]:
                self._room[row] += load * amount
