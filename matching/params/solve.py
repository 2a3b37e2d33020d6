"""What a caller wants of a run."""

from dataclasses import dataclass

from matching.params.search import SEARCH_DEFAULTS, SearchParams
from matching.problem.problem import LARGEST_SEED
from matching.problem.validation import check_whole

LARGEST_WORKERS = 10_000


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
