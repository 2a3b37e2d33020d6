"""Blocks that better the plan: some bundles free, the rest as it stands."""

from dataclasses import dataclass, replace

import numpy as np

from matching.arrays import segments
from matching.arrays.arrays import Bools, Ints
from matching.mip.block_mip import Answer, Block
from matching.model.formulation import Formulation, columns_of
from matching.model.incumbent import Standing
from matching.model.integer_program import Program
from matching.model.restriction import enclosed


def ranks(owner: Ints, worth: Ints) -> Ints:
    """The place of each of some columns, ascending, among those of its need by what it is worth."""
    start = np.append(np.flatnonzero(np.diff(owner, prepend=-1)), len(owner))
    rank = np.empty(len(owner), dtype=np.int64)
    rank[np.lexsort((-worth, owner))] = segments.ranks(start)
    return rank


@dataclass(frozen=True, slots=True)
class Opportunity:
    """Some bundles of a standing that could be served otherwise, by those of their columns that may be taken.

    `needs` and `columns` are by position in the formulation; the program has them as a formulation of their own.
    """

    standing: Standing
    bundles: Ints
    needs: Ints
    columns: Ints
    program: Program

    @classmethod
    def of(cls, standing: Standing, bundles: Ints, columns: Ints) -> "Opportunity":
        """Free the bundles, ascending; of these columns, all that are taken now among them, those that fit may be."""
        f = standing.formulation
        low, high = f.bundle_from[bundles], f.bundle_from[bundles + 1]
        needs = segments.places(low, high)[0]
        part = enclosed(standing, needs, high - low, columns)
        kept = np.flatnonzero(_fitting(part))
        now = standing.amounts[columns[kept]]
        program = Program(part, np.arange(len(bundles)), kept, part.score[kept], part.value, part.capacity, now)
        return cls(standing, bundles, needs, columns[kept], program)

    @classmethod
    def among(cls, standing: Standing, bundles: Ints, worth: Ints, most: int) -> "Opportunity":
        """Free the bundles; of each need's columns so many worth most may be taken, and those taken now or before.

        `worth` is by column of the formulation.
        """
        f, columns = standing.formulation, columns_of(standing.formulation, bundles)
        promising = ranks(f.owner[columns], worth[columns]) < most
        return cls.of(standing, bundles, columns[promising | f.wanted[columns] | (standing.amounts[columns] > 0)])

    def block(self, effort: float, seed: int, *, quick: bool = False) -> Block:
        """The question as it is sent."""
        return replace(self.program.block(effort, seed), quick=quick)

    def take(self, answer: Answer) -> bool:
        """Change the standing as the answer says where that fits and gains; whether it changed."""
        part = answer.part[: len(self.columns)]
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
        columns = self.columns[within]
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


def _fitting(f: Formulation) -> Bools:
    """The columns that there is room for at all."""
    short = segments.minima(f.capacity, f.low, f.high, np.iinfo(np.int64).max) < f.load
    fits = np.ones(len(f.option), dtype=bool)
    fits[np.repeat(np.arange(len(fits)), np.diff(f.cell_from))[short]] = False
    return fits
