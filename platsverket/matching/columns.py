"""What could still be decided: the needs that the fixed matches leave open, and the options they could take."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from platsverket.matching.need import Match, Need, Option
from platsverket.matching.problem import Problem


@dataclass(frozen=True, slots=True)
class OpenNeed:
    """A need that the fixed matches do not serve in full: what is missing, from how many further options at most.

    `held` are the options fixed for it, `before` those it had in the previous plan.
    """

    need: Need
    missing: int
    parts: int
    held: frozenset[str]
    before: frozenset[str]


@dataclass(frozen=True, slots=True)
class Column:
    """An option that an open need could take: nothing of it, or an amount from `least` to `most`.

    `owner` is the position of the need among the open ones.
    """

    owner: int
    option: Option
    least: int
    most: int


def open_needs(problem: Problem) -> list[OpenNeed]:
    """The needs to decide about, in the order of the problem."""
    before = options_by_need(problem.previous)
    held = options_by_need(problem.fixed)
    amounts = dict.fromkeys(held, 0)
    for match in problem.fixed:
        amounts[match.need] += match.amount
    return [
        OpenNeed(
            need=need,
            missing=need.amount - amounts.get(need.id, 0),
            parts=need.parts - len(held.get(need.id, ())),
            held=held.get(need.id, frozenset()),
            before=before.get(need.id, frozenset()),
        )
        for need in problem.needs
        if amounts.get(need.id, 0) < need.amount
    ]


def columns_of(problem: Problem, needs: list[OpenNeed]) -> list[Column]:
    """The options that nothing in the problem but capacity and agreements between needs keeps from being taken."""
    forbidden = {(pair.need, pair.option) for pair in problem.forbidden}
    return [
        column
        for owner, open_need in enumerate(needs)
        if open_need.parts > 0
        for column in _columns(owner, open_need)
        if (open_need.need.id, column.option.id) not in forbidden
    ]


def _columns(owner: int, open_need: OpenNeed) -> Iterator[Column]:
    least = open_need.missing if open_need.parts == 1 else 1
    for option in open_need.need.options:
        most = min(open_need.need.most(option), open_need.missing)
        if option.id not in open_need.held and least <= most:
            yield Column(owner, option, least, most)


def options_by_need(matches: Iterable[Match]) -> dict[str, frozenset[str]]:
    """The options that the matches take for each need."""
    options: dict[str, set[str]] = {}
    for match in matches:
        options.setdefault(match.need, set()).add(match.option)
    return {need: frozenset(of_need) for need, of_need in options.items()}
