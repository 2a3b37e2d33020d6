"""What another choice would cost: the best plan that makes it, found by solving again near by."""

from typing import Literal

from platsverket.matching.checker import Worth, value, worth_by_need
from platsverket.matching.difference import changes
from platsverket.matching.formulation import Formulation, formulate
from platsverket.matching.limits import Limits
from platsverket.matching.model import Model
from platsverket.matching.need import Match
from platsverket.matching.problem import Problem
from platsverket.matching.reasons import Loss, WhyUnserved
from platsverket.matching.region import Surroundings, restricted
from platsverket.matching.search import search

UNKNOWN = Loss("unknown")
IMPOSSIBLE = Loss("impossible")


class Losses:
    """Losses against the given matches, which must be a right plan.

    A problem of at most `whole_options` options is solved again as a whole, and the loss is exact. Of a larger one
    only `most_needs` around the choice are free and the rest stays as it is, so the loss is a limit.
    """

    def __init__(
        self, problem: Problem, matches: tuple[Match, ...], limits: Limits, whole_options: int, most_needs: int
    ) -> None:
        self._problem = problem
        self._matches = matches
        self._limits = limits
        self._whole = len(problem.option_of) <= whole_options
        self._most_needs = most_needs
        self._surroundings = Surroundings(problem, matches)

    def of_taking(self, need: str, option: str) -> Loss:
        """The loss of the best plan that serves the need with this option among what it takes."""
        if self._limits.ended():
            return UNKNOWN
        formulation = formulate(self._region(need, option))
        column = _column(formulation, need, option)
        if column is None:
            certain = self._whole or _column(self._alone(need), need, option) is None
            return IMPOSSIBLE if certain else UNKNOWN
        model = Model(formulation)
        model.require(column)
        found = search(model, self._limits, seed=self._problem.seed)
        if found.amounts is not None:
            exact = self._whole and found.end == "proven"
            return self._loss(need, formulation, found.amounts, "exact" if exact else "at_most")
        return IMPOSSIBLE if self._whole and found.end == "impossible" else UNKNOWN

    def why_unserved(self, need: str) -> WhyUnserved:
        """Whether the need could be served, with its bundle, where all but the fixed matches give way."""
        formulation = self._alone(need)
        owner = next(owner for owner, open_need in enumerate(formulation.needs) if open_need.need.id == need)
        if not formulation.columns_of[owner]:
            return "no_option"
        model = Model(formulation)
        model.require_served(owner)
        found = search(model, self._limits, seed=self._problem.seed)
        match found.end:
            case "limit":
                return "unknown"
            case "impossible":
                return "no_option"
        gains = found.amounts is not None and formulation.worth(found.amounts) > formulation.base
        return "lost_to_others" if gains else "not_worth_it"

    def _region(self, need: str, option: str) -> Problem:
        if self._whole:
            return self._problem
        inside = self._surroundings.around(need, option, self._most_needs)
        return restricted(self._problem, self._matches, inside)

    def _alone(self, need: str) -> Formulation:
        return formulate(restricted(self._problem, self._problem.fixed, set(self._surroundings.bundle(need))))

    def _loss(
        self, need: str, formulation: Formulation, amounts: dict[int, int], kind: Literal["exact", "at_most"]
    ) -> Loss:
        region = formulation.problem
        before = [match for match in self._matches if (match.need, match.option) in region.option_of]
        after = formulation.matches(amounts)
        loss = value(region, before) - value(region, after)
        own = worth_by_need(region, before).get(need, Worth()).total - worth_by_need(region, after)[need].total
        moved, fell, rose = changes(region, before, after)
        return Loss(
            kind=kind,
            amount=loss,
            to_others=loss - own,
            moved=tuple(other for other in moved if other != need),
            fell=tuple(other for other in fell if other != need),
            rose=tuple(other for other in rose if other != need),
        )


def _column(formulation: Formulation, need: str, option: str) -> int | None:
    columns = enumerate(formulation.columns)
    wanted = (need, option)
    owners = formulation.needs
    return next((i for i, c in columns if (owners[c.owner].need.id, c.option.id) == wanted), None)
