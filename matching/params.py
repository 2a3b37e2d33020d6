"""What steers a run: what a caller wants of it, and the constants that the search was tuned with.

Work is counted in *deterministic seconds*, CP-SAT's own measure: about a second of one core, and the same for the same
search on any machine. Points are those of the problem's values and scores.
"""

from dataclasses import dataclass

from matching.problem.problem import LARGEST_SEED
from matching.problem.validation import check_whole

LARGEST_WORKERS = 10_000


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
        Up to that share of all work it goes before everything else.
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
class SearchParams:
    """The constants of the search, by what they steer.

    Parameters
    ----------
    cuts
        For each m, Chvátal-Gomory cuts that say which claims no more than m of fit together.
    """

    cuts: tuple[int, ...] = (1, 2, 3)
    subgradient: SubgradientParams = SubgradientParams()
    multipliers: MultiplierParams = MultiplierParams()
    construction: ConstructionParams = ConstructionParams()
    whole: WholeParams = WholeParams()
    mip: MipParams = MipParams()
    selection: SelectionParams = SelectionParams()
    spatial: SpatialParams = SpatialParams()
    dual_gap: DualGapParams = DualGapParams()
    dual_ascent: DualAscentParams = DualAscentParams()
    decomposition: DecompositionParams = DecompositionParams()
    unit_ascent: UnitAscentParams = UnitAscentParams()


SEARCH_DEFAULTS = SearchParams()


@dataclass(frozen=True, slots=True)
class SolveParams:
    """What a caller wants of a run.

    Parameters
    ----------
    time_limit_s
        Seconds from the call on; None: until the plan is proven best, or the last round is over.
    gap
        The share of the bound that may still be gained when the search ends, from 0 to less than 1.
    blocks
        Blocks after which the search ends; None: any number.
    seed
        Of the search; None: the problem's own.
    workers
        Processes that solve blocks; with one the same problem and seed take the same steps.
    search
        How the search is tuned.

    Raises
    ------
    ValueError
        A time limit, gap, seed or number of workers makes no sense.
    """

    time_limit_s: float | None = None
    gap: float = 0.0
    blocks: int | None = None
    seed: int | None = None
    workers: int = 1
    search: SearchParams = SEARCH_DEFAULTS

    def __post_init__(self) -> None:
        if self.time_limit_s is not None and not self.time_limit_s > 0:
            raise ValueError(f"time_limit_s is {self.time_limit_s!r}; a time limit is a number of seconds above 0")
        if not 0 <= self.gap < 1:
            raise ValueError(f"gap is {self.gap!r}; it is a share from 0 to less than 1")
        if self.seed is not None:
            check_whole("seed", self.seed, 0, LARGEST_SEED)
        check_whole("workers", self.workers, 1, LARGEST_WORKERS)


SOLVE_DEFAULTS = SolveParams()
