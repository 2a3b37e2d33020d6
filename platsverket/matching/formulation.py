"""The problem as columns and rows, without anything that could never be taken."""

from dataclasses import dataclass, replace

from platsverket.matching.columns import Column, OpenNeed, columns_of, open_needs, options_by_need
from platsverket.matching.need import Match
from platsverket.matching.problem import Problem
from platsverket.matching.rows import Row, rows_of

Groups = list[tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Formulation:
    """What there is to decide; needs and columns are named by their positions in `needs` and `columns`.

    `columns_of[n]` are the columns of need n: none if it can never be served. `stable_with[n]` are the columns that,
    taken without others, earn the stability bonus: none if nothing does. `bundles` part the needs that can be served
    into sets served as one; of each of the `alternatives` one may be served. `base` is the worth of the fixed
    matches alone.
    """

    problem: Problem
    needs: list[OpenNeed]
    columns: list[Column]
    rows: list[Row]
    columns_of: list[list[int]]
    stable_with: Groups
    bundles: Groups
    alternatives: Groups
    base: int

    def gain(self, owner: int, picks: dict[int, int]) -> int:
        """What it gains to serve the need by these amounts of its columns."""
        scores = sum(self.columns[index].option.score * amount for index, amount in picks.items())
        stable = set(picks) == set(self.stable_with[owner])
        return self.needs[owner].need.value + scores + self.problem.stability * stable

    def worth(self, amounts: dict[int, int]) -> int:
        """What a plan of these amounts is worth, the fixed matches included."""
        picks: dict[int, dict[int, int]] = {}
        for index, amount in amounts.items():
            picks.setdefault(self.columns[index].owner, {})[index] = amount
        return self.base + sum(self.gain(owner, of_need) for owner, of_need in picks.items())

    def matches(self, amounts: dict[int, int]) -> tuple[Match, ...]:
        """The fixed matches and the amounts taken of columns, in the order of the problem's needs and options."""
        taken = {(match.need, match.option): match for match in self.problem.fixed}
        for index, amount in amounts.items():
            column = self.columns[index]
            need = self.needs[column.owner].need.id
            taken[need, column.option.id] = Match(need, column.option.id, amount)
        return tuple(taken[pair] for pair in self.problem.option_of if pair in taken)


def formulate(problem: Problem) -> Formulation:
    """The columns and rows of the problem; the work grows with its claims and their overlaps."""
    needs = open_needs(problem)
    columns = columns_of(problem, needs)
    rows = rows_of(problem, columns)
    columns = _within_capacity(columns, rows)
    bundles = _bundles(problem, needs)
    dead = _dead(needs, columns) | _barred(problem, needs)
    dead |= {owner for bundle in bundles if not dead.isdisjoint(bundle) for owner in bundle}
    kept = [i for i, column in enumerate(columns) if column.least <= column.most and column.owner not in dead]
    columns = [columns[index] for index in kept]
    owned = _owned(needs, columns)
    return Formulation(
        problem=problem,
        needs=needs,
        columns=columns,
        rows=_binding(_renumbered(rows, kept), columns),
        columns_of=owned,
        stable_with=[_stable_with(need, columns, of_need) for need, of_need in zip(needs, owned, strict=True)],
        bundles=[bundle for bundle in bundles if dead.isdisjoint(bundle)],
        alternatives=_alternatives(problem, needs, dead),
        base=_base(problem, needs),
    )


def _within_capacity(columns: list[Column], rows: list[Row]) -> list[Column]:
    """The columns with the most of each that every row leaves room for by itself."""
    most = [column.most for column in columns]
    for row in rows:
        for index, load in row.loads.items():
            limit = row.capacity // load
            most[index] = min(most[index], limit)
    return [
        column if limit == column.most else replace(column, most=limit)
        for column, limit in zip(columns, most, strict=True)
    ]


def _bundles(problem: Problem, needs: list[OpenNeed]) -> Groups:
    """The open needs parted by the together groups; a need of none is a bundle of its own."""
    position = {need.need.id: owner for owner, need in enumerate(needs)}
    groups = [tuple(position[id_] for id_ in group if id_ in position) for group in problem.together]
    grouped = {owner for group in groups for owner in group}
    return [group for group in groups if group] + [(owner,) for owner in range(len(needs)) if owner not in grouped]


def _dead(needs: list[OpenNeed], columns: list[Column]) -> set[int]:
    """The needs whose columns cannot add up to what is missing."""
    most: list[list[int]] = [[] for _ in needs]
    for column in columns:
        if column.least <= column.most:
            most[column.owner].append(column.most)
    return {
        owner
        for owner, need in enumerate(needs)
        if need.parts < 1 or sum(sorted(most[owner])[-need.parts :]) < need.missing
    }


def _barred(problem: Problem, needs: list[OpenNeed]) -> set[int]:
    """The needs of which the fixed matches already serve an alternative."""
    position = {need.need.id: owner for owner, need in enumerate(needs)}
    taken = [group for group in problem.alternatives if any(id_ not in position for id_ in group)]
    return {position[id_] for group in taken for id_ in group if id_ in position}


def _alternatives(problem: Problem, needs: list[OpenNeed], dead: set[int]) -> Groups:
    position = {need.need.id: owner for owner, need in enumerate(needs) if owner not in dead}
    groups = (tuple(position[id_] for id_ in group if id_ in position) for group in problem.alternatives)
    return [group for group in groups if len(group) > 1]


def _owned(needs: list[OpenNeed], columns: list[Column]) -> list[list[int]]:
    owned: list[list[int]] = [[] for _ in needs]
    for index, column in enumerate(columns):
        owned[column.owner].append(index)
    return owned


def _renumbered(rows: list[Row], kept: list[int]) -> list[Row]:
    """The rows over the kept columns only."""
    now = {before: index for index, before in enumerate(kept)}
    return [Row(row.capacity, {now[i]: load for i, load in row.loads.items() if i in now}) for row in rows]


def _binding(rows: list[Row], columns: list[Column]) -> list[Row]:
    """The rows that taking the most of everything would break."""
    return [row for row in rows if sum(load * columns[i].most for i, load in row.loads.items()) > row.capacity]


def _stable_with(need: OpenNeed, columns: list[Column], owned: list[int]) -> tuple[int, ...]:
    wanted = need.before - need.held
    stable = tuple(index for index in owned if columns[index].option.id in wanted)
    return stable if need.held <= need.before and len(stable) == len(wanted) <= need.parts else ()


def _base(problem: Problem, needs: list[OpenNeed]) -> int:
    """Scores of all that is fixed, value of the needs it serves, stability where it is as before."""
    scores = sum(problem.option_of[match.need, match.option].score * match.amount for match in problem.fixed)
    still_open = {need.need.id for need in needs}
    held = options_by_need(problem.fixed)
    before = options_by_need(problem.previous)
    settled = [need for need in problem.needs if need.id not in still_open]
    stable = sum(held[need.id] == before.get(need.id) for need in settled)
    return scores + sum(need.value for need in settled) + problem.stability * stable
