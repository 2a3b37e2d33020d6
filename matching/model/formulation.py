"""What there is to decide, without anything that could never be taken: needs, columns, rows and rivals.

A column is an option that a need could still take. Needs stand in the order of their bundles and columns in the order
of their needs, so that what belongs together is one stretch of an array.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.arrays import segments
from matching.arrays.arrays import Arrays, Bools, Ints, Number
from matching.model.cuts import add_cuts
from matching.model.interval_rows import Entries
from matching.model.presolve import Presolved, ResidualDemand, owners, presolve
from matching.params.search import SEARCH_DEFAULTS


@dataclass(frozen=True, slots=True)
class Needs:
    """The needs that can be served, bundle by bundle; arrays are (needs,) but for `bundle_from`, (bundles + 1,).

    Bundle b is the needs `bundle_from[b]` to `bundle_from[b + 1]`, served as one. Need n is worth `value[n]` points
    when exactly `missing[n]` is taken from at most `parts[n]` of its columns, `column_from[n]` to `column_from[n + 1]`.
    A need of one part takes 1 of its column, which stands for `size[n]` of the option. It earns the problem's stability
    when it takes the `stable[n]` columns that are wanted and no others (0: it cannot). `need` leads back to the arrays.
    """

    bundle_from: Ints
    column_from: Ints
    need: Ints
    value: Ints
    missing: Ints
    parts: Ints
    stable: Ints
    size: Ints

    def __len__(self) -> int:
        return len(self.need)

    @property
    def bundles(self) -> int:
        """How many bundles there are."""
        return len(self.bundle_from) - 1

    @property
    def bundle(self) -> Ints:
        """The bundle of each need."""
        return segments.owners(self.bundle_from)

    @property
    def single(self) -> Bools:
        """The needs that take all of one column."""
        single: Bools = self.parts == 1
        return single

    def of_bundles(self, bundles: Ints) -> tuple[Ints, Ints]:
        """The needs of some bundles, one bundle after the other, each with the place of its bundle among those."""
        return segments.expand(self.bundle_from[bundles], self.bundle_from[bundles + 1])

    def among(self, needs: Ints, sizes: Ints, column_from: Ints) -> "Needs":
        """Some of the needs, in bundles of these sizes, with so many columns each."""
        return Needs(
            bundle_from=np.concatenate(([0], np.cumsum(sizes))),
            column_from=column_from,
            need=self.need[needs],
            value=self.value[needs],
            missing=self.missing[needs],
            parts=self.parts[needs],
            stable=self.stable[needs],
            size=self.size[needs],
        )


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns, need by need; arrays are (columns,).

    Of column c need `owner[c]` can take at most `most[c]`, each worth `score[c]` points. `wanted` are those that the
    previous plan took. `option` leads back to the arrays.
    """

    option: Ints
    owner: Ints
    score: Ints
    most: Ints
    wanted: Bools

    def __len__(self) -> int:
        return len(self.option)

    def among(self, columns: Ints, owner: Ints) -> "Columns":
        """Some of the columns, of needs with these numbers."""
        return Columns(self.option[columns], owner, self.score[columns], self.most[columns], self.wanted[columns])


@dataclass(frozen=True, slots=True)
class IntervalMatrix:
    """The rows that are not redundant, as a matrix whose entries in a column are stretches of consecutive rows.

    Entry e of column c, `start[c]` to `start[c + 1]`, says that c takes `load[e]` of each row from `low[e]` to
    `high[e]` for each one taken of it; a row has `capacity`. `unit` leads back to the arrays; it is -1 for the last
    rows, those of rivals. From row `cuts_from` on they are cuts, and then rivals. Shapes: `start` (columns + 1,),
    `load`, `low`, `high` (entries,), `unit`, `capacity` (rows,).
    """

    start: Ints
    load: Ints
    low: Ints
    high: Ints
    unit: Ints
    capacity: Ints
    cuts_from: int

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return len(self.capacity)

    @property
    def column(self) -> Ints:
        """The column of each entry, (entries,)."""
        return segments.owners(self.start)

    def entries(self, columns: Ints) -> tuple[Ints, Ints]:
        """The entries of some columns, (columns here,), each with the place of its column among those.

        Both are (entries here,), column by column in the order given.
        """
        return segments.expand(self.start[columns], self.start[columns + 1])

    def loads(self, columns: Ints) -> tuple[Ints, Ints, Ints]:
        """Row, place among the columns, and load, wherever one of some columns, (columns here,), claims a row.

        All are (claims here,), column by column in the order given; a column with two claims on a row has it twice.
        """
        entry, column = self.entries(columns)
        row, of_entry = segments.expand(self.low[entry], self.high[entry])
        return row, column[of_entry], self.load[entry[of_entry]]

    def activity(self, amounts: Ints) -> Ints:
        """What so much of every column, (columns,), takes of every row, (rows,): A x."""
        return segments.overlap_sums(
            self.low, self.high, self.load * np.repeat(amounts, np.diff(self.start)), self.rows
        )

    def cost(self, multipliers: NDArray[Number]) -> NDArray[Number]:
        """What each one taken of a column pays at these multipliers of the rows, (columns,)."""
        return segments.sums(self.load * segments.range_sums(multipliers, self.low, self.high), self.start)


@dataclass(frozen=True, slots=True)
class Rivals:
    """Of rivals at most one is served: need `need[i]` takes one of row `row[i]` then; ascending by need."""

    need: Ints
    row: Ints

    def of(self, needs: Ints) -> tuple[Ints, Ints]:
        """Where some needs are rivals, each with the place of the need among those."""
        first, end = (np.searchsorted(self.need, needs, side) for side in ("left", "right"))
        return segments.expand(first, end)

    def rows_of(self, need: int) -> Ints:
        """The rows of one need."""
        return self.row[slice(*np.searchsorted(self.need, (need, need + 1)))] if len(self.need) else self.row


