"""What there is to decide once what is fixed, forbidden or too large is gone; for the models measured against."""

from dataclasses import dataclass, replace

import numpy as np

from benchmarks.contestants.peaks import Rows, intervals, rows_of
from benchmarks.harness.judging import Bools
from matching.arrays.arrays import Arrays, Ints


@dataclass(frozen=True, slots=True)
class Left:
    """Columns (an `option`, its need `owner`, and the `most` that can be taken) and the capacity rows over them.

    Each need still lacks `missing` from at most `parts` more options; it belongs to a `bundle`, which is served as
    one (-1: it is settled). `barred` needs have an alternative that is served already. `base` is the worth of what is
    fixed, and `bonus` what a column earns for each one taken because the need had it before.
    """

    arrays: Arrays
    option: Ints
    owner: Ints
    most: Ints
    rows: Rows
    missing: Ints
    parts: Ints
    bundle: Ints
    barred: Ints
    base: int

    @property
    def bundles(self) -> int:
        """How many bundles there are."""
        return int(self.bundle.max(initial=-1)) + 1

    @property
    def single(self) -> Bools:
        """Which columns are of needs that take all of one option."""
        single: Bools = self.parts[self.owner] == 1
        return single

    def amounts(self, taken: Ints) -> Ints:
        """How much rows [option, amount] take of each column."""
        amount = np.zeros(len(self.arrays.score), dtype=np.int64)
        amount[taken[:, 0]] = taken[:, 1]
        return amount[self.option]

    def served(self, amounts: Ints) -> Bools:
        """Which bundles the amounts serve."""
        total = np.bincount(self.owner, amounts, len(self.missing))
        served = np.ones(self.bundles, dtype=bool)
        open_needs = self.bundle >= 0
        served[self.bundle[open_needs & (total != self.missing)]] = False
        return served


def left(arrays: Arrays) -> Left:
    """Columns and rows of a market; the memory needed grows with its claims and their overlaps."""
    owner = np.repeat(np.arange(len(arrays.value)), np.diff(arrays.option_from))
    held = np.bincount(owner[arrays.fixed[:, 0]], arrays.fixed[:, 1], len(arrays.value)).astype(np.int64)
    missing = arrays.amount - held
    parts = arrays.parts - np.bincount(owner[arrays.fixed[:, 0]], minlength=len(arrays.value))
    most = np.minimum(arrays.most, missing[owner])
    free = (most > 0) & (parts[owner] > 0) & ((parts[owner] > 1) | (most == missing[owner]))
    free[arrays.forbidden] = False
    free[arrays.fixed[:, 0]] = False
    option = np.flatnonzero(free)
    column_of = np.full(len(arrays.score), -1)
    column_of[option] = np.arange(len(option))
    settled = missing == 0
    whole = Left(
        arrays=arrays,
        option=option,
        owner=owner[option],
        most=most[option],
        rows=rows_of(arrays, intervals(arrays, column_of)),
        missing=missing,
        parts=parts,
        bundle=_bundles(arrays, settled),
        barred=_barred(arrays, settled),
        base=_base(arrays, owner, settled),
    )
    return _without_what_never_fits(whole)


def _bundles(arrays: Arrays, settled: Bools) -> Ints:
    first = np.arange(len(arrays.value))
    for group in arrays.together:
        first[list(group)] = group[0]
    bundle = np.full(len(first), -1)
    bundle[~settled] = np.unique(first[~settled], return_inverse=True)[1]
    return bundle


def _barred(arrays: Arrays, settled: Bools) -> Ints:
    groups = (group for group in arrays.alternatives if settled[list(group)].any())
    barred = {need for group in groups for need in group if not settled[need]}
    return np.array(sorted(barred), dtype=np.int64)


def _base(arrays: Arrays, owner: Ints, settled: Bools) -> int:
    """Scores of what is fixed, values of whom it serves, stability where that is what they had."""
    scores = (arrays.score[arrays.fixed[:, 0]] * arrays.fixed[:, 1]).sum()
    fixed = set(arrays.fixed[:, 0].tolist())
    kept = 0
    before: dict[int, set[int]] = {}
    for option in arrays.previous[:, 0].tolist():
        before.setdefault(int(owner[option]), set()).add(option)
    for need in np.flatnonzero(settled).tolist():
        now = fixed.intersection(range(arrays.option_from[need], arrays.option_from[need + 1]))
        kept += before.get(need) == now
    return int(scores + arrays.value[settled].sum()) + arrays.stability * kept


def _without_what_never_fits(whole: Left) -> Left:
    """Nothing takes more than the capacity of a row; rows that everything fits into at once are redundant."""
    rows, most = whole.rows, whole.most.copy()
    np.minimum.at(most, rows.column, rows.capacity[rows.row] // rows.load)
    kept = most >= np.where(whole.single, whole.missing[whole.owner], 1)
    now = np.where(kept, np.cumsum(kept) - 1, -1)
    full = np.bincount(rows.row, rows.load * (most * kept)[rows.column], len(rows.capacity))
    nonredundant = (now[rows.column] >= 0) & (full > rows.capacity)[rows.row]
    used, row = np.unique(rows.row[nonredundant], return_inverse=True)
    rows = Rows(rows.capacity[used], row, now[rows.column[nonredundant]], rows.load[nonredundant])
    return replace(whole, option=whole.option[kept], owner=whole.owner[kept], most=most[kept], rows=rows)
