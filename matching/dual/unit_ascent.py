"""Dual ascent with units solved exactly: what each need pays for a place goes up where several units would serve it.

The Lagrangian decomposition with a block for every unit is the bound of Dantzig and Wolfe once needs pay the best for
what they take, as whole schedules of units are then what is convexified; where a unit is a knapsack over time, people
above all, that is far below what multipliers of rows can prove (Caprara, Furini, Malaguti, Uncommon Dantzig-Wolfe
reformulation for the temporal knapsack problem, INFORMS Journal on Computing 25, 2013). The best is neared by
subgradients instead of a master program, as that takes a quarter of the pricing (Held, Karp 1971), with the steps of
Adam (Kingma, Ba 2015).
"""

import numpy as np

from matching.arrays import segments
from matching.arrays.arrays import Bools, Floats, Ints
from matching.dual.decomposition import INDIFFERENT, BlockBound, LagrangianDecomposition
from matching.dual.multipliers import Multipliers
from matching.mip.block_mip import BlockMip, MipResult
from matching.model.formulation import Formulation
from matching.model.incumbent import Incumbent
from matching.params.dual import UnitAscentParams
from matching.params.search import SEARCH_DEFAULTS


class UnitAscent:
    """What the needs of some units pay, pass by pass; in a pass each unit is solved once at what they pay then.

    Attributes
    ----------
    relaxation
        The decomposition of this pass.
    average
        By column the share of the passes, the last above all, in which its unit took it, (columns,).
    passes
        How many there were.
    share
        Of the needs, those that it is about at first.
    """

    def __init__(
        self, incumbent: Incumbent, multipliers: Multipliers, params: UnitAscentParams = SEARCH_DEFAULTS.unit_ascent
    ) -> None:
        self._incumbent, self._multipliers, self._params = incumbent, multipliers, params
        self._f = f = incumbent.formulation
        self._usual = np.maximum(1, np.abs(f.needs.value) / f.needs.missing) * multipliers.scale
        self._block = np.where(knapsacks(f), np.arange(len(f.arrays.capacity)), -1)
        self._size, self._since = params.first_step, 0
        self._start_averages()
        self.average: Floats = np.zeros(len(f.columns))
        self.passes = 0
        self._begin(np.full(len(f.needs), INDIFFERENT))
        self._best = self.relaxation
        self.share = float(self._here.mean()) if len(self._here) else 0.0

    def batches(self) -> list[Ints]:
        """The units to solve in this pass, (units here,) each; none if nothing could come of it."""
        useful = [number for number, block in enumerate(self.relaxation.blocks) if len(block.columns)]
        if not useful or self._size < self._params.last_step:
            return []
        return np.array_split(np.array(useful), -(-len(useful) // self._params.units))

    def mip(self, units: Ints, seed: int) -> BlockMip:
        """The block for the most of these units."""
        return self.relaxation.pricing(self._blocks(self.relaxation, units), seed)

    def take(self, relaxation: LagrangianDecomposition, units: Ints, result: MipResult) -> None:
        """Keep what the result proves of the units, and what they took, if it is of this pass."""
        blocks = self._blocks(relaxation, units)
        columns = np.concatenate([block.columns for block in blocks])
        place = np.repeat(np.arange(len(blocks)), [len(block.columns) for block in blocks])
        component, first = np.unique(result.component, return_index=True)
        proven = np.zeros(len(blocks), dtype=np.int64)
        np.add.at(proven, place[first], result.bounds[component])
        reached = np.bincount(place, relaxation.gain[columns] * result.values, len(blocks))
        for number, block in enumerate(blocks):
            block.proven = min(block.proven, int(proven[number]))
        if relaxation is self.relaxation:
            self._taken[columns] = result.values
            if result.interrupted is None:
                self._block[units[proven > reached]] = -1  # too much fits into them

    def step(self) -> None:
        """Let needs pay more where several units took them, and less where none did; a pass is over.

        Where several passes have not lowered the bound, it goes on from the best of them by smaller steps.
        """
        params, relaxation = self._params, self.relaxation
        self.passes += 1
        self._since += 1
        self._size *= params.shrinking
        self.average += params.averaging * (self._taken / self._f.columns.most - self.average)
        if relaxation.bound < self._best.bound or self.passes == 1:
            self._best, self._since = relaxation, 0
        change = self._change()
        if self._since == params.patience:
            self._size *= params.backing
            self._since, relaxation, change = 0, self._best, np.zeros_like(change)
            self._start_averages()
        self._begin(np.where(self._here, np.rint(relaxation.pays - change).astype(np.int64), INDIFFERENT))

    def _change(self) -> Floats:
        """By how much less each need is to pay, (needs,), in points × scale."""
        f, params, relaxation = self._f, self._params, self.relaxation
        served = segments.sums(relaxation.value + f.needs.missing * relaxation.pays, f.needs.bundle_from) > 0
        taken = np.bincount(f.columns.owner, self._taken, len(f.needs))
        gradient = (served[f.needs.bundle] * f.needs.missing - taken) * self._here
        self._averaged += 1
        self._mean += (1 - params.memory) * (gradient - self._mean)
        self._square += (1 - params.memory) * (gradient * gradient - self._square)
        correction = 1 - params.memory**self._averaged  # of the bias of averages that began at 0
        steps: Floats = (self._mean / correction) / (np.sqrt(self._square / correction) + 1e-8)
        warmth = min(1.0, self._averaged / params.warming)  # one gradient alone says little
        return self._usual * self._size * warmth * steps

    def _start_averages(self) -> None:
        self._averaged, self._mean, self._square = 0, np.zeros(len(self._f.needs)), np.zeros(len(self._f.needs))

    def _begin(self, pays: Ints) -> None:
        m, f = self._multipliers, self._f
        self.relaxation = LagrangianDecomposition(
            self._incumbent, m.solution, m.values, m.scale, self._block, pays=pays
        )
        self._here = np.zeros(len(f.needs), dtype=bool)  # which needs it is about
        self._here[f.columns.owner[self.relaxation.of_column >= 0]] = True
        self._taken = np.zeros(len(f.columns), dtype=np.int64)

    @staticmethod
    def _blocks(relaxation: LagrangianDecomposition, units: Ints) -> list[BlockBound]:
        return [relaxation.blocks[unit] for unit in units.tolist()]


def knapsacks(f: Formulation) -> Bools:
    """The units that columns, taken once at most, claim different shares of at a time, (units,)."""
    m = f.matrix
    entry = np.flatnonzero((m.high > m.low) & (m.low < m.cuts_from))
    unit, column = m.unit[m.low[entry]], m.column[entry]
    found = np.zeros(len(f.arrays.capacity), dtype=bool)
    found[unit[m.load[entry] > 1]] = True
    found[unit[f.columns.most[column] > 1]] = False
    return found
