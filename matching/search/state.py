"""What a run has by now: the best plan and the best bound, and what its blocks are made from."""

from functools import cached_property

import numpy as np

from matching.arrays.arrays import Ints
from matching.dual.multipliers import Pricing
from matching.mip.block_mip import Answer, Block
from matching.model.formulation import Formulation
from matching.model.incumbent import Standing
from matching.search.neighborhood import Opportunity
from matching.search.partition import Places, places

EFFORT, DOUBLED, SHARE = 0.03, 8, 0.1
"""Deterministic seconds for each part of a block, how often they are doubled, once with every cut, and the share of all
spent so far that one may take."""
OVERHEAD = 2e-5
"""Deterministic seconds that each variable of a block costs besides solving."""


def work_of(block: Block, answer: Answer) -> float:
    """Deterministic seconds that went into an answer."""
    return answer.work + OVERHEAD * len(block.gain)


class Search:
    """The plan in the making with its `value`, prices, and the best `bound`.

    `spent` and `repriced` are the deterministic seconds that went into blocks and, of these, into prices; `covered` is
    how often all needs have been in a block.
    """

    def __init__(self, formulation: Formulation, seed: int) -> None:
        self.formulation = formulation
        self.seed = seed
        self.random = np.random.default_rng(seed)
        self.standing = Standing(formulation)
        self.pricing = Pricing(formulation)
        self.value = formulation.base
        self.bound = self.pricing.bound
        self.spent = self.repriced = self.covered = 0.0

    @cached_property
    def where(self) -> Places:
        """Where units and bundles are."""
        return places(self.formulation, self.random)

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
        return min(EFFORT * 2.0 ** min(turn, DOUBLED), max(EFFORT, SHARE * self.spent))
