"""What another choice would cost: the best plan that makes it, found by solving again near by."""

from collections.abc import Callable
from dataclasses import replace
from typing import Literal

import numpy as np

from matching.arrays.arrays import Ints
from matching.arrays.conversion import arrays_of
from matching.explain.loss import IMPOSSIBLE, UNKNOWN, Loss, WhyUnserved, changes
from matching.explain.region import Components, Surroundings, restricted
from matching.mip import cp_sat
from matching.mip.block_mip import BlockMip
from matching.mip.limits import Limits
from matching.model.formulation import formulate
from matching.model.incumbent import matches_of
from matching.model.integer_program import IntegerProgram
from matching.problem.checker import Worth, worth_by_need
from matching.problem.needs import Match
from matching.problem.problem import Problem

WORK_LIMIT = 60.0
"""Deterministic seconds after which a question is left without a proof."""


class Region:
    """The whole of a problem as one block; no plan is known to start from."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self._arrays = arrays_of(problem)
        self._f = f = formulate(self._arrays, equals=True)
        self._need = {need.id: position for position, need in enumerate(problem.needs)}
        self._program = IntegerProgram(
            formulation=f,
            bundles=np.arange(f.needs.bundles),
            columns=np.arange(len(f.columns)),
            score=f.columns.score,
            value=f.needs.value,
            capacity=f.matrix.capacity,
            amounts=np.zeros(len(f.columns), dtype=np.int64),
        )
        self._block = self._program.mip(WORK_LIMIT, problem.seed)

    def column(self, need: str, option: str) -> int | None:
        """The column of an option; None if it can never be taken."""
        if need not in self._need:
            return None
        position = self._need[need]
        options = [other.id for other in self.problem.needs[position].options]
        if option not in options:
            return None
        wanted = int(self._arrays.option_from[position]) + options.index(option)
        found = np.flatnonzero(self._f.columns.option == wanted)
        return int(found[0]) if len(found) else None

    def taking(self, need: str, option: str, amount: int | None = None) -> BlockMip | None:
        """The block where so much of the option must be taken (None: something); None if it can never be."""
        column = self.column(need, option)
        if column is None or amount is None:
            return None if column is None else self._requiring(np.array([column]))
        return self._requiring(np.array([column]), amount // int(self._f.needs.size[self._f.columns.owner[column]]))

    def serving(self, need: str) -> BlockMip | None:
        """The block where the need must be served; None if it can never be."""
        found = np.flatnonzero(self._f.needs.need == self._need[need])
        if not len(found):
            return None
        return self._requiring(np.arange(self._f.needs.column_from[found[0]], self._f.needs.column_from[found[0] + 1]))

    def gains(self, values: Ints) -> bool:
        """Whether the values of the block's variables gain anything beyond what is fixed."""
        return int(self._block.gain @ values) > 0

    def matches(self, values: Ints) -> tuple[Match, ...]:
        """The matches that the values say, the fixed ones included."""
        return matches_of(self._f, self._program.taken(values))

    def _requiring(self, columns: Ints, amount: int | None = None) -> BlockMip:
        """The block with a further row: so much of these columns in all, or something of them."""
        block, count = self._block, len(columns)
        return replace(
            block,
            least=np.append(block.least, 1 if amount is None else amount),
            most=np.append(block.most, block.upper[columns].sum() if amount is None else amount),
            row=np.append(block.row, np.full(count, len(block.most))),
            column=np.append(block.column, columns),
            entry=np.append(block.entry, np.ones(count, dtype=np.int64)),
        )


class Losses:
    """Losses against the given matches, which must be a right plan.

    Of the needs that a choice could touch, however indirectly, all may give way, and the loss is exact, if they have at
    most `whole_options` options. Else only `most_needs` around the choice are free and the rest stays as it is, so that
    the loss is a limit.
    """

    def __init__(
        self, problem: Problem, matches: tuple[Match, ...], limits: Limits, whole_options: int, most_needs: int
    ) -> None:
        self._problem = problem
        self._matches = matches
        self._limits = limits
        self._whole_options = whole_options
        self._components = Components(problem)
        self._regions: dict[int, Region | None] = {}
        self._most_needs = most_needs
        self._surroundings = Surroundings(problem, matches)

    def of_taking(self, need: str, option: str, amount: int | None = None) -> Loss:
        """The loss of the best plan that takes this option for the need: so much of it, or something (None)."""
        return self._least(need, option, lambda region: region.taking(need, option, amount))

    def of_serving(self, need: str) -> Loss:
        """The loss of the best plan that serves the need, by whatever option."""
        options = self._problem.need_of[need].options
        return self._least(need, options[0].id, lambda region: region.serving(need)) if options else IMPOSSIBLE

    def why_unserved(self, need: str) -> WhyUnserved:
        """Whether the need could be served, with its bundle, where all but the fixed matches give way."""
        region = self._alone(need)
        asked = region.serving(need)
        if asked is None:
            return "no_option"
        found = cp_sat.search(asked, self._limits)
        match found.end:
            case "impossible":
                return "no_option"
            case "limit" if found.values is None:
                return "unknown"
            case _:
                return "lost_to_others" if found.values is not None and region.gains(found.values) else "not_worth_it"

    def _around(self, need: str, option: str) -> Region:
        inside = self._surroundings.around(need, option, self._most_needs)
        return Region(restricted(self._problem, self._matches, inside))

    def _alone(self, need: str) -> Region:
        inside = set(self._surroundings.bundle(need))
        return Region(restricted(self._problem, self._problem.fixed, inside))

    def _least(self, need: str, option: str, asked: Callable[[Region], BlockMip | None]) -> Loss:
        """The loss of the best plan that does what is asked, in all that could be touched by it or only near by."""
        if self._limits.ended():
            return UNKNOWN
        whole = self._whole(need)
        region = whole or self._around(need, option)
        block = asked(region)
        if block is None:
            return IMPOSSIBLE if whole or asked(self._alone(need)) is None else UNKNOWN
        found = cp_sat.search(block, self._limits)
        if found.values is not None:
            return self._loss(need, region, found.values, "exact" if whole and found.end == "proven" else "at_most")
        return IMPOSSIBLE if whole and found.end == "impossible" else UNKNOWN

    def _whole(self, need: str) -> Region | None:
        """All that what is done for the need could touch; None if that is too much."""
        component = self._components.of(need)
        if component not in self._regions:
            inside = self._components.needs(component)
            options = sum(len(self._problem.need_of[other].options) for other in inside)
            fits = options <= self._whole_options
            self._regions[component] = Region(restricted(self._problem, self._matches, inside)) if fits else None
        return self._regions[component]

    def _loss(self, need: str, region: Region, values: Ints, kind: Literal["exact", "at_most"]) -> Loss:
        problem = region.problem
        before = [match for match in self._matches if (match.need, match.option) in problem.option_of]
        after = region.matches(values)
        was, now = worth_by_need(problem, before), worth_by_need(problem, after)
        lost = {other: was.get(other, Worth()).total - now.get(other, Worth()).total for other in {**was, **now}}
        amount = sum(lost.values())
        moved, fell, rose = changes(problem, before, after)
        return Loss(
            kind=kind,
            amount=amount,
            to_others=amount - lost[need],
            by_need={other: points for other, points in lost.items() if points},
            moved=tuple(other for other in moved if other != need),
            fell=tuple(other for other in fell if other != need),
            rose=tuple(other for other in rose if other != need),
        )
