"""Every plan of a small problem, found by trying; shares nothing with the product but the dataclasses."""

from collections.abc import Iterator
from itertools import combinations, product

from matching.problem.problem import Match, Need, Problem

Amounts = dict[str, int]
"""Amounts by option of one need."""


def plans(problem: Problem) -> Iterator[tuple[Match, ...]]:
    """Every set of matches that keeps all the rules."""
    ways = [list(_ways(problem, need)) for need in problem.needs]
    for choice in product(*ways):
        matches = tuple(
            Match(need.id, option, amount)
            for need, amounts in zip(problem.needs, choice, strict=True)
            for option, amount in amounts.items()
        )
        if _fits(problem, matches) and _agrees(problem, choice):
            yield matches


def best(problem: Problem) -> int:
    """The largest worth of any plan."""
    return max(worth(problem, matches) for matches in plans(problem))


def worth(problem: Problem, matches: tuple[Match, ...]) -> int:
    """The objective, term by term."""
    total = 0
    for need in problem.needs:
        now = {match.option: match.amount for match in matches if match.need == need.id}
        before = {match.option for match in problem.previous if match.need == need.id}
        total += sum(option.score * now.get(option.id, 0) for option in need.options)
        if sum(now.values()) == need.amount:
            total += need.value + (problem.stability if set(now) == before else 0)
    return total


def _ways(problem: Problem, need: Need) -> Iterator[Amounts]:
    """What may be taken for a need: exactly what is fixed, or all of its amount with the fixed part as it is."""
    fixed = {match.option: match.amount for match in problem.fixed if match.need == need.id}
    yield fixed
    forbidden = {pair.option for pair in problem.forbidden if pair.need == need.id}
    free = [option for option in need.options if option.id not in forbidden and option.id not in fixed]
    for number in range(1, min(need.parts - len(fixed), len(free)) + 1):
        for options in combinations(free, number):
            ranges = [range(1, min(option.max or need.amount, need.amount) + 1) for option in options]
            for amounts in product(*ranges):
                if sum(amounts) + sum(fixed.values()) == need.amount:
                    yield fixed | {option.id: n for option, n in zip(options, amounts, strict=True)}


def _fits(problem: Problem, matches: tuple[Match, ...]) -> bool:
    """Minute by minute: what is taken against what there is."""
    taken: dict[tuple[str, int], int] = {}
    for match in matches:
        for claim in problem.option_of[match.need, match.option].claims:
            for interval in claim.during:
                for minute in range(interval.start, interval.end):
                    taken[claim.unit, minute] = taken.get((claim.unit, minute), 0) + claim.amount * match.amount
    return all(amount <= _capacity(problem, unit, minute) for (unit, minute), amount in taken.items())


def _capacity(problem: Problem, id_: str, minute: int) -> int:
    unit = problem.unit_of[id_]
    if unit.available is None:
        return unit.capacity
    return sum(piece.capacity for piece in unit.available if piece.start <= minute < piece.end)


def _agrees(problem: Problem, choice: tuple[Amounts, ...]) -> bool:
    served = {need.id: sum(a.values()) == need.amount for need, a in zip(problem.needs, choice, strict=True)}
    settled = {
        need.id: sum(match.amount for match in problem.fixed if match.need == need.id) == need.amount
        for need in problem.needs
    }
    whole = all(len({served[id_] for id_ in group if not settled[id_]}) < 2 for group in problem.together)
    return whole and all(sum(served[id_] for id_ in group) < 2 for group in problem.alternatives)
