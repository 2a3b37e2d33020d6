"""Constraints that others make redundant: what they add up is part of what another adds up, which may be no more.

An overlap of few claims is mostly part of a larger one, and a weekly series meets the same others week after week.
"""

from dataclasses import replace

import numpy as np
import scipy

from matching.arrays.arrays import Bools
from matching.mip.block_mip import BlockMip

PAIRS = 2_000_000
"""Pairs of entries that are compared at most, some hundredths of a second."""


def undominated(block: BlockMip, most_pairs: int = PAIRS) -> BlockMip:
    """The block without the constraints that hold wherever its others do; all of it if more pairs were to compare."""
    kept = ~_dominated(block, most_pairs)
    number, entries = np.cumsum(kept) - 1, kept[block.row]
    return replace(
        block,
        least=block.least[kept],
        most=block.most[kept],
        row=number[block.row[entries]],
        column=block.column[entries],
        entry=block.entry[entries],
    )


def _dominated(block: BlockMip, most_pairs: int) -> Bools:
    count = len(block.most)
    # Only where nothing is taken off, a part cannot be more than the whole.
    adding = (np.bincount(block.row, block.entry < 0, count) == 0) & (block.least <= 0)
    has = _entries(block, adding[block.row])
    size, dominated = np.diff(has.indptr), np.zeros(count, dtype=bool)
    if (np.bincount(has.indices) ** 2).sum() > most_pairs:
        return dominated
    common = (has @ has.T).tocoo()
    part, whole = common.coords
    # Of those that say the same the first stays.
    more = (size[whole] > size[part]) | (block.most[whole] < block.most[part]) | (whole < part)
    needless = (common.data == size[part]) & (block.most[whole] <= block.most[part]) & more
    dominated[part[needless]] = True
    return dominated


def _entries(block: BlockMip, inside: Bools) -> "scipy.sparse.csr_array":
    """Which entries, each a column with a factor, every constraint adds up."""
    _, factor = np.unique(block.entry[inside], return_inverse=True)
    entry = np.unique(block.column[inside] * (factor.max(initial=0) + 1) + factor, return_inverse=True)[1]
    start = np.searchsorted(block.row[inside], np.arange(len(block.most) + 1))
    ones = np.ones(len(entry), dtype=np.int32)
    return scipy.sparse.csr_array((ones, entry, start), shape=(len(block.most), int(entry.max(initial=-1)) + 1))
