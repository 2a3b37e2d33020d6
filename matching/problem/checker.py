"""Is a plan right, and what is it worth? Knows nothing of how plans are found."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from matching.problem.capacity import overloads, takings_by_unit
from matching.problem.needs import Match, Need
from matching.problem.plan import Plan
from matching.problem.problem import Problem
from matching.problem.units import Interval

Code = Literal[
    "wrong_problem",
    "unknown_need",
    "unknown_option",
    "duplicate_match",
    "wrong_amount",
    "too_many_parts",
    "above_max",
    "over_capacity",
    "together_broken",
    "alternatives_broken",
    "forbidden_taken",
    "fixed_moved",
    "objective_wrong",
    "bound_below",
    "status_wrong",
]


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing wrong with a plan.

    `place` is a path into the plan (`matches[3]`), a need, a unit or a group of the problem; `found` is what the plan
    has and `allowed` what would be right (or the most that would be); `needs` are those involved.
    """

    code: Code
    place: str
    found: int = 0
    allowed: int = 0
    needs: tuple[str, ...] = ()
    during: Interval | None = None


@dataclass(frozen=True, slots=True)
class Worth:
    """What serving a need adds to the objective: its value, the scores of what it takes, and for staying as it was."""

    value: int = 0
    score: int = 0
    stability: int = 0

    @property
    def total(self) -> int:
        """The three together."""
        return self.value + self.score + self.stability

    def __add__(self, other: "Worth") -> "Worth":
        return Worth(self.value + other.value, self.score + other.score, self.stability + other.stability)

    def __sub__(self, other: "Worth") -> "Worth":
        return Worth(self.value - other.value, self.score - other.score, self.stability - other.stability)


def check(problem: Problem, plan: Plan) -> tuple[Violation, ...]:
    """Everything wrong with the plan; empty if it is right and its figures can be true."""
    known = _known(problem, plan.matches)
    return (
        *_names(problem, plan),
        *_amounts(problem, known),
        *_capacities(problem, known),
        *_groups(problem, served(problem, known)),
        *_agreements(problem, known),
        *_figures(plan, value(problem, known)),
    )


def value(problem: Problem, matches: Iterable[Match]) -> int:
    """What the matches are worth by the objective of the problem, in its whole-number points.

    Matches of needs or options that the problem does not have are worth nothing.
    """
    return sum(worth.total for worth in worth_by_need(problem, matches).values())


def worth_by_need(problem: Problem, matches: Iterable[Match]) -> dict[str, Worth]:
    """What the matches are worth, for each need that has any."""
    known = _known(problem, matches)
    serving, before = served(problem, known), _options_by_need(problem.previous)
    worth = {}
    for need, of_need in _by_need(known).items():
        stable = need in serving and {match.option for match in of_need} == before.get(need)
        worth[need] = Worth(
            value=problem.need_of[need].value if need in serving else 0,
            score=sum(problem.option_of[need, match.option].score * match.amount for match in of_need),
            stability=problem.stability if stable else 0,
        )
    return worth


def served(problem: Problem, matches: Iterable[Match]) -> frozenset[str]:
    """The needs whose amounts taken add up to exactly what they ask for."""
    amounts: dict[str, int] = {}
    for match in _known(problem, matches):
        amounts[match.need] = amounts.get(match.need, 0) + match.amount
    return frozenset(need for need, amount in amounts.items() if amount == problem.need_of[need].amount)


def _known(problem: Problem, matches: Iterable[Match]) -> list[Match]:
    return [match for match in matches if (match.need, match.option) in problem.option_of]


def _by_need(matches: Iterable[Match]) -> dict[str, list[Match]]:
    by_need: dict[str, list[Match]] = {}
    for match in matches:
        by_need.setdefault(match.need, []).append(match)
    return by_need


def _options_by_need(matches: Iterable[Match]) -> dict[str, set[str]]:
    return {need: {match.option for match in of_need} for need, of_need in _by_need(matches).items()}


