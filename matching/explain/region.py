"""A part of a problem that can be solved by itself: some needs free, the rest of a plan frozen around them."""

from collections.abc import Iterable, Set
from dataclasses import replace

import numpy as np

from matching.arrays.graphs import components, grow
from matching.problem.needs import Match, Option
from matching.problem.problem import Problem
from matching.problem.units import Interval


def restricted(problem: Problem, matches: Iterable[Match], inside: Set[str]) -> Problem:
    """The problem of the needs inside, with the matches of other needs fixed where they touch it.

    `inside` must hold all or none of every together group. Only differences between plans of the restricted
    problem mean anything: what the frozen rest is worth is partly left out.
    """
    frozen = _frozen(problem, matches, inside)
    taken: dict[str, set[str]] = {}
    for match in frozen:
        taken.setdefault(match.need, set()).add(match.option)
    needs = tuple(
        need
        if need.id in inside
        else replace(need, options=tuple(option for option in need.options if option.id in taken[need.id]))
        for need in problem.needs
        if need.id in inside or need.id in taken
    )
    present = {need.id for need in needs}
    claimed = {claim.unit for need in needs for option in need.options for claim in option.claims}
    alternatives = (tuple(need for need in group if need in present) for group in problem.alternatives)
    return replace(
        problem,
        units=tuple(unit for unit in problem.units if unit.id in claimed),
        needs=needs,
        together=tuple(group for group in problem.together if group[0] in inside),
        alternatives=tuple(group for group in alternatives if group),
        fixed=(*(match for match in problem.fixed if match.need in inside), *frozen),
        forbidden=tuple(pair for pair in problem.forbidden if pair.need in inside),
        previous=tuple(match for match in problem.previous if match.need in inside),
    )


def _frozen(problem: Problem, matches: Iterable[Match], inside: Set[str]) -> list[Match]:
    """The matches of needs outside that hold a unit some need inside could take, or that are its alternatives."""
    options = (option for need in inside for option in problem.need_of[need].options)
    units = {claim.unit for option in options for claim in option.claims}
    rivals = {need for group in problem.alternatives if not inside.isdisjoint(group) for need in group}
    return [
        match
        for match in matches
        if match.need not in inside
        and (match.need in rivals or _claims_any(problem.option_of[match.need, match.option], units))
    ]


def _claims_any(option: Option, units: set[str]) -> bool:
    return any(claim.unit in units for claim in option.claims)


class Components:
    """The components of a problem, which nothing connects: no unit that two could take, no group."""

    def __init__(self, problem: Problem) -> None:
        number = {need.id: position for position, need in enumerate(problem.needs)}
        unit = {unit.id: len(number) + position for position, unit in enumerate(problem.units)}
        links = {
            (number[need.id], unit[claim.unit])
            for need in problem.needs
            for option in need.options
            for claim in option.claims
        }
        for group in (*problem.together, *problem.alternatives):
            links.update((number[group[0]], number[other]) for other in group[1:])
        ends = np.array(sorted(links), dtype=np.int64).reshape(-1, 2)
        size = len(number) + len(unit)
        component: list[int] = components(ends[:, 0], ends[:, 1], size).tolist()
        self._component_of = {need: component[position] for need, position in number.items()}
        self._needs: dict[int, set[str]] = {}
        for need, of in self._component_of.items():
            self._needs.setdefault(of, set()).add(need)

    def of(self, need: str) -> int:
        """The number of the need's component."""
        return self._component_of[need]

    def needs(self, component: int) -> set[str]:
        """The needs of a component."""
        return self._needs[component]


class Surroundings:
    """Who stands beside whom under a plan: the needs that hold what an option claims, or go with or against a need."""

    def __init__(self, problem: Problem, matches: Iterable[Match]) -> None:
        self._problem = problem
        self._holders: dict[str, list[tuple[Interval, str]]] = {}
        for match in matches:
            for unit, interval in _claimed(problem.option_of[match.need, match.option]):
                self._holders.setdefault(unit, []).append((interval, match.need))
        self._bundle: dict[str, tuple[str, ...]] = {need: group for group in problem.together for need in group}
        self._rivals: dict[str, list[str]] = {}
        for group in problem.alternatives:
            for need in group:
                self._rivals.setdefault(need, []).extend(group)

    def bundle(self, need: str) -> tuple[str, ...]:
        """The need and those that go together with it."""
        return self._bundle.get(need, (need,))

    def around(self, need: str, option: str, most_needs: int) -> set[str]:
        """Whole bundles, nearest first: the need's, those holding what the option claims, and theirs in turn."""
        own = self.bundle(need)
        first = self._holding([self._problem.option_of[need, option]])

        def beside(ring: list[str]) -> list[str]:
            return [other for mate in ring for other in self._beside(mate)]

        def admit(inside: list[str], fresh: list[str]) -> list[str]:
            admitted: list[str] = []
            for neighbour in fresh:
                bundle = self.bundle(neighbour)
                if neighbour not in admitted and len(inside) + len(admitted) + len(bundle) <= most_needs:
                    admitted += bundle
            return admitted

        return set(grow(own, [*first, *beside(list(own))], beside, admit))

    def _beside(self, need: str) -> list[str]:
        return self._rivals.get(need, []) + self._holding(self._problem.need_of[need].options)

    def _holding(self, options: Iterable[Option]) -> list[str]:
        return [
            holder
            for option in options
            for unit, interval in _claimed(option)
            for held, holder in self._holders.get(unit, ())
            if held.start < interval.end and interval.start < held.end
        ]


def _claimed(option: Option) -> list[tuple[str, Interval]]:
    return [(claim.unit, interval) for claim in option.claims for interval in claim.during]
