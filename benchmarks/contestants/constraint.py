"""The market as one CP-SAT model: with optional intervals, or with the rows that the linear program has."""

from typing import Literal

import numpy as np
from ortools.sat.python import cp_model

from benchmarks.contestants.peaks import intervals, most_of
from benchmarks.contestants.remaining import Left, left
from benchmarks.harness.outcome import Outcome, ProgressLog
from matching.arrays.arrays import Arrays, Ints
from matching.search.serial import most_valuable_first

Capacity = Literal["intervals", "rows"]


def solve(
    arrays: Arrays, capacity: Capacity, *, time_limit_s: float | None = None, seed: int = 1, workers: int = 1
) -> Outcome:
    """The best plan found, starting from the greedy one."""
    log = ProgressLog()
    if arrays.stability and len(arrays.previous):
        raise ValueError("this model knows no stability")
    model = Model(left(arrays), capacity)
    model.hint(most_valuable_first(arrays).taken)
    solver = cp_model.CpSolver()
    if time_limit_s is not None:
        solver.parameters.max_time_in_seconds = max(0.01, time_limit_s - log.seconds())
    solver.parameters.random_seed = seed
    solver.parameters.num_workers = workers
    status = solver.solve(model.cp, _Listener(log))
    if status == cp_model.MODEL_INVALID:
        raise ValueError(model.cp.validate())
    if status not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
        return Outcome(float("inf"), None, log.points)
    return Outcome(solver.best_objective_bound, model.taken(solver), log.points)


class _Listener(cp_model.CpSolverSolutionCallback):
    def __init__(self, log: ProgressLog) -> None:
        super().__init__()
        self._log = log

    def on_solution_callback(self) -> None:
        """CP-SAT's name."""
        self._log.add(self.objective_value, self.best_objective_bound)


class Model:
    """A variable for what is taken of each column and one for each bundle."""

    def __init__(self, remaining: Left, capacity: Capacity) -> None:
        self._left = remaining
        self.cp = cp_model.CpModel()
        self._taken = [self.cp.new_bool_var("") for _ in remaining.option]
        self._served = [self.cp.new_bool_var("") for _ in range(remaining.bundles)]
        self._amount = [self._amount_of(column) for column in range(len(remaining.option))]
        self._serve_in_full()
        self._serve_one_of_the_alternatives()
        if capacity == "rows":
            self._fit_into_rows()
        else:
            self._fit_as_intervals()
        self._gain_the_most()

    def taken(self, solver: cp_model.CpSolver) -> Ints:
        """Rows [option, amount], with what is fixed."""
        amount = np.array([solver.value(expression) for expression in self._amount], dtype=np.int64)
        free = np.column_stack([self._left.option, amount])[amount > 0]
        rows = np.concatenate([self._left.arrays.fixed, free])
        return rows[np.argsort(rows[:, 0])]

    def hint(self, taken: Ints) -> None:
        """Start from rows [option, amount]."""
        amounts = self._left.amounts(taken)
        for column, amount in enumerate(amounts.tolist()):
            self.cp.add_hint(self._taken[column], amount > 0)
            variable = self._amount[column]
            if not self._left.single[column] and isinstance(variable, cp_model.IntVar):
                self.cp.add_hint(variable, amount)
        for bundle, served in zip(self._served, self._left.served(amounts).tolist(), strict=True):
            self.cp.add_hint(bundle, served)

    def _amount_of(self, column: int) -> cp_model.LinearExprT:
        remaining = self._left
        if remaining.single[column]:
            return int(remaining.missing[remaining.owner[column]]) * self._taken[column]
        amount = self.cp.new_int_var(0, int(remaining.most[column]), "")
        self.cp.add(amount <= int(remaining.most[column]) * self._taken[column])
        return amount

    def _serve_in_full(self) -> None:
        remaining = self._left
        first = np.searchsorted(remaining.owner, np.arange(len(remaining.missing) + 1)).tolist()
        for need in np.flatnonzero(remaining.bundle >= 0).tolist():
            columns = range(first[need], first[need + 1])
            served = self._served[remaining.bundle[need]]
            if remaining.parts[need] == 1:
                self.cp.add_exactly_one([served.negated(), *(self._taken[column] for column in columns)])
            else:
                self.cp.add(sum(self._amount[column] for column in columns) == int(remaining.missing[need]) * served)
                self.cp.add(sum(self._taken[column] for column in columns) <= int(remaining.parts[need]))

    def _serve_one_of_the_alternatives(self) -> None:
        remaining = self._left
        for group in remaining.arrays.alternatives:
            self.cp.add(sum(self._served[remaining.bundle[need]] for need in group if remaining.bundle[need] >= 0) <= 1)
        for need in remaining.barred.tolist():
            self.cp.add(self._served[remaining.bundle[need]] == 0)

    def _fit_into_rows(self) -> None:
        rows = self._left.rows
        ends = np.cumsum(np.bincount(rows.row, minlength=len(rows.capacity))).tolist()
        columns, loads = rows.column.tolist(), rows.load.tolist()
        start = 0
        for capacity, end in zip(rows.capacity.tolist(), ends, strict=True):
            entries = range(start, end)
            self.cp.add(sum(loads[entry] * self._amount[columns[entry]] for entry in entries) <= capacity)
            start = end

    def _fit_as_intervals(self) -> None:
        remaining = self._left
        column_of = np.full(len(remaining.arrays.score), -1)
        column_of[remaining.option] = np.arange(len(remaining.option))
        claims = intervals(remaining.arrays, column_of)
        order = np.argsort(claims.unit, kind="stable")
        capacity = most_of(remaining.arrays)
        for claimed in np.split(order, np.flatnonzero(np.diff(claims.unit[order])) + 1):
            parts = [self._interval(claims.column[i], claims.start[i], claims.end[i]) for i in claimed]
            most = int(capacity[claims.unit[claimed[0]]])
            if most == 1:
                self.cp.add_no_overlap(parts)
            else:
                demands = [self._demand(claims.column[i], claims.load[i]) for i in claimed]
                self.cp.add_cumulative(parts, demands, most)

    def _interval(self, column: int, start: int, end: int) -> cp_model.IntervalVar:
        start, length = int(start), int(end - start)
        if column < 0:
            return self.cp.new_fixed_size_interval_var(start, length, "")
        return self.cp.new_optional_fixed_size_interval_var(start, length, self._taken[column], "")

    def _demand(self, column: int, load: int) -> cp_model.LinearExprT:
        remaining = self._left
        if column < 0:
            return int(load)
        if remaining.single[column]:
            return int(load) * int(remaining.missing[remaining.owner[column]])
        return int(load) * self._amount[column]

    def _gain_the_most(self) -> None:
        remaining = self._left
        value = np.zeros(remaining.bundles, dtype=np.int64)
        open_needs = np.flatnonzero(remaining.bundle >= 0)
        np.add.at(value, remaining.bundle[open_needs], remaining.arrays.value[open_needs])
        scores = remaining.arrays.score[remaining.option].tolist()
        gains = [score * amount for score, amount in zip(scores, self._amount, strict=True)]
        served = [worth * variable for worth, variable in zip(value.tolist(), self._served, strict=True)]
        self.cp.maximize(cp_model.LinearExpr.sum([*gains, *served, remaining.base]))
