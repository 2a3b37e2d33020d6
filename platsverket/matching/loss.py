"""What another choice would cost: the best plan that makes it, found by solving again near by."""

from typing import Literal

from platsverket.matching import exact
from platsverket.matching.arrays import Ints
from platsverket.matching.asking import Region
from platsverket.matching.checker import Worth, value, worth_by_need
from platsverket.matching.difference import changes
from platsverket.matching.limits import Limits
from platsverket.matching.need import Match
from platsverket.matching.problem import Problem
from platsverket.matching.reasons import Loss, WhyUnserved
from platsverket.matching.region import Surroundings, restricted

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
        self._whole = Region(problem) if len(problem.option_of) <= whole_options else None
        self._most_needs = most_needs
        self._surroundings = Surroundings(problem, matches)

    def of_taking(self, need: str, option: str) -> Loss:
        """The loss of the best plan that serves the need with this option among what it takes."""
        if self._limits.ended():
            return UNKNOWN
        region = self._whole or self._around(need, option)
        column = region.column(need, option)
        if column is None:
            certain = self._whole is not None or self._alone(need).column(need, option) is None
            return IMPOSSIBLE if certain else UNKNOWN
        found = exact.search(region.taking(column), self._limits)
        if found.values is not None:
            proven = self._whole is not None and found.end == "proven"
            return self._loss(need, region, found.values, "exact" if proven else "at_most")
        return IMPOSSIBLE if self._whole is not None and found.end == "impossible" else UNKNOWN

    def why_unserved(self, need: str) -> WhyUnserved:
        """Whether the need could be served, with its bundle, where all but the fixed matches give way."""
        region = self._alone(need)
        if not region.can_serve(need):
            return "no_option"
        found = exact.search(region.serving(need), self._limits)
        match found.end:
            case "impossible":
                return "no_option"
            case "limit" if found.values is None:
                return "unknown"
            case _:
                return "lost_to_others" if found.values is not None and region.gains(found.values) else "not_worth_it"

    def _around(self, need: str, option: str) -> Region:
        inside = self._surroundings.around(need, option, self._most_needs)
        return Region(restricted(self._problem, self._matches, inside))

    def _alone(self, need: str) -> Region:
        inside = set(self._surroundings.bundle(need))
        return Region(restricted(self._problem, self._problem.fixed, inside))

    def _loss(self, need: str, region: Region, values: Ints, kind: Literal["exact", "at_most"]) -> Loss:
        problem = region.problem
        before = [match for match in self._matches if (match.need, match.option) in problem.option_of]
        after = region.matches(values)
        loss = value(problem, before) - value(problem, after)
        own = worth_by_need(problem, before).get(need, Worth()).total - worth_by_need(problem, after)[need].total
        moved, fell, rose = changes(problem, before, after)
        return Loss(
            kind=kind,
            amount=loss,
            to_others=loss - own,
            moved=tuple(other for other in moved if other != need),
            fell=tuple(other for other in fell if other != need),
            rose=tuple(other for other in rose if other != need),
        )
