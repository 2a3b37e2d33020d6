"""The variables of a program: what there is to say of its bundles, needs and columns, and where each stands.

First the amount of every column. Where that does not yet say which bundles are served, a variable `served` for each of
those; for each column of a need of several parts whether it is `taken` at all; and for each such need that could be as
the previous plan had it whether that is `kept`.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from matching.arrays.arrays import Bools, Ints
from matching.model.formulation import Formulation


@dataclass(frozen=True, eq=False)
class Variables:
    """The variables for some bundles of a formulation and those of their columns that may be taken, both ascending.

    Properties are by bundle, need or column here, or places among those; `served`, `taken` and `kept` are variables.
    """

    formulation: Formulation
    bundles: Ints
    columns: Ints

    @cached_property
    def needs(self) -> Ints:
        """The needs of the bundles, by position in the formulation."""
        return self.formulation.needs.of_bundles(self.bundles)[0]

    @cached_property
    def bundle(self) -> Ints:
        """The bundle of each need."""
        return self.formulation.needs.of_bundles(self.bundles)[1]

    @cached_property
    def owner(self) -> Ints:
        """The need of each column."""
        return np.searchsorted(self.needs, self.formulation.columns.owner[self.columns])

    @cached_property
    def single(self) -> Bools:
        """The needs that take all of one column."""
        return self.formulation.needs.single[self.needs]

    @cached_property
    def alone(self) -> Bools:
        """The needs whose columns say by themselves whether they are served: of one part and a bundle of their own."""
        alone: Bools = self.single & (np.bincount(self.bundle)[self.bundle] == 1)
        return alone

    @cached_property
    def wanted(self) -> Bools:
        """The columns that the previous plan took."""
        return self.formulation.columns.wanted[self.columns]

    @cached_property
    def incomplete(self) -> Bools:
        """The needs that cannot be as they were because some column of the previous plan is not here."""
        there = np.bincount(self.owner[self.wanted], minlength=len(self.needs))
        return self.formulation.needs.stable[self.needs] > there

    @cached_property
    def multipart(self) -> Ints:
        """The columns of needs of several parts."""
        return np.flatnonzero(~self.single[self.owner])

    @cached_property
    def may_keep(self) -> Ints:
        """The needs of several parts that could be as they were, and gain by it."""
        stable = self.formulation.needs.stable[self.needs]
        return np.flatnonzero(~self.single & (stable > 0) & (self.formulation.stability > 0))

    @cached_property
    def served(self) -> Ints:
        """Whether each bundle is served, or -1 where a column says so."""
        has_own = np.ones(len(self.bundles), dtype=bool)
        has_own[self.bundle[self.alone]] = False
        return np.where(has_own, np.cumsum(has_own) - 1 + len(self.columns), -1)

    @cached_property
    def taken(self) -> Ints:
        """Whether anything is taken of each multipart column."""
        return np.arange(len(self.multipart)) + len(self.columns) + np.count_nonzero(self.served >= 0)

    @cached_property
    def kept(self) -> Ints:
        """Whether each need takes exactly what it took before, or -1 where that is not asked."""
        kept = np.full(len(self.needs), -1, dtype=np.int64)
        first = len(self.columns) + np.count_nonzero(self.served >= 0) + len(self.multipart)
        kept[self.may_keep] = np.arange(len(self.may_keep)) + first
        return kept

    @cached_property
    def upper(self) -> Ints:
        """The most that each variable can be."""
        others = np.count_nonzero(self.served >= 0) + len(self.multipart) + len(self.may_keep)
        return np.concatenate((self.formulation.columns.most[self.columns], np.ones(others, dtype=np.int64)))

    def values(self, amounts: Ints) -> Ints:
        """What all variables are when these amounts are taken of the columns."""
        taken = amounts > 0
        served = np.zeros(len(self.bundles), dtype=np.int64)
        served[self.bundle[self.owner[taken]]] = 1
        strayed = np.bincount(self.owner, taken != self.wanted, len(self.needs)) > 0
        kept = (~strayed & ~self.incomplete)[self.may_keep]
        return np.concatenate((amounts, served[self.served >= 0], taken[self.multipart], kept)).astype(np.int64)
