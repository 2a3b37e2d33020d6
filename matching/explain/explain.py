"""Why every need got what it got or nothing, what else would have cost, and what two plans do differently."""

from collections.abc import Collection, Iterable, Iterator, Mapping

from matching.explain.difference import difference
from matching.explain.reasons import (
    Blocked,
    Blocker,
    Change,
    Choice,
    Difference,
    Explanation,
    Loss,
    Served,
    Taken,
    Terms,
    Unserved,
)
from matching.explain.what_if import IMPOSSIBLE, Losses
from matching.mip.limits import Limits
from matching.problem.capacity import levels, takings_by_unit
from matching.problem.checker import check, served, worth_by_need
from matching.problem.errors import PlanError, ProblemError
from matching.problem.needs import Match, Need, Option
from matching.problem.plan import Plan
from matching.problem.problem import Problem


class Blockers:
    """Finds what blocks options beside the given matches, which must be a right plan."""

    def __init__(self, problem: Problem, matches: Iterable[Match]) -> None:
        matches = tuple(matches)
        self._problem = problem
        self._served = served(problem, matches)
        self._fixed = frozenset(problem.fixed)
        self._forbidden = {(pair.need, pair.option) for pair in problem.forbidden}
        taken = ((match, problem.option_of[match.need, match.option]) for match in matches)
        self._takings = takings_by_unit(taken)

    def of(self, need: Need, option: Option) -> tuple[Blocker, ...]:
        """Everything that blocks the option of an unserved need, rules of the need and agreements first."""
        if (need.id, option.id) in self._forbidden:
            return (Blocker("forbidden"),)
        held = [match for match in self._problem.fixed if match.need == need.id]
        missing = need.amount - sum(match.amount for match in held)
        parts = need.parts - len(held)
        if not parts:
            return (Blocker("no_parts_left"),)
        most = min(missing, need.most(option))
        too_small = [Blocker("max_too_small", wanted=missing, free=most)] if parts == 1 and most < missing else []
        return (*too_small, *self._agreements(need), *self._capacity(Match(need.id, option.id, most), option))

    def _agreements(self, need: Need) -> Iterator[Blocker]:
        for group in self._problem.alternatives:
            rivals = tuple(other for other in group if other in self._served and other != need.id)
            if need.id in group and rivals:
                yield Blocker("alternative_served", needs=rivals)
        for group in self._problem.together:
            mates = tuple(other for other in group if other not in self._served and other != need.id)
            if need.id in group and mates:
                yield Blocker("together_unserved", needs=mates)

    def _capacity(self, wanted: Match, option: Option) -> Iterator[Blocker]:
        for unit, own in takings_by_unit([(wanted, option)]).items():
            for level in levels(self._problem.unit_of[unit], [*self._takings.get(unit, ()), *own]):
                amount = sum(taking.amount for taking in level.takings if taking.match is wanted)
                if amount and level.load > level.capacity:
                    others = dict.fromkeys(taking.match for taking in level.takings if taking.match is not wanted)
                    yield Blocker(
                        "capacity",
                        unit=unit,
                        during=level.during,
                        wanted=amount,
                        free=level.capacity - (level.load - amount),
                        holders=tuple(match for match in others if match not in self._fixed),
                        fixed_holders=tuple(match for match in others if match in self._fixed),
                    )


__all__ = [
    "Blocked",
    "Blocker",
    "Change",
    "Choice",
    "Difference",
    "Explanation",
    "Loss",
    "Served",
    "Taken",
    "Terms",
    "Unserved",
    "difference",
    "explain",
]

WHOLE_OPTIONS = 400
"""A problem of so many options is solved again in a tenth of a second or so."""
MOST_NEEDS = 60
"""The largest neighbourhood that is still proven best at once (docs: what was learned by trying, point 6)."""


def explain(
    problem: Problem,
    plan: Plan,
    *,
    needs: Collection[str] | None = None,
    time_limit_s: float | None = None,
    terms: Terms | None = None,
    whole_options: int = WHOLE_OPTIONS,
    most_needs: int = MOST_NEEDS,
) -> Explanation:
    """Reasons for the needs asked about (None: all), which takes about one search for each of their options.

    When the time limit ends, the losses not yet found are `unknown`; all else is still said. Losses are exact for a
    problem of at most `whole_options` options; in a larger one only `most_needs` needs around a choice may move,
    so its losses are limits.

    Raises
    ------
    PlanError
        The plan fails the checker.
    ProblemError
        A need is not in the problem.
    """
    violations = check(problem, plan)
    if violations:
        raise PlanError("matches", f"only a right plan can be explained; the checker says {violations[0]}")
    for need in needs or ():
        if need not in problem.need_of:
            raise ProblemError("needs", f"there is no need {need!r}")
    losses = Losses(problem, plan.matches, Limits(time_limit_s), whole_options, most_needs)
    reasons = _Reasons(problem, plan.matches, losses, terms or {})
    asked = [need for need in problem.needs if needs is None or need.id in needs]
    serving = served(problem, plan.matches)
    return Explanation(
        served=tuple(reasons.served(need) for need in asked if need.id in serving),
        unserved=tuple(reasons.unserved(need) for need in asked if need.id not in serving),
    )


class _Reasons:
    def __init__(self, problem: Problem, matches: tuple[Match, ...], losses: Losses, terms: Terms) -> None:
        self._losses = losses
        self._terms = terms
        self._fixed = frozenset(problem.fixed)
        self._worth = worth_by_need(problem, matches)
        self._blockers = Blockers(problem, matches)
        self._taken: dict[str, list[Match]] = {}
        for match in matches:
            self._taken.setdefault(match.need, []).append(match)

    def served(self, need: Need) -> Served:
        return Served(
            need=need.id,
            worth=self._worth[need.id],
            taken=tuple(self._as_taken(match) for match in self._taken[need.id]),
            choices=tuple(sorted(self._choices(need), key=_least_loss_first)),
        )

    def _as_taken(self, match: Match) -> Taken:
        terms = {name: points * match.amount for name, points in self._of(match.need, match.option).items()}
        return Taken(match, match in self._fixed, terms)

    def _choices(self, need: Need) -> Iterator[Choice]:
        """The options not taken, unless nothing can be chosen because all that is taken is fixed."""
        taken = {match.option for match in self._taken[need.id]}
        if not self._fixed.issuperset(self._taken[need.id]):
            for option in need.options:
                if option.id not in taken:
                    loss = self._losses.of_taking(need.id, option.id)
                    yield Choice(option.id, option.score, self._of(need.id, option.id), loss)

    def unserved(self, need: Need) -> Unserved:
        held = {match.option for match in self._taken.get(need.id, ())}
        options = [self._blocked(need, option) for option in need.options if option.id not in held]
        options.sort(key=_least_loss_first)
        code = self._losses.why_unserved(need.id)
        least = options[0].loss if options else IMPOSSIBLE
        return Unserved(need.id, code, tuple(options), least)

    def _blocked(self, need: Need, option: Option) -> Blocked:
        return Blocked(
            option=option.id,
            score=option.score,
            terms=self._of(need.id, option.id),
            blockers=self._blockers.of(need, option),
            loss=self._losses.of_taking(need.id, option.id),
        )

    def _of(self, need: str, option: str) -> Mapping[str, int]:
        return self._terms.get((need, option), {})


def _least_loss_first(choice: Choice | Blocked) -> tuple[int, int, int]:
    return (*choice.loss.order, -choice.score)
