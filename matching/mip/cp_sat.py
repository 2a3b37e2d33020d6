"""Solving a MIP to proof, or as near as its work limit allows, by OR-Tools' CP-SAT.

CP-SAT counts in whole numbers, so that its bound is true to the last point; and work can be limited
instead of time, so that the same block gets the same result on any machine.

The message and the solver are OR-Tools' own; `cp_model`, the layer for people on top of them, is left out as it loads
pandas, which takes each process longer than most blocks.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from ortools.sat.python import cp_model_helper as cp_sat

from matching.arrays.arrays import Ints
from matching.mip import interval_packing, linear
from matching.mip.block_mip import BlockMip, Interruption, MipResult, components_of
from matching.mip.dominated_rows import undominated
from matching.mip.limits import Limits
from matching.problem.errors import SolverError

LEAST_OF_ALL = -(2**62)
WORK_MARGIN = 1e-9
"""The share of the work by which a replayed search is limited before where it was interrupted."""


@dataclass(frozen=True, slots=True)
class CpSatResult:
    """How a search ended, the best x it has, if any, what no x gains more than, and the work: deterministic seconds."""

    end: Literal["proven", "impossible", "limit"]
    values: Ints | None
    bound: int
    work: float = 0.0


def solve(block: BlockMip, limits: Limits) -> MipResult:
    """The best x of every component of the block; the hint of those that the limits leave no time for."""
    if block.relaxed:
        return linear.solve(block, limits)
    if block.by_time:
        return interval_packing.solve(block, limits)
    batches = _batches(components_of(block), block.batch_variables)
    values, component, bounds = block.hint.copy(), np.zeros_like(block.hint), np.zeros(len(batches), dtype=np.int64)
    work, interrupted = 0.0, None
    for number, members in enumerate(batches):
        piece = _piece(block, members, _work_limit(block, number))
        found = search(piece, limits)
        if interrupted is None and found.end == "limit" and limits.ended():
            interrupted = Interruption(number, found.work)
        component[members], bounds[number] = number, found.bound
        work += found.work
        if found.values is not None and piece.gain @ found.values > piece.gain @ piece.hint:
            values[members] = found.values
    return MipResult(values, component, bounds, work, interrupted)


def _work_limit(block: BlockMip, batch: int) -> float:
    """What may be spent on a batch: as much as was where a result is found again, by the margin less than its work."""
    if block.until is None or batch < block.until.batch:
        return block.work_limit
    return min(block.work_limit, block.until.work * (1 - WORK_MARGIN)) if batch == block.until.batch else 0.0


def search(block: BlockMip, limits: Limits) -> CpSatResult:
    """The best x of the block as a whole."""
    ceiling = int(block.gain.clip(0) @ block.upper)
    if limits.ended() or block.work_limit <= 0:
        return CpSatResult("limit", None, ceiling)
    model, solver = _model(undominated(block)), cp_sat.SolveWrapper()
    solver.set_parameters(_parameters(block))
    with limits.watching(solver.stop_search):
        response = solver.solve(model)  # type: ignore[no-untyped-call]
    work = response.deterministic_time
    match response.status:
        case cp_sat.INFEASIBLE:
            return CpSatResult("impossible", None, ceiling, work)
        case cp_sat.UNKNOWN:
            return CpSatResult("limit", None, ceiling, work)
        case cp_sat.OPTIMAL | cp_sat.FEASIBLE:
            # The bound in whole numbers, of the negative that is minimised: best_objective_bound is a rounded float.
            bound = min(ceiling, -response.inner_objective_lower_bound)
            values = np.array(response.solution, dtype=np.int64)
            return CpSatResult("proven" if response.status == cp_sat.OPTIMAL else "limit", values, bound, work)
        case _:
            raise SolverError(f"CP-SAT refused the model: {cp_sat.CpSatHelper.validate_model(model)}")


def _parameters(block: BlockMip) -> cp_sat.SatParameters:
    parameters = cp_sat.SatParameters()
    parameters.random_seed = block.seed
    parameters.num_workers = 1
    parameters.max_deterministic_time = block.work_limit
    parameters.cp_model_presolve = not block.no_presolve
    # Markets are packing problems: the linear relaxation guides best.
    parameters.linearization_level = 2
    # The hint is a plan already: nothing is gained by following it first.
    parameters.hint_conflict_limit = 0
    # Else Ctrl-C would end this block only, and nobody else would hear of it.
    parameters.catch_sigint_signal = False
    return parameters


def _batches(component: Ints, variables: int) -> list[Ints]:
    """The variables component by component, small ones together as one batch."""
    order = np.argsort(component, kind="stable")
    found, begin = [], 0
    for end in np.append(np.flatnonzero(np.diff(component[order])) + 1, len(order)).tolist():
        if end - begin >= variables or end == len(order):
            found.append(np.sort(order[begin:end]))
            begin = end
    return [members for members in found if len(members)]


def _piece(block: BlockMip, members: Ints, work_limit: float) -> BlockMip:
    inside = np.zeros(len(block.gain), dtype=bool)
    inside[members] = True
    entries = inside[block.column]
    rows, row = np.unique(block.row[entries], return_inverse=True)
    number = np.cumsum(inside) - 1
    return BlockMip(
        gain=block.gain[members],
        upper=block.upper[members],
        least=block.least[rows],
        most=block.most[rows],
        row=row,
        column=number[block.column[entries]],
        entry=block.entry[entries],
        hint=block.hint[members],
        work_limit=work_limit,
        seed=block.seed,
        no_presolve=block.no_presolve,
    )


def _model(block: BlockMip) -> cp_sat.CpModelProto:
    """The block as CP-SAT has it, written straight into its message: four times as fast as saying it piece by piece."""
    model = cp_sat.CpModelProto()
    variables = range(len(block.gain))
    for most in block.upper.tolist():
        model.variables.add().domain.extend([0, most])
    start = np.searchsorted(block.row, np.arange(len(block.most) + 1)).tolist()
    columns, entries = block.column.tolist(), block.entry.tolist()
    least = np.maximum(block.least, LEAST_OF_ALL).tolist()
    for row, most in enumerate(block.most.tolist()):
        inside = slice(start[row], start[row + 1])
        linear = model.constraints.add().linear
        linear.vars.extend(columns[inside])
        linear.coeffs.extend(entries[inside])
        linear.domain.extend([least[row], most])
    objective = model.objective  # always minimised; the factor turns it round
    objective.vars.extend(variables)
    objective.coeffs.extend((-block.gain).tolist())
    objective.scaling_factor = -1.0
    model.solution_hint.vars.extend(variables)
    model.solution_hint.values.extend(block.hint.tolist())
    return model
