"""The market as one linear or whole-number program, for HiGHS and PDLP through OR-Tools MathOpt.

Variables: what is taken of each column (all of a need at once: 0 to 1), then for each bundle whether it is served.
In the whole-number program also, for columns of needs of several parts, whether anything is taken.
The program is written straight into MathOpt's messages: an object for each variable would not fit in memory.
"""

import math
from datetime import timedelta
from typing import Any, Literal

import numpy as np
from ortools.math_opt import callback_pb2, model_parameters_pb2, model_pb2, parameters_pb2, solution_pb2
from ortools.math_opt.core.python import solver

from benchmarks.contestants.remaining import Left, left
from benchmarks.harness.outcome import Outcome
from matching.arrays.arrays import Arrays, Floats, Ints
from matching.search.serial import most_valuable_first

Method = Literal["highs", "pdlp"]


class Program:
    """Columns, bounds and entries, collected row by row."""

    def __init__(self, remaining: Left, *, integer: bool) -> None:
        self._left = remaining
        self._integer = integer
        self._rows = 0
        self._entries: list[tuple[Ints, Ints, Floats]] = []
        self._bounds: list[tuple[Floats, Floats]] = []
        self.size = np.where(remaining.single, remaining.missing[remaining.owner], 1)
        self.multipart = np.flatnonzero(~remaining.single) if integer else np.empty(0, dtype=np.int64)
        self._serve_in_full()
        self._take_no_more_parts_than_allowed()
        self._stay_within_capacity()
        self._serve_one_of_the_alternatives()

    def message(self) -> Any:
        """MathOpt's ModelProto."""
        model = model_pb2.ModelProto()
        upper = self._upper()
        integers = np.ones(len(upper), dtype=bool) if self._integer else np.zeros(len(upper), dtype=bool)
        model.variables.ids.extend(range(len(upper)))
        model.variables.lower_bounds.extend(np.zeros(len(upper)))
        model.variables.upper_bounds.extend(upper)
        model.variables.integers.extend(integers.tolist())
        self._gain_the_most(model.objective)
        lower, most = (np.concatenate(bounds) for bounds in zip(*self._bounds, strict=True))
        model.linear_constraints.ids.extend(range(self._rows))
        model.linear_constraints.lower_bounds.extend(lower)
        model.linear_constraints.upper_bounds.extend(most)
        row, column, factor = (np.concatenate(parts) for parts in zip(*self._entries, strict=True))
        order = np.lexsort((column, row))
        model.linear_constraint_matrix.row_ids.extend(row[order].tolist())
        model.linear_constraint_matrix.column_ids.extend(column[order].tolist())
        model.linear_constraint_matrix.coefficients.extend(factor[order])
        return model

    def taken(self, values: Floats) -> Ints:
        """Rows [option, amount] of a whole-number solution, with what is fixed."""
        amount = np.rint(values[: len(self.size)]).astype(np.int64) * self.size
        free = np.column_stack([self._left.option, amount])[amount > 0]
        rows = np.concatenate([self._left.arrays.fixed, free])
        return rows[np.argsort(rows[:, 0])]

    def hint(self, taken: Ints) -> Floats:
        """Values of all variables for rows [option, amount]."""
        amounts = self._left.amounts(taken)
        served = self._left.served(amounts)
        return np.concatenate([amounts // self.size, served, amounts[self.multipart] > 0]).astype(float)

    def _upper(self) -> Floats:
        remaining = self._left
        served = np.ones(remaining.bundles)
        served[remaining.bundle[remaining.barred]] = 0
        return np.concatenate([remaining.most // self.size, served, np.ones(len(self.multipart))]).astype(float)

    def _served(self, need: Ints) -> Ints:
        return len(self.size) + self._left.bundle[need]

    def _add(self, row: Ints, column: Ints, factor: Floats | Ints, lower: Floats, upper: Floats | Ints) -> None:
        self._entries.append((row + self._rows, column, factor.astype(float)))
        self._bounds.append((lower.astype(float), upper.astype(float)))
        self._rows += len(lower)

    def _serve_in_full(self) -> None:
        """All of a need or nothing, and the whole bundle."""
        remaining = self._left
        needs = np.flatnonzero(remaining.bundle >= 0)
        place = np.full(len(remaining.missing), -1)
        place[needs] = np.arange(len(needs))
        wanted = np.where(remaining.parts[needs] == 1, 1, remaining.missing[needs])
        row = np.concatenate([place[remaining.owner], place[needs]])
        column = np.concatenate([np.arange(len(self.size)), self._served(needs)])
        zero = np.zeros(len(needs))
        self._add(row, column, np.concatenate([np.ones(len(self.size)), -wanted]), zero, zero)

    def _take_no_more_parts_than_allowed(self) -> None:
        """Without whole numbers a column is taken as far as its amount is of its most."""
        remaining = self._left
        several = np.flatnonzero(~remaining.single)
        needs, row = np.unique(remaining.owner[several], return_inverse=True)
        none = np.full(len(needs), -math.inf)
        if not self._integer:
            self._add(row, several, 1 / remaining.most[several], none, remaining.parts[needs])
            return
        taken = len(self.size) + remaining.bundles + np.arange(len(several))
        self._add(row, taken, np.ones(len(several)), none, remaining.parts[needs])
        pair, ones = np.arange(len(several)), np.ones(len(several))
        factor = np.concatenate([ones, -remaining.most[several]])
        column = np.concatenate([several, taken])
        self._add(np.tile(pair, 2), column, factor, np.full(len(several), -math.inf), np.zeros(len(several)))

    def _stay_within_capacity(self) -> None:
        rows = self._left.rows
        none = np.full(len(rows.capacity), -math.inf)
        self._add(rows.row, rows.column, rows.load * self.size[rows.column], none, rows.capacity)

    def _serve_one_of_the_alternatives(self) -> None:
        remaining = self._left
        groups = [[need for need in group if remaining.bundle[need] >= 0] for group in remaining.arrays.alternatives]
        # Two alternatives of one bundle count twice on its one variable, so that it can never be served.
        pairs = [
            (row, bundle, number)
            for row, group in enumerate(groups)
            for bundle, number in zip(*np.unique(remaining.bundle[group], return_counts=True), strict=True)
        ]
        row, bundle, number = np.array(pairs, dtype=np.int64).reshape(-1, 3).T
        self._add(row, len(self.size) + bundle, number, np.full(len(groups), -math.inf), np.ones(len(groups)))

    def _gain_the_most(self, objective: Any) -> None:
        remaining = self._left
        score = remaining.arrays.score[remaining.option] * self.size
        value = np.zeros(remaining.bundles)
        open_needs = np.flatnonzero(remaining.bundle >= 0)
        np.add.at(value, remaining.bundle[open_needs], (remaining.arrays.value + self._stability())[open_needs])
        objective.maximize = True
        objective.offset = remaining.base
        gain = np.concatenate([score, value])
        used = np.flatnonzero(gain)
        objective.linear_coefficients.ids.extend(used.tolist())
        objective.linear_coefficients.values.extend(gain[used])

    def _stability(self) -> Ints:
        """For a bound: everybody who had something keeps it."""
        bonus = np.zeros(len(self._left.missing), dtype=np.int64)
        arrays = self._left.arrays
        before = np.searchsorted(arrays.option_from, arrays.previous[:, 0], side="right") - 1
        bonus[before] = arrays.stability
        return bonus


def bound(arrays: Arrays, method: Method = "pdlp", *, time_limit_s: float | None = None, workers: int = 1) -> float:
    """The worth of the linear relaxation, which no plan can exceed beyond the solver's tolerance (PDLP: 1e-6)."""
    return _solve(Program(left(arrays), integer=False), method, time_limit_s, workers).bound


def whole(arrays: Arrays, *, time_limit_s: float | None = None) -> Outcome:
    """The whole-number program by HiGHS, starting from the greedy plan."""
    if arrays.stability and len(arrays.previous):
        raise ValueError("this model knows no stability")
    program = Program(left(arrays), integer=True)
    return _solve(program, "highs", time_limit_s, workers=1, hint=program.hint(most_valuable_first(arrays).taken))


def _solve(
    program: Program, method: Method, time_limit_s: float | None, workers: int, hint: Floats | None = None
) -> Outcome:
    guide = model_parameters_pb2.ModelSolveParametersProto()
    if hint is not None:
        values = guide.solution_hints.add().variable_values
        values.ids.extend(range(len(hint)))
        values.values.extend(hint)
    parameters = parameters_pb2.SolveParametersProto()
    if time_limit_s is not None:
        parameters.time_limit.FromTimedelta(timedelta(seconds=time_limit_s))
    if method == "pdlp":
        parameters.threads = workers
    else:
        parameters.highs.string_options["parallel"] = "off"
        parameters.relative_gap_tolerance = 0.0
        parameters.absolute_gap_tolerance = 0.5
    kind = parameters_pb2.SOLVER_TYPE_PDLP if method == "pdlp" else parameters_pb2.SOLVER_TYPE_HIGHS
    result = solver.solve(
        program.message(),
        kind,
        parameters_pb2.SolverInitializerProto(),
        parameters,
        guide,
        None,
        callback_pb2.CallbackRegistrationProto(),
        None,
        None,
    )
    return Outcome(_proven(result), _found(program, result))


def _proven(result: Any) -> float:
    return float(result.termination.objective_bounds.dual_bound)


def _found(program: Program, result: Any) -> Ints | None:
    for solution in result.solutions:
        found = solution.primal_solution
        if found.feasibility_status == solution_pb2.SOLUTION_STATUS_FEASIBLE:
            values = np.zeros(len(program.size))
            ids = np.array(found.variable_values.ids)
            kept = ids < len(values)
            values[ids[kept]] = np.array(found.variable_values.values)[kept]
            return program.taken(values)
    return None
