"""The whole problem as one CP-SAT model.

With columns (an option that a need could take) and rows (what fits of a unit at a peak):

    maximise   Σ value × served + Σ score × amount + Σ stability × kept
    so that    Σ amount = missing × served  and  Σ taken ≤ parts    for every need
               least × taken ≤ amount ≤ most × taken                for every column
               Σ load × amount ≤ capacity                           for every row
               served is one and the same for a bundle, and true at most once among alternatives
               kept only where exactly the options of the previous plan are taken
"""

from ortools.sat.python import cp_model

from platsverket.matching.formulation import Formulation
from platsverket.matching.greedy import Amounts

Term = tuple[cp_model.IntVar, int]


class Model:
    """The CP-SAT model `cp` of a formulation; its objective leaves out the formulation's `base`.

    `served` has a variable for each need that can be served, `taken` and `amount` one for each column, `kept` one
    for each need that could earn the stability bonus. Where a column is taken whole or not at all its amount is its
    `taken` counted `most` times, so `unit_of` says what one of its amount variable is worth.
    """

    def __init__(self, formulation: Formulation) -> None:
        self.formulation = formulation
        self.cp = cp_model.CpModel()
        self.served = self._served_variables()
        self.taken = [self.cp.new_bool_var("") for _ in formulation.columns]
        self.amount, self.unit_of = self._amount_variables()
        self.kept = self._kept_variables()

        self._serve_in_full_or_not_at_all()
        self._take_no_more_parts_than_allowed()
        self._stay_within_capacity()
        self._serve_one_of_the_alternatives()
        self._keep_exactly_what_was()
        self._gain_the_most()

    def hint(self, amounts: Amounts) -> None:
        """Let the search start from these amounts."""
        columns = self.formulation.columns
        owners = {columns[index].owner for index in amounts}
        for bundle in self.formulation.bundles:
            self.cp.add_hint(self.served[bundle[0]], bundle[0] in owners)
        for index, taken in enumerate(self.taken):
            self.cp.add_hint(taken, index in amounts)
            if self.amount[index] is not taken:
                self.cp.add_hint(self.amount[index], amounts.get(index, 0))
        for owner, kept in self.kept.items():
            if self.formulation.needs[owner].parts > 1:
                had = {index for index in self.formulation.columns_of[owner] if index in amounts}
                self.cp.add_hint(kept, had == set(self.formulation.stable_with[owner]))

    def require(self, index: int) -> None:
        """Allow only plans that take something of the column."""
        self.cp.add(self.taken[index] == 1)

    def require_served(self, owner: int) -> None:
        """Allow only plans that serve the need."""
        self.cp.add(self.served[owner] == 1)

    def _served_variables(self) -> dict[int, cp_model.IntVar]:
        """One for each bundle, under the name of each of its needs."""
        served = {}
        for bundle in self.formulation.bundles:
            variable = self.cp.new_bool_var("")
            served.update(dict.fromkeys(bundle, variable))
        return served

    def _amount_variables(self) -> tuple[list[cp_model.IntVar], list[int]]:
        variables, units = [], []
        for column, taken in zip(self.formulation.columns, self.taken, strict=True):
            if column.least == column.most:
                variables.append(taken)
                units.append(column.most)
            else:
                amount = self.cp.new_int_var(0, column.most, "")
                self.cp.add(amount <= column.most * taken)
                self.cp.add(amount >= column.least * taken)
                variables.append(amount)
                units.append(1)
        return variables, units

    def _kept_variables(self) -> dict[int, cp_model.IntVar]:
        """A need of one part keeps what it had by taking it; otherwise that is a question of its own."""
        return {
            owner: self.taken[stable[0]] if self.formulation.needs[owner].parts == 1 else self.cp.new_bool_var("")
            for owner, stable in enumerate(self.formulation.stable_with)
            if stable
        }

    def _serve_in_full_or_not_at_all(self) -> None:
        for owner, served in self.served.items():
            columns = self.formulation.columns_of[owner]
            need = self.formulation.needs[owner]
            if need.parts == 1:
                self.cp.add_exactly_one([served.negated(), *(self.taken[index] for index in columns)])
            else:
                self.cp.add(_sum(self._scaled(dict.fromkeys(columns, 1))) == need.missing * served)

    def _take_no_more_parts_than_allowed(self) -> None:
        for owner, columns in enumerate(self.formulation.columns_of):
            parts = self.formulation.needs[owner].parts
            if 1 < parts < len(columns):
                self.cp.add(cp_model.LinearExpr.sum([self.taken[index] for index in columns]) <= parts)

    def _stay_within_capacity(self) -> None:
        for row in self.formulation.rows:
            self.cp.add(_sum(self._scaled(row.loads)) <= row.capacity)

    def _serve_one_of_the_alternatives(self) -> None:
        for group in self.formulation.alternatives:
            # Summed, not a clique of literals: two needs of one bundle share their variable.
            self.cp.add(cp_model.LinearExpr.sum([self.served[owner] for owner in group]) <= 1)

    def _keep_exactly_what_was(self) -> None:
        for owner, kept in self.kept.items():
            if self.formulation.needs[owner].parts > 1:
                stable = self.formulation.stable_with[owner]
                for index in self.formulation.columns_of[owner]:
                    taken = self.taken[index]
                    self.cp.add_implication(kept, taken if index in stable else taken.negated())

    def _gain_the_most(self) -> None:
        needs, columns = self.formulation.needs, self.formulation.columns
        worth = [
            *((served, needs[owner].need.value) for owner, served in self.served.items()),
            *((kept, self.formulation.problem.stability) for kept in self.kept.values()),
            *self._scaled({index: column.option.score for index, column in enumerate(columns)}),
        ]
        self.cp.maximize(_sum(worth))

    def _scaled(self, factors: dict[int, int]) -> list[Term]:
        """The terms whose sum is Σ factor × amount over the columns."""
        return [(self.amount[index], factor * self.unit_of[index]) for index, factor in factors.items()]


def _sum(terms: list[Term]) -> cp_model.LinearExprT:
    return cp_model.LinearExpr.weighted_sum([variable for variable, _ in terms], [factor for _, factor in terms])
