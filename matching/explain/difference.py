"""What two plans of one problem do differently."""

from collections import Counter
from collections.abc import Iterable

from matching.explain.reasons import Change, Difference, Terms
from matching.problem.checker import Worth, served, worth_by_need
from matching.problem.needs import Match
from matching.problem.problem import Problem

Changes = tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]


def difference(
    problem: Problem, before: Iterable[Match], after: Iterable[Match], terms: Terms | None = None
) -> Difference:
    """How the matches after differ from those before, need by need in the order of the problem."""
    before, after = tuple(before), tuple(after)
    was, now = _by_need(before), _by_need(after)
    worth_was, worth_now = worth_by_need(problem, before), worth_by_need(problem, after)

    def change(need: str) -> Change:
        own_before, own_after = was.get(need, ()), now.get(need, ())
        growth = worth_now.get(need, Worth()) - worth_was.get(need, Worth())
        return Change(need, own_before, own_after, growth, _grown_terms(terms or {}, own_before, own_after))

    moved, fell, rose = changes(problem, before, after)
    return Difference(
        gained=tuple(change(need) for need in rose),
        lost=tuple(change(need) for need in fell),
        moved=tuple(change(need) for need in moved),
        growth=sum(worth_now.values(), Worth()) - sum(worth_was.values(), Worth()),
        terms=_grown_terms(terms or {}, before, after),
    )


def changes(problem: Problem, before: Iterable[Match], after: Iterable[Match]) -> Changes:
    """The needs served otherwise, no longer, and newly, each in the order of the problem."""
    before, after = tuple(before), tuple(after)
    was, now = served(problem, before), served(problem, after)
    had, has = _by_need(before), _by_need(after)
    needs = [need.id for need in problem.needs]
    return (
        tuple(need for need in needs if need in was & now and set(had[need]) != set(has[need])),
        tuple(need for need in needs if need in was - now),
        tuple(need for need in needs if need in now - was),
    )


def _by_need(matches: Iterable[Match]) -> dict[str, tuple[Match, ...]]:
    by_need: dict[str, tuple[Match, ...]] = {}
    for match in matches:
        by_need[match.need] = (*by_need.get(match.need, ()), match)
    return by_need


def _grown_terms(terms: Terms, before: Iterable[Match], after: Iterable[Match]) -> dict[str, int]:
    grown: Counter[str] = Counter()
    for sign, matches in ((-1, before), (1, after)):
        for match in matches:
            for name, points in terms.get((match.need, match.option), {}).items():
                grown[name] += sign * points * match.amount
    return dict(grown)
