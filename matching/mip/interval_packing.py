"""The best of what may be taken of one unit over time, by dynamic programming over its rows in their order.

A state is which columns are running; of those that have ended only what they gained matters. Where few fit at a time,
as with people's percent, there are hundreds of states, and the best is found in the time that CP-SAT takes to begin.
(Knapsack over time: Caprara, Furini, Malaguti 2013; dominance as in resource constrained paths, Irnich, Desaulniers
2005.)
"""

from dataclasses import dataclass

import numpy as np

from matching.arrays.arrays import Bools, Ints
from matching.mip.block_mip import BlockMip, Interruption, MipResult, components_of
from matching.mip.limits import Limits

SLOTS = 62
"""Columns that may be open at a row, so that which are running fits into one whole number."""
LEADERS = 8
"""States of most value that all others are compared with, to leave out those that they dominate."""
MOST_STATES = 20_000
"""States at a time beyond which a unit is given up."""
STATES = 6e6
"""States that are looked at in about the time of a deterministic second of CP-SAT's."""


@dataclass(frozen=True, slots=True)
class IntervalPacking:
    """Columns of one unit, each taken or not: it gains `gain` and takes `load` of the rows `low` to `high`.

    Shapes: `gain`, `load`, `low`, `high` (columns,), `capacity` (rows,).
    """

    gain: Ints
    load: Ints
    low: Ints
    high: Ints
    capacity: Ints


def solve(block: BlockMip, limits: Limits) -> MipResult:
    """The best x of every component; the hint and no bound of those that cannot be done so, or are left no time for."""
    component = np.unique(components_of(block), return_inverse=True)[1]
    count = int(component.max(initial=-1)) + 1
    values, bounds = block.hint.copy(), np.bincount(component, block.gain.clip(0) * block.upper, count).astype(np.int64)
    seen, interrupted = 0, None
    for number in range(count):
        if limits.ended() or (block.until is not None and number >= block.until.batch):
            interrupted = Interruption(number, 0.0)
            break
        members = np.flatnonzero(component == number)
        packing = _packing(block, members)
        if packing is None:
            continue
        taken, looked_at = best(packing)
        seen += looked_at
        if taken is not None:
            values[members], bounds[number] = taken, packing.gain @ taken
    return MipResult(values, component, bounds, seen / STATES, interrupted)


def _packing(block: BlockMip, members: Ints) -> IntervalPacking | None:
    """The component if it is one of columns that take as much of each of some consecutive rows; else None."""
    place = np.full(len(block.gain), -1)
    place[members] = np.arange(len(members))
    inside = place[block.column] >= 0
    rows, row = np.unique(block.row[inside], return_inverse=True)
    column, load = place[block.column[inside]], block.entry[inside]
    low, high, least = np.full(len(members), len(rows)), np.zeros(len(members), np.int64), np.full(len(members), 2**62)
    most, count = np.zeros(len(members), dtype=np.int64), np.bincount(column, minlength=len(members))
    np.minimum.at(low, column, row)
    np.maximum.at(high, column, row + 1)
    np.minimum.at(least, column, load)
    np.maximum.at(most, column, load)
    claims = count > 0
    even = (high - low == count) & (least == most) & (least > 0)
    if not (even | ~claims).all() or (block.upper[members] != 1).any():
        return None
    low, high, most = np.where(claims, low, 0), np.where(claims, high, 0), np.where(claims, most, 0)
    return IntervalPacking(block.gain[members], most, low, high, block.most[rows])


def best(packing: IntervalPacking, most_states: int = MOST_STATES) -> tuple[Bools | None, int]:
    """Which columns to take for the most gain, (columns,), and how many states were looked at.

    None if there were more states at a time than allowed, or more columns open than there are slots.
    """
    taken = np.zeros(len(packing.gain), dtype=bool)
    useful = np.flatnonzero(packing.gain > 0)
    order = useful[np.argsort(packing.low[useful], kind="stable")]
    states = _States(packing)
    for row, here in _by_row(packing, order):
        states.go_on_to(row)
        for column in here:
            if not states.offer(column):
                return None, states.seen
            if len(states.value) > most_states:
                return None, states.seen
    for column in states.path():
        taken[column] = True
    return taken, states.seen


def _by_row(packing: IntervalPacking, order: Ints) -> list[tuple[int, list[int]]]:
    rows = np.arange(len(packing.capacity))
    begin = np.searchsorted(packing.low[order], np.append(rows, len(rows))).tolist()
    columns = order.tolist()
    return [(row, columns[begin[row] : begin[row + 1]]) for row in rows.tolist()]


class _States:
    """The states at a row: which slots are running, what load that is, and what was gained up to here."""

    def __init__(self, packing: IntervalPacking) -> None:
        self._packing = packing
        self.value = np.zeros(1, dtype=np.int64)
        self._running = np.zeros(1, dtype=np.int64)
        self._used = np.zeros(1, dtype=np.int64)
        # The column offered, how many states did not take it, and where the others came from; -1: from where all came.
        self._history: list[tuple[int, int, Ints]] = []
        self._open: dict[int, int] = {}  # slot to column
        self.seen = 0

    def go_on_to(self, row: int) -> None:
        """Let those end that do, and leave out what does not fit or is dominated."""
        packing = self._packing
        ended = [slot for slot, column in self._open.items() if packing.high[column] <= row]
        for slot in ended:
            column = self._open.pop(slot)
            self._used -= packing.load[column] * ((self._running >> slot) & 1)
            self._running &= ~(1 << slot)
        kept = np.flatnonzero(self._used <= packing.capacity[row])
        if ended:
            order = kept[np.lexsort((-self.value[kept], self._running[kept]))]
            kept = order[np.append(True, np.diff(self._running[order]) != 0)]
            kept = kept[~self._dominated(kept)]
        if len(kept) < len(self.value) or ended:
            self._history.append((-1, 0, kept))
            self.value, self._running, self._used = self.value[kept], self._running[kept], self._used[kept]

    def _dominated(self, among: Ints) -> Bools:
        """Those that have gained no more than another, of which less is running."""
        value, running = self.value[among], self._running[among]
        dominated = np.zeros(len(among), dtype=bool)
        leaders = np.argpartition(-value, LEADERS)[:LEADERS] if len(value) > LEADERS else np.arange(len(value))
        for leader in leaders.tolist():
            less = (running & running[leader] == running[leader]) & (value <= value[leader])
            less[leader] = False
            dominated |= less
        return dominated

    def offer(self, column: int) -> bool:
        """Let each state take the column or not; False if there is no slot for it."""
        slot = next((slot for slot in range(SLOTS) if slot not in self._open), None)
        if slot is None:
            return False
        packing = self._packing
        self._open[slot] = column
        fits = np.flatnonzero(self._used + packing.load[column] <= packing.capacity[packing.low[column]])
        self._history.append((column, len(self.value), fits))
        self.value = np.concatenate((self.value, self.value[fits] + packing.gain[column]))
        self._running = np.concatenate((self._running, self._running[fits] | (1 << slot)))
        self._used = np.concatenate((self._used, self._used[fits] + packing.load[column]))
        self.seen += len(self.value)
        return True

    def path(self) -> list[int]:
        """The columns of the best state."""
        state, found = int(np.argmax(self.value)), []
        for column, without, came in reversed(self._history):
            if state >= without:
                state = int(came[state - without])
                if column >= 0:
                    found.append(column)
        return found
