"""The blocks of the search: their MIPs, their members, and which of them come next."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MipParams:
    """The MIPs of blocks.

    Parameters
    ----------
    work_limit
        Deterministic seconds for each component of a block in the first partition.
    doublings
        How often that is doubled, once with every partition.
    most_work
        The share of all work so far that one component may take, where that is more than `work_limit`.
    work_per_variable
        Deterministic seconds that each variable costs besides solving.
    batch_variables, no_presolve_batch_variables
        Small components are solved together in models of about so many variables, with presolve and without.
    """

    work_limit: float = 0.03
    doublings: int = 8
    most_work: float = 0.1
    work_per_variable: float = 2e-5
    batch_variables: int = 1000
    no_presolve_batch_variables: int = 100


@dataclass(frozen=True, slots=True)
class SelectionParams:
    """Adaptive selection of operators by what they gained for their work (Ropke, Pisinger 2006).

    Parameters
    ----------
    own_needs
        Needs from which on a market has operators of its own; smaller ones have theirs together.
    own_units
        Units from which on a market has a dual ascent of its own.
    trials
        Blocks of an operator after which it is known what they bring.
    work_per_member
        Deterministic seconds that each member of a block costs besides solving.
    """

    own_needs: int = 200
    own_units: int = 50
    trials: int = 5
    work_per_member: float = 0.0001


@dataclass(frozen=True, slots=True)
class SpatialParams:
    """Blocks of bundles that lie close together.

    Parameters
    ----------
    needs, most_needs, growth
        Needs of a block in the first partition, in the largest, and by how much they grow with every partition.
    columns
        Columns offered of each need, those of the largest reduced profit; one more with every partition.
    smoothing
        Times that random positions of units without one are averaged over who could share a unit.
    """

    needs: int = 40
    most_needs: int = 400
    growth: float = 1.4
    columns: int = 6
    smoothing: int = 12


@dataclass(frozen=True, slots=True)
class CoreParams:
    """All of a market by the few best columns of each need, which small problems hard to fit are best begun with.

    Parameters
    ----------
    most_needs
        Up to so many needs a problem is looked at in that way too; in larger ones blocks gain more.
    columns
        Columns offered of each need the first time; one more every time.
    work_limit
        Deterministic seconds for each component the first time, later what its share of the work is, if that is more.
    most_work
        Up to that share of all work it goes before everything else, where it is about all needs; else in proportion.
    """

    most_needs: int = 500
    columns: int = 2
    work_limit: float = 2.0
    most_work: float = 0.3


@dataclass(frozen=True, slots=True)
class DualGapParams:
    """Small blocks around the bundles of the largest dual gap.

    Parameters
    ----------
    centers, centers_per_block
        Bundles ranked at a time, and how many of them share a block.
    needs, most_needs, growth
        Needs around each the first time, at most, and by how much they grow each time the same is a center.
    rings
        Rings of neighbours: those that hold what a bundle could take, those that hold what these could take, ...
    work_limit, doublings
        Deterministic seconds for each component of a block the first time, and how often they are doubled.
    """

    centers: int = 240
    centers_per_block: int = 4
    needs: int = 12
    most_needs: int = 60
    growth: float = 1.4
    rings: int = 2
    work_limit: float = 0.01
    doublings: int = 5
