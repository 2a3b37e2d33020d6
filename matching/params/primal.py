"""The first plan, the whole problem at once, one new need in a plan, and a plan whose problem has changed."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ConstructionParams:
    """The first plan.

    Parameters
    ----------
    value_weight
        The weight of the value of a bundle's needs in its priority, from 0 to 1; the rest is its reduced profit.
    bundles_between_checks
        After so many bundles it is asked whether time is up.
    """

    value_weight: float = 0.4
    bundles_between_checks: int = 100


@dataclass(frozen=True, slots=True)
class WholeParams:
    """The rounds of a run: the whole problem as one MIP where it is small enough, then sweeps by blocks.

    Parameters
    ----------
    small_needs
        Up to so many needs a problem is one MIP from the start, without blocks.
    most_needs
        Up to so many it is one again at the begin of every round.
    few_columns
        With so few columns it is solved before any block, as is one that is near.
    sweeps
        Sweeps of the blocks over all needs in a round, after the one MIP.
    rounds
        Rounds after which the search ends, whether or not the plan is proven best.
    near_gap
        From this share of the bound on it is solved before any block.
    work_limit
        Deterministic seconds for each of its components in the first round, doubled with every round.
    """

    small_needs: int = 100
    most_needs: int = 3000
    few_columns: int = 5000
    sweeps: int = 8
    rounds: int = 20
    near_gap: float = 0.005
    work_limit: float = 0.03


@dataclass(frozen=True, slots=True)
class InsertionParams:
    """One new need in a plan that stands.

    Parameters
    ----------
    most_needs
        Needs that are decided about anew at most.
    work_limit
        Deterministic seconds for the search.
    no_presolve
        Whether CP-SAT's presolve is left out, which costs small models more than it saves.
    rings
        Rings of neighbours that are free, see `DualGapParams`.
    """

    most_needs: int
    work_limit: float
    no_presolve: bool
    rings: int = 2


AT_ONCE = InsertionParams(most_needs=16, work_limit=0.01, no_presolve=True)
"""For a reply while somebody waits."""
THOROUGH = InsertionParams(most_needs=60, work_limit=5.0, no_presolve=False)
"""For a reply within some seconds."""


@dataclass(frozen=True, slots=True)
class RepairStage:
    """One search of a repair.

    Parameters
    ----------
    most_needs
        Needs that it decides about anew at most.
    work_limit
        Deterministic seconds for it.
    """

    most_needs: int
    work_limit: float


@dataclass(frozen=True, slots=True)
class RepairParams:
    """A plan after a change of its problem, near by.

    Parameters
    ----------
    stages
        One after the other, each from what the one before has found: a few needs are mostly decided at once, and of
        many at least that is kept when the time is over.
    most_touched
        Of the needs, at most so many that the change touches itself; the rest stand around them.
    rings
        Rings of neighbours that are free, see `DualGapParams`.
    """

    stages: tuple[RepairStage, ...] = (RepairStage(40, 0.05), RepairStage(100, 0.1), RepairStage(240, 0.25))
    most_touched: int = 40
    rings: int = 2


REPAIR_DEFAULTS = RepairParams()