def _names(problem: Problem, plan: Plan) -> Iterator[Violation]:
    if plan.problem != problem.name:
        yield Violation("wrong_problem", "problem")
    seen = set()
    for position, match in enumerate(plan.matches):
        place, pair = f"matches[{position}]", (match.need, match.option)
        if match.need not in problem.need_of:
            yield Violation("unknown_need", place, needs=(match.need,))
        elif pair not in problem.option_of:
            yield Violation("unknown_option", place, needs=(match.need,))
        elif pair in seen:
            yield Violation("duplicate_match", place, found=2, allowed=1, needs=(match.need,))
        seen.add(pair)


def _amounts(problem: Problem, matches: list[Match]) -> Iterator[Violation]:
    fixed = _by_need(problem.fixed)
    for id_, of_need in _by_need(matches).items():
        need = problem.need_of[id_]
        amount, parts = sum(match.amount for match in of_need), len({match.option for match in of_need})
        as_fixed = set(of_need) == set(fixed.get(id_, ()))
        if amount != need.amount and not as_fixed:
            yield Violation("wrong_amount", id_, found=amount, allowed=need.amount, needs=(id_,))
        if parts > need.parts:
            yield Violation("too_many_parts", id_, found=parts, allowed=need.parts, needs=(id_,))
        yield from _above_max(problem, need, of_need)


def _above_max(problem: Problem, need: Need, matches: list[Match]) -> Iterator[Violation]:
    for match in matches:
        most = need.most(problem.option_of[need.id, match.option])
        if match.amount > most:
            yield Violation("above_max", f"{need.id}/{match.option}", match.amount, most, (need.id,))


def _capacities(problem: Problem, matches: list[Match]) -> Iterator[Violation]:
    taken = ((match, problem.option_of[match.need, match.option]) for match in matches)
    for unit, takings in takings_by_unit(taken).items():
        for level in overloads(problem.unit_of[unit], takings):
            needs = tuple(dict.fromkeys(taking.match.need for taking in level.takings))
            yield Violation("over_capacity", unit, level.load, level.capacity, needs, level.during)


def _groups(problem: Problem, serving: frozenset[str]) -> Iterator[Violation]:
    settled = served(problem, problem.fixed)
    for position, group in enumerate(problem.together):
        # What is fixed stays, so it cannot be made to wait for the others: the rest is still all or nothing.
        rest = [need for need in group if need not in settled]
        missing = tuple(need for need in rest if need not in serving)
        if missing and len(missing) < len(rest):
            yield Violation("together_broken", f"together[{position}]", len(rest) - len(missing), len(rest), missing)
    for position, group in enumerate(problem.alternatives):
        both = tuple(need for need in group if need in serving)
        if len(both) > 1:
            yield Violation("alternatives_broken", f"alternatives[{position}]", len(both), 1, both)


def _agreements(problem: Problem, matches: list[Match]) -> Iterator[Violation]:
    amounts: dict[tuple[str, str], int] = {}
    for match in matches:
        amounts[match.need, match.option] = amounts.get((match.need, match.option), 0) + match.amount
    for position, pair in enumerate(problem.forbidden):
        if amount := amounts.get((pair.need, pair.option), 0):
            yield Violation("forbidden_taken", f"forbidden[{position}]", amount, 0, (pair.need,))
    for position, match in enumerate(problem.fixed):
        amount = amounts.get((match.need, match.option), 0)
        if amount != match.amount:
            yield Violation("fixed_moved", f"fixed[{position}]", amount, match.amount, (match.need,))


def _figures(plan: Plan, worth: int) -> Iterator[Violation]:
    if plan.objective != worth:
        yield Violation("objective_wrong", "objective", plan.objective, worth)
    if plan.bound < worth:
        yield Violation("bound_below", "bound", plan.bound, worth)
    if plan.status == "optimal" and plan.bound > worth:
        yield Violation("status_wrong", "status", worth, plan.bound)
