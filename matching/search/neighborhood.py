"""Neighborhoods of the incumbent: some bundles free, the rest as it is."""

from dataclasses import dataclass

import numpy as np

from matching.arrays import segments
from matching.arrays.arrays import Bools, Ints
from matching.mip.block_mip import BlockMip, MipResult
from matching.model.formulation import Formulation, columns_of
from matching.model.incumbent import Incumbent
from matching.model.integer_program import IntegerProgram
from matching.model.restriction import restrict


def ranks(owner: Ints, worth: Ints) -> Ints:
    """The place of each of some columns, ascending, among those of its need by what it is worth."""
    start = np.append(np.flatnonzero(np.diff(owner, prepend=-1)), len(owner))
    rank = np.empty(len(owner), dtype=np.int64)
    rank[np.lexsort((-worth, owner))] = segments.ranks(start)
    return rank


@dataclass(frozen=True, slots=True)
class Neighborhood:
    """Some bundles of an incumbent that could be served otherwise, by those of their columns that may be taken.

    `bundles`, `needs` and `columns` are by position in the formulation; the program has them as one of its own.
    """

    incumbent: Incumbent
    bundles: Ints
    needs: Ints
    columns: Ints
    program: IntegerProgram

    @classmethod
    def of(cls, incumbent: Incumbent, bundles: Ints, columns: Ints) -> "Neighborhood":
        """Free some bundles; of these columns those that fit may be taken.

        Parameters
        ----------
        bundles
            By position, ascending, (bundles here,).
        columns
            Of these bundles, by position, ascending, (columns here,); all that are taken now must be among them.
        """
        f = incumbent.formulation
        needs, _ = f.needs.of_bundles(bundles)
        restricted = restrict(
            incumbent, needs, f.needs.bundle_from[bundles + 1] - f.needs.bundle_from[bundles], columns
        )
        kept = np.flatnonzero(_fitting(restricted))
        program = IntegerProgram(
            formulation=restricted,
            bundles=np.arange(len(bundles)),
            columns=kept,
            score=restricted.columns.score[kept],
            value=restricted.needs.value,
            capacity=restricted.matrix.capacity,
            amounts=incumbent.amounts[columns[kept]],
        )
        return cls(incumbent, bundles, needs, columns[kept], program)

    @classmethod
    def among(cls, incumbent: Incumbent, bundles: Ints, worth: Ints, most: int) -> "Neighborhood":
        """Free the bundles; of each need's columns so many worth most may be taken, and those taken now or before.

        `worth` is (columns,) of the formulation.
        """
        f, columns = incumbent.formulation, columns_of(incumbent.formulation, bundles)
        best = ranks(f.columns.owner[columns], worth[columns]) < most
        return cls.of(incumbent, bundles, columns[best | f.columns.wanted[columns] | (incumbent.amounts[columns] > 0)])

    def mip(self, work_limit: float, seed: int) -> BlockMip:
        """The MIP for a better plan, as it is sent; `work_limit` in deterministic seconds."""
        return self.program.mip(work_limit, seed)

    def take(self, result: MipResult) -> bool:
        """Change the incumbent as the result says where that fits and gains; whether it changed."""
        component = result.component[: len(self.columns)]
        if self._change(np.ones(len(component), dtype=bool), result):
            return True
        if len(np.unique(component)) == 1:
            return False
        # Others have changed the incumbent meanwhile: some components may still fit.
        differing = np.unique(component[self.program.taken(result.values) != self.program.amounts])
        changed = [self._change(component == one, result) for one in differing]
        return any(changed)

    def _change(self, within: Bools, result: MipResult) -> bool:
        f, incumbent = self.incumbent.formulation, self.incumbent
        columns = self.columns[within]
        bundle = np.searchsorted(f.needs.bundle_from, f.columns.owner[columns], side="right") - 1
        bundles = np.unique(bundle)
        every = columns_of(f, bundles)
        amounts = np.zeros(len(every), dtype=np.int64)
        amounts[np.searchsorted(every, columns)] = self.program.taken(result.values)[within]
        before, former = incumbent.amounts[every], incumbent.gain(bundles)
        if (amounts == before).all() or not incumbent.change(every, amounts):
            return False
        if incumbent.gain(bundles) > former:
            return True
        incumbent.change(every, before)
        return False


def _fitting(f: Formulation) -> Bools:
    """The columns that there is capacity for at all."""
    m = f.matrix
    short = segments.minima(m.capacity, m.low, m.high, np.iinfo(np.int64).max) < m.load
    fits = np.ones(len(f.columns), dtype=bool)
    fits[m.column[short]] = False
    return fits
