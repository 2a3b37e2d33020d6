"""What a search has by now: the incumbent, the best bound, and what its blocks are made from."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from matching.arrays.arrays import Ints
from matching.dual.multipliers import Multipliers
from matching.mip.block_mip import BlockMip, MipResult
from matching.model.formulation import Formulation
from matching.model.incumbent import Incumbent
from matching.params.search import SEARCH_DEFAULTS, SearchParams
from matching.search.neighborhood import Neighborhood
from matching.search.partition import Positions, positions


@dataclass(frozen=True, slots=True)
class Progress:
    """The best so far: its worth, what no plan can exceed, needs served, seconds since the start, blocks solved."""

    value: int
    bound: int
    served: int
    seconds: float
    blocks: int = 0

    @property
    def gap(self) -> float:
        """The share of the bound that may still be gained, from 0."""
        return (self.bound - self.value) / max(1, abs(self.bound))


class SearchState:
    """The incumbent, multipliers and the best bound.

    Attributes
    ----------
    value, bound
        What the incumbent is worth, and what no plan is worth more than, in points.
    work, ascent_work
        Deterministic seconds that went into blocks and, of these, into the ascent of the dual.
    sweeps
        Sweeps of the blocks over all needs: needs that were in a block, as a multiple of all.
    """

    def __init__(self, formulation: Formulation, seed: int, params: SearchParams = SEARCH_DEFAULTS) -> None:
        self.formulation = formulation
        self.seed = seed
        self.params = params
        self.random = np.random.default_rng(seed)
        self.incumbent = Incumbent(formulation)
        self.multipliers = Multipliers(formulation, params)
        self.value = formulation.base
        self.bound = self.multipliers.bound
        self.work = self.ascent_work = self.sweeps = 0.0

    @cached_property
    def positions(self) -> Positions:
        """Where units and bundles are, in a plane."""
        return positions(self.formulation, self.random, self.params.spatial.smoothing)

    @property
    def needs_of(self) -> Ints:
        """How many needs each bundle has, (bundles,)."""
        return np.diff(self.formulation.needs.bundle_from)

    def lower(self, bound: int) -> None:
        """Note what no plan is worth more than."""
        self.bound = min(self.bound, bound)

    def sweep(self, bundles: Ints) -> int:
        """Count bundles as in a block; how many needs they have."""
        needs = int(self.needs_of[bundles].sum())
        self.sweeps += needs / len(self.formulation.needs)
        return needs

    def take(self, neighborhood: Neighborhood, result: MipResult) -> int:
        """Let the incumbent be as the result says where that fits and gains; the points gained."""
        before = self.incumbent.gain(neighborhood.bundles)
        if not neighborhood.take(result):
            return 0
        gained = self.incumbent.gain(neighborhood.bundles) - before
        self.value += gained
        return gained

    def work_limit(self, turn: int) -> float:
        """Deterministic seconds for each component of a block: more every turn, but no large share of all work."""
        mip = self.params.mip
        return min(mip.work_limit * 2.0 ** min(turn, mip.doublings), max(mip.work_limit, mip.most_work * self.work))

    def mip(self, neighborhood: Neighborhood, work_limit: float, *, no_presolve: bool = False) -> BlockMip:
        """The MIP for a better plan of a neighborhood, as it is sent."""
        mip = self.params.mip
        batch = mip.no_presolve_batch_variables if no_presolve else mip.batch_variables
        return replace(neighborhood.mip(work_limit, self.seed), no_presolve=no_presolve, batch_variables=batch)

    def work_of(self, mip: BlockMip, result: MipResult) -> float:
        """Deterministic seconds that went into a result."""
        return result.work + self.params.mip.work_per_variable * len(mip.gain)
