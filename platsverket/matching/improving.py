"""Blocks that better the plan: some bundles free, the rest as it stands."""

from dataclasses import dataclass

import numpy as np

from platsverket.matching import segments
from platsverket.matching.arrays import Bools, Ints
from platsverket.matching.block import Answer, Block
from platsverket.matching.formulation import Formulation
from platsverket.matching.program import Program
from platsverket.matching.response import Response
from platsverket.matching.standing import Standing


def columns_of(formulation: Formulation, bundles: Ints) -> Ints:
    """All columns of the bundles, ascending if those are."""
    f = formulation
    low, high = f.bundle_from[bundles], f.bundle_from[bundles + 1]
    return segments.places(f.column_from[low], f.column_from[high])[0]


def ranks(formulation: Formulation, response: Response[np.int64]) -> Ints:
    """The place of every column among those of its need, by what it is worth for each one taken after prices."""
    f = formulation
    order = np.lexsort((-response.net, f.owner))
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = segments.ranks(f.column_from)
    return rank


@dataclass(frozen=True, slots=True)
class Opportunity:
    """Some bundles of a standing that could be served otherwise, by the columns that look best."""

    standing: Standing
    bundles: Ints
    program: Program

    @classmethod
    def among(cls, standing: Standing, bundles: Ints, promising: Bools) -> "Opportunity":
        """Free the bundles; of their columns those promising, taken now or taken before may be taken."""
        f = standing.formulation
        columns = columns_of(f, bundles)
        room = standing.room_without(bundles)
        now = standing.amounts[columns]
        useful = (promising[columns] | f.wanted[columns] | (now > 0)) & fitting(f, columns, room)
        columns = columns[useful]
        return cls(standing, bundles, Program(f, bundles, columns, f.score[columns], f.value, room, now[useful]))

    def block(self, effort: float, seed: int) -> Block:
        """The question as it is sent."""
        return self.program.block(effort, seed)

    def take(self, answer: Answer) -> bool:
        """Change the standing as the answer says where that fits and gains; whether it changed."""
        part = answer.part[: len(self.program.columns)]
        if self._change(np.ones(len(part), dtype=bool), answer):
            return True
        if len(np.unique(part)) == 1:
            return False
        # Others have changed the standing meanwhile: some parts may still fit.
        differing = np.unique(part[self.program.taken(answer.values) != self.program.amounts])
        changed = [self._change(part == one, answer) for one in differing]
        return any(changed)

    def _change(self, within: Bools, answer: Answer) -> bool:
        f, standing = self.standing.formulation, self.standing
        columns = self.program.columns[within]
        bundle = np.searchsorted(f.bundle_from, f.owner[columns], side="right") - 1
        bundles = np.unique(bundle)
        every = columns_of(f, bundles)
        amounts = np.zeros(len(every), dtype=np.int64)
        amounts[np.searchsorted(every, columns)] = self.program.taken(answer.values)[within]
        before, former = standing.amounts[every], standing.gain(bundles)
        if (amounts == before).all() or not standing.change(every, amounts):
            return False
        if standing.gain(bundles) > former:
            return True
        standing.change(every, before)
        return False


def fitting(formulation: Formulation, columns: Ints, room: Ints) -> Bools:
    """Which of the columns there is room for at all."""
    f = formulation
    cell, column = segments.places(f.cell_from[columns], f.cell_from[columns + 1])
    short = segments.minima(room, f.low[cell], f.high[cell], np.iinfo(np.int64).max) < f.load[cell]
    fits = np.ones(len(columns), dtype=bool)
    fits[column[short]] = False
    return fits
