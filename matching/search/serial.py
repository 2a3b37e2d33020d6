"""Plans made one need after another, nobody being asked to move: serial dictatorship, as booking systems do it.

What such a plan is worth is the baseline that a plan made for all at once has to beat. The order is everything: that in
which needs were asked for (first come, first served), or that of their value.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from matching.arrays.arrays import Arrays, Bools, Ints
from matching.search.ledger import Ledger

Taken = list[tuple[int, int]]
"""Options and how much of each."""
BETWEEN_LOOKS = 256
"""Needs that are looked at until whoever watches is told again."""


@dataclass(frozen=True, slots=True, eq=False)
class SerialPlan:
    """Rows [option, amount] of what is taken, which needs are served, (needs,), and what that is worth in points."""

    taken: Ints
    served: Bools
    value: int


def first_come_first_served(arrays: Arrays, watch: Callable[[int], None] = lambda _looked_at: None) -> SerialPlan:
    """Everybody takes, in the order of the needs, their best options that still fit.

    `watch` is called with how many needs have been looked at; it may raise to end it.
    """
    return SerialDictatorship(arrays).serve(range(len(arrays.value)), watch)


def most_valuable_first(arrays: Arrays) -> SerialPlan:
    """The same, those of most value first, a bundle by its needs' mean."""
    worth = arrays.value.astype(float)
    for group in arrays.together:
        worth[list(group)] = worth[list(group)].sum() / len(group)
    return SerialDictatorship(arrays).serve(np.argsort(-worth, kind="stable").tolist())


class SerialDictatorship:
    """Serves bundles one at a time, all of a bundle or nothing, and never takes back."""

    def __init__(self, arrays: Arrays) -> None:
        self._arrays = arrays
        self._ledger = Ledger(arrays)
        self._forbidden = set(arrays.forbidden.tolist())
        self._bundle_of = {need: group for group in arrays.together for need in group}
        self._alternatives: dict[int, list[tuple[int, ...]]] = {}
        for group in arrays.alternatives:
            for need in group:
                self._alternatives.setdefault(need, []).append(group)
        self._taken: dict[int, Taken] = {}
        self._served: set[int] = set()
        self._seen: set[int] = set()
        self._take_what_is_fixed()

    def serve(self, order: Iterable[int], watch: Callable[[int], None] = lambda _looked_at: None) -> SerialPlan:
        """Serve who can be served, in that order."""
        for turn, need in enumerate(order):
            if turn % BETWEEN_LOOKS == 0:
                watch(turn)
            if need not in self._seen:
                bundle = self._bundle_of.get(need, (need,))
                self._seen.update(bundle)
                self._serve_all([mate for mate in bundle if mate not in self._served])
        rows = sorted(pair for taken in self._taken.values() for pair in taken)
        taken = np.array(rows, dtype=np.int64).reshape(-1, 2)
        served = np.zeros(len(self._arrays.value), np.bool_)
        served[list(self._served)] = True
        return SerialPlan(taken, served, self._value(taken, served))

    def _value(self, taken: Ints, served: Bools) -> int:
        """The value of who is served, the scores of what is taken, and a bonus for who keeps just what they had."""
        arrays = self._arrays
        had: dict[int, set[int]] = {}
        owners = np.searchsorted(arrays.option_from, arrays.previous[:, 0], side="right") - 1
        for need, option in zip(owners.tolist(), arrays.previous[:, 0].tolist(), strict=True):
            had.setdefault(need, set()).add(option)
        kept = sum(need in self._served and {o for o, _ in self._taken[need]} == own for need, own in had.items())
        worth = arrays.value[served].sum() + (arrays.score[taken[:, 0]] * taken[:, 1]).sum()
        return int(worth) + arrays.stability * kept

    def _take_what_is_fixed(self) -> None:
        arrays = self._arrays
        owners = np.searchsorted(arrays.option_from, arrays.fixed[:, 0], side="right") - 1
        for need, (option, amount) in zip(owners.tolist(), arrays.fixed.tolist(), strict=True):
            if not self._ledger.take(option, amount):
                raise ValueError(f"what is fixed for {arrays.need_ids[need]} does not fit")
            self._taken.setdefault(need, []).append((option, amount))
        full = (n for n, taken in self._taken.items() if sum(amount for _, amount in taken) == arrays.amount[n])
        self._served.update(full)

    def _serve_all(self, bundle: list[int]) -> None:
        done: dict[int, Taken] = {}
        for need in bundle:
            taken = [] if self._barred(need, done) else self._serve(need)
            if not taken:
                break
            done[need] = taken
        gain = sum(self._gain(need, taken) for need, taken in done.items())
        if len(done) == len(bundle) and gain > 0:
            for need, taken in done.items():
                self._taken[need] = self._taken.get(need, []) + taken
            self._served.update(done)
        else:
            for option, amount in (pair for taken in done.values() for pair in taken):
                self._ledger.give_back(option, amount)

    def _barred(self, need: int, done: dict[int, Taken]) -> bool:
        groups = self._alternatives.get(need, ())
        return any(other in self._served or other in done for group in groups for other in group if other != need)

    def _gain(self, need: int, taken: Taken) -> int:
        return int(self._arrays.value[need]) + sum(int(self._arrays.score[option]) * amount for option, amount in taken)

    def _serve(self, need: int) -> Taken:
        """The best options that add up to what is missing; none, and nothing booked, if they do not."""
        held = self._taken.get(need, [])
        missing = int(self._arrays.amount[need]) - sum(amount for _, amount in held)
        parts = int(self._arrays.parts[need]) - len(held)
        first, last = self._arrays.option_from[need : need + 2].tolist()
        ranked = first + np.argsort(-self._arrays.score[first:last], kind="stable")
        refused = self._forbidden.union(option for option, _ in held)
        taken: Taken = []
        for option in ranked.tolist():
            if option in refused or not missing or not parts:
                continue
            amount = min(missing, self._ledger.most(option))
            if amount and (parts > 1 or amount == missing) and self._ledger.take(option, amount):
                taken.append((option, amount))
                missing, parts = missing - amount, parts - 1
        if missing:
            for option, amount in taken:
                self._ledger.give_back(option, amount)
            return []
        return taken
