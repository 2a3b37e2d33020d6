"""What the fixed matches leave to do, need by need."""

from dataclasses import dataclass

import numpy as np

from matching.arrays import segments
from matching.arrays.arrays import Arrays, Bools, Ints


@dataclass(frozen=True, slots=True)
class OpenNeeds:
    """What the fixed matches leave to do, for every need of the arrays.

    `missing` is the amount still to be taken (0: settled), from `parts` further options. `wanted` marks the options
    that the previous plan took and the fixed matches do not hold; taking the `stable` of them alone leaves the need
    as it was (0: nothing does). `kept` are the settled needs that are as they were, `held` the options that are fixed.
    """

    missing: Ints
    parts: Ints
    wanted: Bools
    stable: Ints
    kept: Bools
    held: Bools

    @property
    def settled(self) -> Bools:
        """The needs that the fixed matches serve in full."""
        settled: Bools = self.missing == 0
        return settled


def open_needs(arrays: Arrays) -> OpenNeeds:
    """Every need as the fixed matches leave it."""
    options, needs = len(arrays.score), len(arrays.value)
    owner = owners(arrays)
    held, before = np.zeros(options, dtype=bool), np.zeros(options, dtype=bool)
    held[arrays.fixed[:, 0]] = True
    before[arrays.previous[:, 0]] = True
    taken = np.zeros(needs, dtype=np.int64)
    np.add.at(taken, owner[arrays.fixed[:, 0]], arrays.fixed[:, 1])
    parts = arrays.parts - segments.sums(held.astype(np.int64), arrays.option_from)
    wanted = before & ~held
    stable = segments.sums(wanted.astype(np.int64), arrays.option_from)
    strayed = segments.sums((held & ~before).astype(np.int64), arrays.option_from) > 0
    missing = arrays.amount - taken
    kept = (missing == 0) & (stable == 0) & ~strayed
    stable[strayed | (stable > parts)] = 0
    return OpenNeeds(missing, parts, wanted, stable, kept, held)


def owners(arrays: Arrays) -> Ints:
    """The need of every option."""
    return np.repeat(np.arange(len(arrays.value)), np.diff(arrays.option_from))
