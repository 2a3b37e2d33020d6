"""One new need in a market that has its plan: served near by and at once, and nobody who is served loses it.

Free are the bundle of the need, those that hold what it could take, and those that hold what these could take in
turn, up to some needs; everything else stays as it is. That is a small program, solved exactly.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from platsverket.matching import exact, segments
from platsverket.matching.arrays import Arrays, Bools, Ints
from platsverket.matching.block import Block
from platsverket.matching.conversion import arrays_of, options_at
from platsverket.matching.errors import SolverError
from platsverket.matching.formulation import Formulation, formulate
from platsverket.matching.improving import columns_of, fitting
from platsverket.matching.limits import Limits
from platsverket.matching.matches import matches_of
from platsverket.matching.need import Match
from platsverket.matching.plan import Plan
from platsverket.matching.problem import Problem
from platsverket.matching.program import Program
from platsverket.matching.response import Market
from platsverket.matching.standing import Standing


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is decided about anew for one need: so many needs, and of those around it only the best columns.

    A search takes at most so many deterministic `seconds`. To `presolve` costs small programs more than it saves.
    """

    most_needs: int
    most_columns: int
    seconds: float
    presolve: bool


AT_ONCE = Effort(most_needs=16, most_columns=24, seconds=0.01, presolve=False)
"""For an answer while somebody waits."""
THOROUGH = Effort(most_needs=60, most_columns=1000, seconds=5.0, presolve=True)
"""For an answer within some seconds."""


@dataclass(frozen=True, slots=True)
class Insertion:
    """The columns of the bundles that were free with their new amounts, and what all of that gains."""

    columns: Ints
    amounts: Ints
    gain: int


class Single:
    """A plan as it stands with who holds what, put together once and asked for one need after the other.

    The standing may not change in between, other than by what is asked for.
    """

    def __init__(self, standing: Standing, effort: Effort = AT_ONCE) -> None:
        self.standing = standing
        self._f = f = standing.formulation
        self._effort = effort
        self._bundle = np.repeat(np.arange(len(f.bundle_from) - 1), np.diff(f.bundle_from))
        self._holders = _Holders(standing, self._bundle)
        self._rivals = _Rivals(f, self._bundle)

    def insert(self, need: int, limits: Limits, seed: int = 0) -> Insertion | None:
        """The best way to serve the need (by position in the formulation) too; None if none gains. Nothing changes."""
        own = int(self._bundle[need])
        bundles = self.around(own)
        columns = columns_of(self._f, bundles)
        promising = _ranks(self._f, columns) < self._effort.most_columns
        promising |= (self.standing.amounts[columns] > 0) | (self._bundle[self._f.owner[columns]] == own)
        region = _Region.of(self.standing, bundles, columns, promising)
        block = region.block(self._effort.seconds, seed)
        found = exact.search(block, limits, presolve=self._effort.presolve)
        if found.values is None:
            return None
        gain = int(block.gain @ (found.values - block.hint))
        return Insertion(columns, region.amounts(found.values), gain) if gain > 0 else None

    def take(self, insertion: Insertion) -> None:
        """Let the plan be as the insertion says. Who holds what is put together anew."""
        if not self.standing.change(insertion.columns, insertion.amounts):
            raise SolverError("what was found does not fit the plan that it was asked for")
        self._holders = _Holders(self.standing, self._bundle)

    def around(self, bundle: int) -> Ints:
        """The bundle, nearest neighbours first found, ascending."""
        f, inside = self._f, [bundle]
        needs = int(f.bundle_from[bundle + 1] - f.bundle_from[bundle])
        ring = np.array([bundle])
        for _ in range(2):
            beside = np.concatenate((self._rivals.of(ring), self._holders.of(_columns_of_each(f, ring))))
            fresh = _in_order(beside[~np.isin(beside, inside)])
            total = needs + np.cumsum(f.bundle_from[fresh + 1] - f.bundle_from[fresh])
            ring = fresh[total <= self._effort.most_needs]
            if len(ring):
                needs = int(total[len(ring) - 1])
            inside += ring.tolist()
        return np.sort(np.array(inside))


def insert(problem: Problem, matches: Iterable[Match], need: str, limits: Limits) -> Plan | None:
    """The plan that serves the need of the problem too and drops nobody whom the matches serve; None if none gains.

    The matches must be right, the fixed ones included. The bound is what prices of nothing say.
    """
    arrays = arrays_of(problem)
    f = formulate(arrays)
    standing = standing_of(f, arrays, matches)
    found = np.flatnonzero(f.need == list(arrays.need_ids).index(need))
    if not len(found):
        return None
    single = Single(standing, THOROUGH)
    insertion = single.insert(int(found[0]), limits, problem.seed)
    if insertion is None:
        return None
    single.take(insertion)
    return _plan(problem, standing, limits)


