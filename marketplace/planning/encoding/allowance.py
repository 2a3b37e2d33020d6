"""How much work of a run one organisation's needs may cause: what it sends must not take the run from the others.

Work is counted, and not timed, so that a run leaves out the same needs whenever and wherever it is done.
"""

from collections import Counter
from collections.abc import Iterable
from uuid import UUID

from core.time import timing
from marketplace.planning.candidates.candidates import CandidateBlock
from marketplace.planning.options.options import Options

WORK_PER_S = 10_000_000
"""Work that is done in a second, roughly, on one core: `python -m benchmarks.experiments.hostile` shows it."""
SHARE = 0.03
"""Of the time that a run is given: what the needs of one organisation may take of it."""
PER_TIME = 50
"""A possible time costs as much to make as that many to look up."""


class Allowance:
    """What is left of the work that each organisation's needs may cause in a run of so many seconds."""

    def __init__(self, time_limit_s: float) -> None:
        self._most = int(time_limit_s * SHARE * WORK_PER_S)
        self._done: Counter[UUID] = Counter()

    def is_spent(self, organisation_id: UUID) -> bool:
        """Tell whether no more of an organisation's needs can be looked at."""
        return self._done[organisation_id] >= self._most

    def charge(self, block: CandidateBlock, n: int, options: Iterable[Options]) -> None:
        """Count what a need of a block took: offers, possible times of these, and what the optimiser is given."""
        need = block.needs[n]
        self._done[need.organisation_id] += (
            int(block.left[n, 1])
            + int(block.times_looked_at[n])
            + PER_TIME * timing.most_times(need.timing)
            + sum(each.times for each in options)
        )
