"""What the multipliers and the bound are looked for with."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SubgradientParams:
    """Subgradient ascent of the multipliers, with the steps of Adam (Kingma, Ba 2015).

    Parameters
    ----------
    passes
        Steps in all; each evaluates the relaxation once.
    first_step, last_step
        Step sizes, as shares of what the whole capacity of a row is usually worth; they shrink geometrically.
    memory
        What of the moving averages of gradient and squared gradient a pass keeps.
    most_differences
        That a need is served counts at most as much as so many times what its best and its worst column differ by.
    most_time
        The share of the time limit after which no further pass begins.
    """

    passes: int = 180
    first_step: float = 0.7
    last_step: float = 0.0007
    memory: float = 0.9
    most_differences: float = 8.0
    most_time: float = 0.4


@dataclass(frozen=True, slots=True)
class MultiplierParams:
    """How multipliers are kept.

    Parameters
    ----------
    finest
        Multipliers are whole numbers of 1 / finest points, or coarser where sums would grow too large.
    averaging
        The weight of the last pass in the primal average of columns taken (Barahona, Anbil 2000).
    adopted_share
        Better multipliers of some units are adopted when so large a share of all bundles could use those units.
    """

    finest: int = 1024
    averaging: float = 0.05
    adopted_share: float = 0.05


@dataclass(frozen=True, slots=True)
class DualAscentParams:
    """Block-coordinate ascent of the dual: multipliers of some units by a linear program.

    Parameters
    ----------
    units
        Units in a block; with fewer, multipliers soon stand still where each block's are best for the others'.
    work_limit, doublings
        Deterministic seconds for a block in the first partition, and how often they are doubled.
    most_work
        The share of all work that may go into it.
    """

    units: int = 300
    work_limit: float = 0.4
    doublings: int = 2
    most_work: float = 0.05


@dataclass(frozen=True, slots=True)
class DecompositionParams:
    """Lagrangian decomposition of the bound by blocks of units.

    Parameters
    ----------
    units
        Units in a block.
    after_sweeps
        It begins after so many sweeps of the blocks over all needs.
    """

    units: float = 40
    after_sweeps: int = 2


@dataclass(frozen=True, slots=True)
class UnitAscentParams:
    """Ascent of the dual with units solved exactly, with the steps of Adam (Kingma, Ba 2015).

    Parameters
    ----------
    units
        Units in a block.
    first_step, shrinking, last_step
        By what share of its value a need pays more or less in the first pass, what is left of that with every pass, and
        below what no further pass begins.
    patience, backing
        After so many passes that have not lowered the bound it goes back to the best of them, and what is left of the
        step then.
    warming
        Passes over which steps grow to their size at first.
    memory
        What of the moving averages of gradient and squared gradient a pass keeps.
    averaging
        The weight of the last pass in the average of columns taken.
    most_work
        Up to that share of all work it goes before everything else, where it is about all needs; else in proportion.
    """

    units: int = 10
    first_step: float = 0.06
    shrinking: float = 0.93
    last_step: float = 0.0002
    patience: int = 3
    backing: float = 0.25
    warming: int = 5
    memory: float = 0.9
    averaging: float = 0.1
    most_work: float = 0.3
