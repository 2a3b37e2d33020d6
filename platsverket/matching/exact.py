"""Solving a block to proof, or as near as its effort allows, by OR-Tools' CP-SAT.

CP-SAT counts in whole numbers, so that its bound is true to the last point; and its effort can be limited by work done
instead of time, so that the same block gets the same answer on any machine.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from ortools.sat.python import cp_model
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from platsverket.matching.arrays import Ints
from platsverket.matching.block import Answer, Block
from platsverket.matching.errors import SolverError
from platsverket.matching.limits import Limits

BATCH = 1000
"""Small parts are solved together in models of about this many variables: each model has a cost of its own."""
LEAST_OF_ALL = -(2**62)


@dataclass(frozen=True, slots=True)
class Found:
    """How a search ended, the best x it has, if any, what no x gains more than, and the effort spent."""

    end: Literal["proven", "impossible", "limit"]
    values: Ints | None
    bound: int
    work: float = 0.0


def solve(block: Block, limits: Limits) -> Answer:
    """The best x of every part of the block; the hint of those that the limits leave no time for."""
    lots = _lots(parts(block))
    values, part, bounds = block.hint.copy(), np.zeros_like(block.hint), np.zeros(len(lots), dtype=np.int64)
    work = 0.0
    for number, members in enumerate(lots):
        piece = _piece(block, members)
        found = search(piece, limits)
        part[members], bounds[number] = number, found.bound
        work += found.work
        if found.values is not None and piece.gain @ found.values > piece.gain @ piece.hint:
            values[members] = found.values
    return Answer(values, part, bounds, work)


def search(block: Block, limits: Limits) -> Found:
    """The best x of the block as a whole."""
    ceiling = int(block.gain.clip(0) @ block.upper)
    if limits.ended():
        return Found("limit", None, ceiling)
    solver = cp_model.CpSolver()
    solver.parameters.random_seed = block.seed
    solver.parameters.num_workers = 1
    solver.parameters.max_deterministic_time = block.effort
    # Markets are packing problems: the linear relaxation guides best.
    solver.parameters.linearization_level = 2
    # The hint is a plan already: nothing is gained by following it first.
    solver.parameters.hint_conflict_limit = 0
    model = _model(block)
    with limits.watching(solver.stop_search):
        status = solver.solve(model)
    work = solver.response_proto.deterministic_time
    match status:
        case cp_model.INFEASIBLE:
            return Found("impossible", None, ceiling, work)
        case cp_model.UNKNOWN:
            return Found("limit", None, ceiling, work)
        case cp_model.OPTIMAL | cp_model.FEASIBLE:
            # The bound in whole numbers, of the negative that is minimised: best_objective_bound is a rounded float.
            bound = min(ceiling, -solver.response_proto.inner_objective_lower_bound)
            values = np.array(solver.response_proto.solution, dtype=np.int64)
            return Found("proven" if status == cp_model.OPTIMAL else "limit", values, bound, work)
        case _:
            raise SolverError(f"CP-SAT refused the model: {model.validate()}")


def parts(block: Block) -> Ints:
    """Numbers for the sets of variables that no row connects."""
    variables, rows = len(block.gain), len(block.most)
    ones = np.ones(len(block.row), dtype=np.int8)
    graph = coo_array((ones, (block.row + variables, block.column)), shape=(variables + rows,) * 2)
    return connected_components(graph, directed=False)[1][:variables].astype(np.int64)


def _lots(part: Ints) -> list[Ints]:
    """The variables part by part, small parts together as one."""
    order = np.argsort(part, kind="stable")
    found, begin = [], 0
    for end in np.append(np.flatnonzero(np.diff(part[order])) + 1, len(order)).tolist():
        if end - begin >= BATCH or end == len(order):
            found.append(np.sort(order[begin:end]))
            begin = end
    return [members for members in found if len(members)]


def _piece(block: Block, members: Ints) -> Block:
    inside = np.zeros(len(block.gain), dtype=bool)
    inside[members] = True
    entries = inside[block.column]
    rows, row = np.unique(block.row[entries], return_inverse=True)
    number = np.cumsum(inside) - 1
    return Block(
        gain=block.gain[members],
        upper=block.upper[members],
        least=block.least[rows],
        most=block.most[rows],
        row=row,
        column=number[block.column[entries]],
        entry=block.entry[entries],
        hint=block.hint[members],
        effort=block.effort,
        seed=block.seed,
    )


def _model(block: Block) -> cp_model.CpModel:
    """The block as CP-SAT has it, written straight into its message: four times as fast as saying it piece by piece."""
    model = cp_model.CpModel()
    variables = range(len(block.gain))
    for most in block.upper.tolist():
        model.proto.variables.add().domain.extend([0, most])
    start = np.searchsorted(block.row, np.arange(len(block.most) + 1)).tolist()
    columns, entries = block.column.tolist(), block.entry.tolist()
    least = np.maximum(block.least, LEAST_OF_ALL).tolist()
    for row, most in enumerate(block.most.tolist()):
        inside = slice(start[row], start[row + 1])
        linear = model.proto.constraints.add().linear
        linear.vars.extend(columns[inside])
        linear.coeffs.extend(entries[inside])
        linear.domain.extend([least[row], most])
    objective = model.proto.objective  # always minimised; the factor turns it round
    objective.vars.extend(variables)
    objective.coeffs.extend((-block.gain).tolist())
    objective.scaling_factor = -1.0
    model.proto.solution_hint.vars.extend(variables)
    model.proto.solution_hint.values.extend(block.hint.tolist())
    return model
