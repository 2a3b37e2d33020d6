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

    Bundles, needs and columns "here" are those of this program, by place from 0. Most properties say something of each
    of them or name places among them; `served`, `taken` and `kept` hold numbers of variables.
    """

    formulation: Formulation
    bundles: Ints
    columns: Ints

    @cached_property
    def needs(self) -> Ints:
        """The needs of the bundles, by position in the formulation, (needs here,)."""
        return self.formulation.needs.of_bundles(self.bundles)[0]

    @cached_property
    def bundle(self) -> Ints:
        """The bundle here of each need, (needs here,)."""
        return self.formulation.needs.of_bundles(self.bundles)[1]

    @cached_property
    def owner(self) -> Ints:
        """The need here of each column, (columns here,)."""
        return np.searchsorted(self.needs, self.formulation.columns.owner[self.columns])

    @cached_property
    def single(self) -> Bools:
        """Which needs take all of one column, (needs here,)."""
        return self.formulation.needs.single[self.needs]

    @cached_property
    def alone(self) -> Bools:
        """Which needs have columns that say whether they are served, (needs here,): of one part and a bundle alone."""
        alone: Bools = self.single & (np.bincount(self.bundle)[self.bundle] == 1)
        return alone

    @cached_property
    def wanted(self) -> Bools:
        """Which columns the previous plan took, (columns here,)."""
        return self.formulation.columns.wanted[self.columns]

    @cached_property
    def incomplete(self) -> Bools:
        """Which needs, (needs here,), cannot be as they were: some column of the previous plan is not here."""
        there = np.bincount(self.owner[self.wanted], minlength=len(self.needs))
        return self.formulation.needs.stable[self.needs] > there

    @cached_property
    def multipart(self) -> Ints:
        """The columns here of needs of several parts, by place, (multipart,)."""
        return np.flatnonzero(~self.single[self.owner])

    @cached_property
    def may_keep(self) -> Ints:
        """The needs here of several parts that could be as they were, and gain by it, by place, (may keep,)."""
        stable = self.formulation.needs.stable[self.needs]
        return np.flatnonzero(~self.single & (stable > 0) & (self.formulation.stability > 0))

    @cached_property
    def served(self) -> Ints:
        """The number of the variable that says whether each bundle is served, (bundles here,); -1: columns say so."""
        has_own = np.ones(len(self.bundles), dtype=bool)
        has_own[self.bundle[self.alone]] = False
        return np.where(has_own, np.cumsum(has_own) - 1 + len(self.columns), -1)

    @cached_property
    def taken(self) -> Ints:
        """The number of the variable that says whether anything is taken of each multipart column, (multipart,)."""
        return np.arange(len(self.multipart)) + len(self.columns) + np.count_nonzero(self.served >= 0)

    @cached_property
    def kept(self) -> Ints:
        """The number of the variable that says whether each need is as it was, (needs here,); -1: that is not asked."""
        kept = np.full(len(self.needs), -1, dtype=np.int64)
        first = len(self.columns) + np.count_nonzero(self.served >= 0) + len(self.multipart)
        kept[self.may_keep] = np.arange(len(self.may_keep)) + first
        return kept

    @cached_property
    def upper(self) -> Ints:
        """The most that each variable can be, (variables,)."""
        others = np.count_nonzero(self.served >= 0) + len(self.multipart) + len(self.may_keep)
        return np.concatenate((self.formulation.columns.most[self.columns], np.ones(others, dtype=np.int64)))

    def values(self, amounts: Ints) -> Ints:
        """What all variables are, (variables,), when these amounts, (columns here,), are taken of the columns."""
        taken = amounts > 0
        served = np.zeros(len(self.bundles), dtype=np.int64)
        served[self.bundle[self.owner[taken]]] = 1
        strayed = np.bincount(self.owner, taken != self.wanted, len(self.needs)) > 0
        kept = (~strayed & ~self.incomplete)[self.may_keep]
        return np.concatenate((amounts, served[self.served >= 0], taken[self.multipart], kept)).astype(np.int64)