def as_plan(problem: Problem, matches: Iterable[Match], limits: Limits) -> Plan:
    """The matches as a plan; ValueError if they do not fit."""
    arrays = arrays_of(problem)
    return _plan(problem, standing_of(formulate(arrays), arrays, matches), limits)


def _plan(problem: Problem, standing: Standing, limits: Limits) -> Plan:
    f, worth = standing.formulation, standing.worth()
    market = Market(f)
    bound = int(market.respond(np.zeros_like(market.capacity)).bound)
    return Plan(
        problem=problem.name,
        status="optimal" if worth == bound else "feasible",
        objective=worth,
        bound=bound,
        seed=problem.seed,
        runtime_s=round(limits.seconds(), 3),
        matches=matches_of(f, standing.amounts),
    )


def standing_of(formulation: Formulation, arrays: Arrays, matches: Iterable[Match]) -> Standing:
    """The plan of the matches as it stands; ValueError if they do not fit."""
    f, matches = formulation, tuple(matches)
    amount = np.zeros(len(arrays.score), dtype=np.int64)
    np.add.at(amount, options_at(arrays, matches), [match.amount for match in matches])
    np.subtract.at(amount, arrays.fixed[:, 0], arrays.fixed[:, 1])
    standing = Standing(f)
    if not standing.change(np.arange(len(f.option)), amount[f.option] // f.size[f.owner]):
        raise ValueError(f"the matches do not fit the problem {arrays.name!r}")
    return standing


class _Holders:
    """The cells that are taken, unit by unit."""

    def __init__(self, standing: Standing, bundle: Ints) -> None:
        self._f = f = standing.formulation
        taken = np.flatnonzero(standing.amounts)
        cell, column = segments.places(f.cell_from[taken], f.cell_from[taken + 1])
        filled = f.high[cell] > f.low[cell]
        cell, column = cell[filled], taken[column[filled]]
        unit = f.unit[f.low[cell]]
        order = np.argsort(unit, kind="stable")
        self._low, self._high = f.low[cell[order]], f.high[cell[order]]
        self._bundle = bundle[f.owner[column[order]]]
        self._from = segments.starts(unit[order], len(f.arrays.unit_ids))

    def of(self, columns: Ints) -> Ints:
        """The bundles that hold something of what the columns claim, in the order of the columns, some again."""
        f = self._f
        cell, _ = segments.places(f.cell_from[columns], f.cell_from[columns + 1])
        cell = cell[f.high[cell] > f.low[cell]]
        unit = f.unit[f.low[cell]]
        held, asked = segments.places(self._from[unit], self._from[unit + 1])
        cell = cell[asked]
        return self._bundle[held[(self._low[held] < f.high[cell]) & (f.low[cell] < self._high[held])]]


class _Rivals:
    """The bundles that stand against others in groups of alternatives."""

    def __init__(self, formulation: Formulation, bundle: Ints) -> None:
        f = formulation
        self._f = f
        self._order = np.argsort(f.rival_row, kind="stable")
        self._row = f.rival_row[self._order]
        self._bundle = bundle[f.rival_need[self._order]]

    def of(self, bundles: Ints) -> Ints:
        """The bundles that are in a group with one of these."""
        f = self._f
        low, high = (np.searchsorted(f.rival_need, f.bundle_from[bundles + side]) for side in (0, 1))
        rows = f.rival_row[segments.places(low, high)[0]]
        low, high = (np.searchsorted(self._row, rows, side) for side in ("left", "right"))
        return self._bundle[segments.places(low, high)[0]]


def _ranks(f: Formulation, columns: Ints) -> Ints:
    """The place of each of some needs' columns, ascending, among those of its need by score."""
    owner = f.owner[columns]
    start = np.append(np.flatnonzero(np.diff(owner, prepend=-1)), len(owner))
    rank = np.empty(len(columns), dtype=np.int64)
    rank[np.lexsort((-f.score[columns], owner))] = segments.ranks(start)
    return rank


def _columns_of_each(formulation: Formulation, bundles: Ints) -> Ints:
    """All columns of the bundles, bundle by bundle in the order given, the best of each need first."""
    f = formulation
    needs, _ = segments.places(f.bundle_from[bundles], f.bundle_from[bundles + 1])
    columns, need = segments.places(f.column_from[needs], f.column_from[needs + 1])
    return columns[np.lexsort((-f.score[columns], need))]


def _in_order(numbers: Ints) -> Ints:
    """Each number once, where it comes first."""
    return numbers[np.sort(np.unique(numbers, return_index=True)[1])]


@dataclass(frozen=True, slots=True)
class _Region:
    """Some bundles of a standing as a program of their own, in the room that all others leave them.

    `columns` are those that may be taken, by position among all `count` columns of the bundles; `served` are the
    needs, the first of each bundle, that are to stay served.
    """

    program: Program
    columns: Ints
    count: int
    served: Ints

    @classmethod
    def of(cls, standing: Standing, bundles: Ints, columns: Ints, promising: Bools) -> "_Region":
        """The region of these bundles, ascending; of their columns the promising, all taken ones among them."""
        needs, chosen = _needs(standing.formulation, bundles), np.flatnonzero(promising)
        f = _part(standing, bundles, needs, columns[chosen])
        now, served = standing.amounts[columns[chosen]], standing.served[needs]
        room = f.capacity + _demand(f, now, served)
        kept = np.flatnonzero((now > 0) | fitting(f, np.arange(len(chosen)), room))
        program = Program(f, np.arange(len(bundles)), kept, f.score[kept], f.value, room, now[kept])
        first = f.bundle_from[:-1]
        return cls(program, chosen[kept], len(columns), first[served[first]])

    def block(self, effort: float, seed: int) -> Block:
        """The program, to be solved, where something is taken for each of the needs that are to stay served."""
        block, f = self.program.block(effort, seed), self.program.formulation
        return _keeping(block, f.owner[self.program.columns], self.served)

    def amounts(self, values: Ints) -> Ints:
        """The amounts of all columns of the bundles."""
        found = np.zeros(self.count, dtype=np.int64)
        found[self.columns] = self.program.taken(values)
        return found


def _keeping(block: Block, owner: Ints, needs: Ints) -> Block:
    """The block where something is taken for each of the needs; `owner` says whose its first variables are."""
    column, row = segments.places(np.searchsorted(owner, needs), np.searchsorted(owner, needs + 1))
    return replace(
        block,
        least=np.append(block.least, np.ones_like(needs)),
        most=np.append(block.most, np.full(len(needs), int(block.upper.sum()))),
        row=np.append(block.row, row + len(block.most)),
        column=np.append(block.column, column),
        entry=np.append(block.entry, np.ones_like(column)),
    )


def _part(standing: Standing, bundles: Ints, needs: Ints, columns: Ints) -> Formulation:
    """The bundles as a formulation of their own, where rows have the room that is left of them.

    Of consecutive rows that the same columns claim only the tightest is there.
    """
    f = standing.formulation
    cell, column = segments.places(f.cell_from[columns], f.cell_from[columns + 1])
    edges = np.unique(np.concatenate((f.low[cell], f.high[cell])))
    room = np.minimum.reduceat(standing.room[: edges[-1]], edges[:-1]) if len(edges) > 1 else edges[:0]
    rival, of_need = segments.places(np.searchsorted(f.rival_need, needs), np.searchsorted(f.rival_need, needs + 1))
    groups, row = np.unique(f.rival_row[rival], return_inverse=True)
    owner = np.searchsorted(needs, f.owner[columns])
    sizes = f.bundle_from[bundles + 1] - f.bundle_from[bundles]
    return replace(
        f,
        base=0,
        settled=0,
        bundle_from=np.concatenate(([0], np.cumsum(sizes))),
        need=f.need[needs],
        value=f.value[needs],
        missing=f.missing[needs],
        parts=f.parts[needs],
        stable=f.stable[needs],
        size=f.size[needs],
        column_from=segments.starts(owner, len(needs)),
        option=f.option[columns],
        owner=owner,
        score=f.score[columns],
        most=f.most[columns],
        wanted=f.wanted[columns],
        cell_from=segments.starts(column, len(columns)),
        load=f.load[cell],
        low=np.searchsorted(edges, f.low[cell]),
        high=np.searchsorted(edges, f.high[cell]),
        unit=np.concatenate((f.unit[edges[: len(room)]], np.full(len(groups), -1))),
        capacity=np.concatenate((room, standing.room[groups])),
        rival_need=of_need,
        rival_row=row + len(room),
    )


def _demand(f: Formulation, amounts: Ints, served: Bools) -> Ints:
    """What so much of every column takes of every row, and what those served take of the rows of rivals."""
    change = np.zeros(len(f.capacity) + 1, dtype=np.int64)
    load = f.load * np.repeat(amounts, np.diff(f.cell_from))
    np.add.at(change, f.low, load)
    np.subtract.at(change, f.high, load)
    demand = np.cumsum(change[:-1])
    np.add.at(demand, f.rival_row, served[f.rival_need])
    return demand


def _needs(f: Formulation, bundles: Ints) -> Ints:
    return segments.places(f.bundle_from[bundles], f.bundle_from[bundles + 1])[0]
