"""What there is to decide, without anything that could never be taken: needs, columns, rows.

A column is an option that a need could still take. Needs stand in the order of their bundles and columns in the order
of their needs, so that what belongs together is one stretch of an array.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matching.arrays import segments
from matching.arrays.arrays import Arrays, Bools, Ints
from matching.model.cuts import rounded
from matching.model.interval_rows import Cells
from matching.model.presolve import OpenNeeds, Reduction, owners, reduce
from matching.params import SEARCH_DEFAULTS


@dataclass(frozen=True, slots=True)
class Formulation:
    """The needs that can be served, the columns that serve them and the rows that bind them, by position.

    Bundle b is the needs `bundle_from[b]` to `bundle_from[b + 1]`, served as one. Need n is worth `value[n]` when
    exactly `missing[n]` is taken from at most `parts[n]` of its columns, `column_from[n]` to `column_from[n + 1]`; of
    column c at most `most[c]`, each worth `score[c]`. A need of one part takes 1 of its column, which stands for
    `size[n]` of the option. The need earns the problem's stability when it takes the `stable[n]` columns that are
    `wanted` and no others (0: it cannot). Column c claims in the cells `cell_from[c]` to `cell_from[c + 1]`: of each
    row from `low` to `high` the `load` × the amount taken, where a row has `capacity`. The last rows are those of
    alternatives: need `rival_need[i]` takes one of row `rival_row[i]` when it is served. `need`, `option` and `unit`
    (-1 for alternatives) lead back to the arrays. `base` is the worth of what is fixed, `settled` how many needs that
    serves.
    """

    arrays: Arrays
    base: int
    settled: int
    bundle_from: Ints
    need: Ints
    value: Ints
    missing: Ints
    parts: Ints
    stable: Ints
    size: Ints
    column_from: Ints
    option: Ints
    owner: Ints
    score: Ints
    most: Ints
    wanted: Bools
    cell_from: Ints
    load: Ints
    low: Ints
    high: Ints
    unit: Ints
    capacity: Ints
    rival_need: Ints
    rival_row: Ints

    @property
    def stability(self) -> int:
        """What it is worth to leave a need as it was."""
        return self.arrays.stability

    @property
    def single(self) -> Bools:
        """The needs that take all of one column."""
        single: Bools = self.parts == 1
        return single


def columns_of(formulation: Formulation, bundles: Ints) -> Ints:
    """All columns of the bundles, ascending if those are."""
    f = formulation
    low, high = f.bundle_from[bundles], f.bundle_from[bundles + 1]
    return segments.places(f.column_from[low], f.column_from[high])[0]


def formulate(arrays: Arrays, *, equals: bool = False, cuts: Sequence[int] = SEARCH_DEFAULTS.cuts) -> Formulation:
    """The columns and rows of the problem; with `equals` also the columns that others of the need better."""
    left = reduce(arrays, equals=equals)
    needs = np.flatnonzero(left.alive)
    needs = needs[np.argsort(left.bundle[needs], kind="stable")]
    number = np.full(len(arrays.value), -1, dtype=np.int64)
    number[needs] = np.arange(len(needs))
    missing, parts = left.open.missing[needs], left.open.parts[needs]
    size = np.where(parts == 1, missing, 1)
    owner = number[owners(arrays)[left.option]]
    columns = np.argsort(owner, kind="stable")
    owner, option = owner[columns], left.option[columns]
    most = left.most[columns] // size[owner]
    unit, capacity, cells = rounded(*_rows(arrays, left, columns, size[owner], most), most, cuts)
    rival_need, rival_row = _rivals(arrays, number)
    rivals = int(rival_row.max(initial=-1)) + 1
    return Formulation(
        arrays=arrays,
        base=_base(arrays, left.open),
        settled=int(np.count_nonzero(left.open.settled)),
        bundle_from=np.append(np.flatnonzero(np.diff(left.bundle[needs], prepend=-1)), len(needs)),
        need=needs,
        value=arrays.value[needs],
        missing=missing // size,
        parts=parts,
        stable=_stable(arrays, left)[needs],
        size=size,
        column_from=segments.starts(owner, len(needs)),
        option=option,
        owner=owner,
        score=arrays.score[option] * size[owner],
        most=most,
        wanted=left.open.wanted[option],
        cell_from=segments.starts(cells.column, len(option)),
        load=cells.load,
        low=cells.low,
        high=cells.high,
        unit=np.concatenate((unit, np.full(rivals, -1))),
        capacity=np.concatenate((capacity, np.ones(rivals, dtype=np.int64))),
        rival_need=rival_need,
        rival_row=rival_row + len(capacity),
    )


def _rows(arrays: Arrays, left: Reduction, columns: Ints, size: Ints, most: Ints) -> tuple[Ints, Ints, Cells]:
    """The rows that taking the most of everything would break: unit, capacity and cells."""
    place, column = segments.places(left.cell_from[columns], left.cell_from[columns + 1])
    load = arrays.claim_load[left.cell[place]] * size[column]
    cells = Cells(column, load, left.rows.low[place], left.rows.high[place])
    binding = cells.demand(most, len(left.rows.capacity)) > left.rows.capacity
    return left.rows.unit[binding], left.rows.capacity[binding], cells.among(binding)


def _stable(arrays: Arrays, left: Reduction) -> Ints:
    """As among all options, but only where every wanted one is still there."""
    there = np.zeros(len(arrays.score), dtype=np.int64)
    there[left.option] = left.open.wanted[left.option]
    count = segments.sums(there, arrays.option_from)
    return np.where(count == left.open.stable, count, 0)


def _base(arrays: Arrays, todo: OpenNeeds) -> int:
    """Scores of all that is fixed, value of the needs it serves, stability where it is as before."""
    scores = int((arrays.score[arrays.fixed[:, 0]] * arrays.fixed[:, 1]).sum())
    return scores + int(arrays.value[todo.settled].sum()) + arrays.stability * int(np.count_nonzero(todo.kept))


def _rivals(arrays: Arrays, number: Ints) -> tuple[Ints, Ints]:
    """The needs that can be served of each group of alternatives that still has several, with the group's number."""
    groups = [[int(n) for n in number[list(group)] if n >= 0] for group in arrays.alternatives]
    rivals = [group for group in groups if len(group) > 1]
    pairs = [(need, row) for row, group in enumerate(rivals) for need in group]
    need, row = np.array(sorted(pairs), dtype=np.int64).reshape(-1, 2).T
    return need, row
