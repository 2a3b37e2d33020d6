"""What a run has by now: the best plan and the best bound, and what its blocks are made from."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from matching.arrays.arrays import Ints
from matching.dual.multipliers import Pricing
from matching.mip.block_mip import Answer, Block
from matching.model.formulation import Formulation
from matching.model.incumbent import Standing
from matching.params import SEARCH_DEFAULTS, SearchParams
from matching.search.neighborhood import Opportunity
from matching.search.partition import Places, places


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


class Search:
    """The plan in the making with its `value`, prices, and the best `bound`.

    `spent` and `repriced` are the deterministic seconds that went into blocks and, of these, into prices; `covered` is
    how often all needs have been in a block.
    """

    def __init__(self, formulation: Formulation, seed: int, params: SearchParams = SEARCH_DEFAULTS) -> None:
        self.formulation = formulation
        self.seed = seed
        self.params = params
        self.random = np.random.default_rng(seed)
        self.standing = Standing(formulation)
        self.pricing = Pricing(formulation, params)
        self.value = formulation.base
        self.bound = self.pricing.bound
        self.spent = self.repriced = self.covered = 0.0

    @cached_property
    def where(self) -> Places:
        """Where units and bundles are."""
        return places(self.formulation, self.random, self.params.spatial.smoothing)

    @property
    def needs_of(self) -> Ints:
        """How many needs each bundle has."""
        return np.diff(self.formulation.bundle_from)

    def lower(self, bound: int) -> None:
        """Note what no plan is worth more than."""
        self.bound = min(self.bound, bound)

    def cover(self, bundles: Ints) -> int:
        """Count bundles as covered; how many needs they have."""
        needs = int(self.needs_of[bundles].sum())
        self.covered += needs / len(self.formulation.need)
        return needs

    def take(self, opportunity: Opportunity, answer: Answer) -> int:
        """Let the plan be as the answer says where that fits and gains; what it gained."""
        before = self.standing.gain(opportunity.bundles)
        if not opportunity.take(answer):
            return 0
        gained = self.standing.gain(opportunity.bundles) - before
        self.value += gained
        return gained

    def effort(self, turn: int) -> float:
        """More with every cut, but no large share of all that has been spent: others may gain more by it."""
        mip = self.params.mip
        return min(mip.work_limit * 2.0 ** min(turn, mip.doublings), max(mip.work_limit, mip.most_work * self.spent))

    def question(self, opportunity: Opportunity, effort: float, *, quick: bool = False) -> Block:
        """What is better, as it is sent."""
        mip = self.params.mip
        batch = mip.no_presolve_batch_variables if quick else mip.batch_variables
        return replace(opportunity.block(effort, self.seed, quick=quick), batch=batch)

    def work_of(self, block: Block, answer: Answer) -> float:
        """Deterministic seconds that went into an answer."""
        return answer.work + self.params.mip.work_per_variable * len(block.gain)
