"""A block's linear relaxation, solved by HiGHS through SciPy: the dual value of each constraint.

The simplex method is counted in iterations, so that the same block gets the same result on any machine.
"""

from dataclasses import replace

import numpy as np
import scipy

from matching.mip.block_mip import BlockMip, Interruption, MipResult
from matching.mip.limits import Limits

ENTRIES, BESIDES = 3.5e9, 50_000
"""Entries that simplex iterations go through in about the time of a deterministic second of CP-SAT's, when each goes
through all of the block and so many besides."""
OPTIMAL, LIMIT = 0, 1
"""How SciPy says that a search ended."""


def solve(block: BlockMip, limits: Limits) -> MipResult:
    """What the constraints are worth (`duals`), and what no x gains more than; nothing where the limits are too short.

    Constraints that say neither exactly how much nor only at most are asked for their most alone.
    """
    unknown = MipResult(block.hint, np.zeros_like(block.hint), np.array([int(block.gain.clip(0) @ block.upper)]))
    if block.until is not None or limits.ended():
        return replace(unknown, interrupted=Interruption(0, 0.0))
    shape = (len(block.most), len(block.gain))
    start = np.searchsorted(block.row, np.arange(shape[0] + 1))
    rows = scipy.sparse.csr_array((block.entry.astype(np.float64), block.column, start), shape=shape)
    exactly = block.least == block.most
    each = (len(block.entry) + BESIDES) / ENTRIES
    options: dict[str, float] = {"maxiter": int(block.work_limit / each)}
    if (left_s := limits.remaining_s()) is not None:
        options["time_limit"] = left_s
    with limits.watching(_ignore_stop):
        found = scipy.optimize.linprog(  # type: ignore[call-overload]
            -block.gain.astype(np.float64),
            A_ub=rows[~exactly],
            b_ub=block.most[~exactly],
            A_eq=rows[exactly],
            b_eq=block.most[exactly],
            bounds=np.column_stack((np.zeros(shape[1]), block.upper)),
            method="highs-ds",
            options=options,
        )
    work = float(found.nit) * each
    if found.status == OPTIMAL:
        duals = np.zeros(shape[0], dtype=np.int64)
        duals[~exactly] = np.rint(-found.ineqlin.marginals).clip(0)
        return replace(unknown, bounds=np.array([int(np.ceil(-found.fun))]), work=work, duals=duals)
    late = found.status == LIMIT and found.nit < options["maxiter"]
    return replace(unknown, work=work, interrupted=Interruption(0, work) if late else None)


def _ignore_stop() -> None:
    """It cannot be stopped; but whoever holds a lease on it renews that when asked."""