@dataclass(frozen=True, slots=True)
class Formulation:
    """Needs, the columns that serve them, the rows that limit those, and who is whose rival.

    `base` is the worth of what is fixed, in points, and `settled` how many needs that serves.
    """

    arrays: Arrays
    base: int
    settled: int
    needs: Needs
    columns: Columns
    matrix: IntervalMatrix
    rivals: Rivals

    @property
    def stability(self) -> int:
        """What it is worth to leave a need as it was, in points."""
        return self.arrays.stability


def columns_of(formulation: Formulation, bundles: Ints) -> Ints:
    """All columns of the bundles, ascending if those are."""
    needs = formulation.needs
    low, high = needs.bundle_from[bundles], needs.bundle_from[bundles + 1]
    return segments.expand(needs.column_from[low], needs.column_from[high])[0]


def formulate(arrays: Arrays, *, equals: bool = False, cuts: Sequence[int] = SEARCH_DEFAULTS.cuts) -> Formulation:
    """Formulate the problem of the arrays.

    Parameters
    ----------
    equals
        Also with the columns that others of the same need better.
    cuts
        For which m there are cuts of what no more than m of fit together, see `add_cuts`.
    """
    left = presolve(arrays, equals=equals)
    alive = np.flatnonzero(left.alive)
    alive = alive[np.argsort(left.bundle[alive], kind="stable")]
    number = np.full(len(arrays.value), -1, dtype=np.int64)
    number[alive] = np.arange(len(alive))
    owner = number[owners(arrays)[left.option]]
    order = np.argsort(owner, kind="stable")
    needs = _needs(arrays, left, alive, segments.starts(owner[order], len(alive)))
    columns = _columns(arrays, left, order, owner[order], needs.size)
    rivals, groups = _rivals(arrays, number)
    rows = _rows(arrays, left, order, needs.size[columns.owner], columns.most)
    unit, capacity, entries = add_cuts(*rows, cuts)
    return Formulation(
        arrays=arrays,
        base=_base(arrays, left.residual),
        settled=int(np.count_nonzero(left.residual.settled)),
        needs=needs,
        columns=columns,
        matrix=IntervalMatrix(
            start=segments.starts(entries.column, len(columns)),
            load=entries.load,
            low=entries.low,
            high=entries.high,
            unit=np.concatenate((unit, np.full(groups, -1))),
            capacity=np.concatenate((capacity, np.ones(groups, dtype=np.int64))),
            cuts_from=len(rows[1]),
        ),
        rivals=Rivals(rivals.need, rivals.row + len(capacity)),
    )


def _needs(arrays: Arrays, left: Presolved, alive: Ints, column_from: Ints) -> Needs:
    missing, parts = left.residual.missing[alive], left.residual.parts[alive]
    size = np.where(parts == 1, missing, 1)
    return Needs(
        bundle_from=np.append(np.flatnonzero(np.diff(left.bundle[alive], prepend=-1)), len(alive)),
        column_from=column_from,
        need=alive,
        value=arrays.value[alive],
        missing=missing // size,
        parts=parts,
        stable=_stable(arrays, left)[alive],
        size=size,
    )


def _columns(arrays: Arrays, left: Presolved, order: Ints, owner: Ints, size: Ints) -> Columns:
    option = left.option[order]
    return Columns(
        option=option,
        owner=owner,
        score=arrays.score[option] * size[owner],
        most=left.most[order] // size[owner],
        wanted=left.residual.wanted[option],
    )


def _rows(arrays: Arrays, left: Presolved, columns: Ints, size: Ints, most: Ints) -> tuple[Ints, Ints, Entries, Ints]:
    """The rows that taking the most of everything would break: unit, capacity and entries; and that most."""
    place, column = segments.expand(left.claim_from[columns], left.claim_from[columns + 1])
    load = arrays.claim_load[left.claim[place]] * size[column]
    entries = Entries(column, load, left.rows.low[place], left.rows.high[place])
    nonredundant = entries.activity(most, len(left.rows.capacity)) > left.rows.capacity
    return left.rows.unit[nonredundant], left.rows.capacity[nonredundant], entries.among(nonredundant), most


def _stable(arrays: Arrays, left: Presolved) -> Ints:
    """As among all options, but only where every wanted one is still there."""
    there = np.zeros(len(arrays.score), dtype=np.int64)
    there[left.option] = left.residual.wanted[left.option]
    count = segments.sums(there, arrays.option_from)
    return np.where(count == left.residual.stable, count, 0)


def _base(arrays: Arrays, residual: ResidualDemand) -> int:
    """Scores of all that is fixed, value of the needs it serves, stability where it is as before."""
    scores = int((arrays.score[arrays.fixed[:, 0]] * arrays.fixed[:, 1]).sum())
    kept = int(np.count_nonzero(residual.kept))
    return scores + int(arrays.value[residual.settled].sum()) + arrays.stability * kept


def _rivals(arrays: Arrays, number: Ints) -> tuple[Rivals, int]:
    """The needs that can be served of each group of alternatives that still has several; rows count those groups."""
    groups = [[int(n) for n in number[list(group)] if n >= 0] for group in arrays.alternatives]
    rivals = [group for group in groups if len(group) > 1]
    pairs = [(need, row) for row, group in enumerate(rivals) for need in group]
    need, row = np.array(sorted(pairs), dtype=np.int64).reshape(-1, 2).T
    return Rivals(need, row), len(rivals)
