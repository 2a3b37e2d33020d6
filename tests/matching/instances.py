"""Small random problems of every feature, for Hypothesis.

Hypothesis draws the size and a seed, and the seed the rest: drawn piece by piece, most instances had nothing to
compete for. A failing instance is printed whole.
"""

from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise
from random import Random

from hypothesis import strategies as st

from matching.problem.problem import Claim, Forbidden, Interval, Match, Need, Option, Piece, Problem, ProblemError, Unit

MINUTES = 6


def problems(units: int = 2) -> st.SearchStrategy[Problem]:
    """Problems of two to four needs and one unit or up to so many, with every kind of agreement."""
    return st.builds(instance, st.integers(2, 4), st.binary(min_size=8, max_size=8), units=st.just(units))


def instance(needs: int, seed: bytes, *, units: int = 2) -> Problem:
    """The problem that this seed gives, of at most so many units."""
    draw = Random(seed)
    unit_ids = [f"u{u}" for u in range(draw.randint(1, units))]
    need_ids = [f"n{n}" for n in range(needs)]
    problem = Problem(
        name="instance",
        seed=draw.randint(0, 3),
        units=tuple(_unit(draw, id_) for id_ in unit_ids),
        needs=tuple(_need(draw, id_, unit_ids) for id_ in need_ids),
        together=tuple(_groups(draw, need_ids, draw.choice([0, 0, 1]))),
        alternatives=tuple(_groups(draw, need_ids, draw.choice([0, 0, 1, 2]))),
        stability=draw.randint(0, 5),
    )
    return _with_choices(draw, problem)


def _unit(draw: Random, id_: str) -> Unit:
    """Scarce, mostly, and one in three with a capacity that changes and may be gone at times."""
    capacity = draw.choice([1, 2, 2, 3, 4])
    if draw.random() < 0.67:
        return Unit(id_, capacity)
    cuts = sorted({draw.choice([0, 0, 1]), draw.randint(2, 4), draw.choice([5, MINUTES])})
    pieces = [Piece(a, b, draw.choice([0, 1, capacity, capacity])) for a, b in pairwise(cuts)]
    return Unit(id_, capacity, tuple(draw.sample(pieces, len(pieces))))


def _need(draw: Random, id_: str, unit_ids: list[str]) -> Need:
    """Mostly with two or three options of a claim or two, and mostly worth serving."""
    return Need(
        id=id_,
        value=draw.randint(-2, 20),
        amount=draw.choice([1, 1, 2, 3]),
        options=tuple(_option(draw, f"o{o}", unit_ids) for o in range(draw.choice([0, 1, 2, 2, 3, 3, 3, 3]))),
        parts=draw.choice([1, 2, 2, 3]),
    )


def _option(draw: Random, id_: str, unit_ids: list[str]) -> Option:
    claims = (
        Claim(draw.choice(unit_ids), draw.choice([1, 1, 2]), tuple(_during(draw)))
        for _ in range(draw.choice([0, 1, 1, 1, 1, 2]))
    )
    return Option(id_, draw.randint(-6, 4), tuple(claims), draw.choice([None, None, 1, 2, 3]))


def _during(draw: Random) -> Iterable[Interval]:
    """One interval, or two that don't overlap."""
    start = draw.randrange(MINUTES)
    end = draw.randint(start + 1, MINUTES)
    yield Interval(start, end)
    if end < MINUTES and draw.random() < 0.4:
        start = draw.randrange(end, MINUTES)
        yield Interval(start, draw.randint(start + 1, MINUTES))


def _groups(draw: Random, need_ids: list[str], number: int) -> Iterable[tuple[str, ...]]:
    for _ in range(number if need_ids else 0):
        yield tuple(draw.sample(need_ids, draw.randint(1, min(3, len(need_ids)))))


def _with_choices(draw: Random, problem: Problem) -> Problem:
    """The problem with options fixed (where they fit), forbidden and previous."""
    for need, option in problem.option_of:
        chance = draw.random()
        if chance < 0.08:
            problem = replace(problem, forbidden=(*problem.forbidden, Forbidden(need, option)))
        elif chance < 0.16:
            try:
                match = Match(need, option, draw.randint(1, 3))
                problem = replace(problem, fixed=(*problem.fixed, match))
            except ProblemError:
                pass
    pairs = [pair for pair in problem.option_of if draw.random() < 0.3]
    return replace(problem, previous=tuple(Match(need, option, 1) for need, option in pairs))


def magnified(problem: Problem, *, amounts: int = 1, claims: int = 1, scores: int = 1, values: int = 1) -> Problem:
    """The problem in other numbers: amounts, claims (with the capacities for both), scores and values so many times.

    With `magnified_matches` its plans are plans of the new problem, which has no others where needs have one part.
    """
    room = amounts * claims
    units = (
        replace(unit, capacity=unit.capacity * room, available=_magnified_pieces(unit, room)) for unit in problem.units
    )
    needs = tuple(
        replace(
            need,
            value=need.value * values,
            amount=need.amount * amounts,
            options=tuple(_magnified_option(option, amounts, claims, scores) for option in need.options),
        )
        for need in problem.needs
    )
    return replace(
        problem,
        units=tuple(units),
        needs=needs,
        fixed=magnified_matches(problem.fixed, amounts),
        previous=magnified_matches(problem.previous, amounts),
        stability=problem.stability * values,
    )


def magnified_matches(matches: Iterable[Match], amounts: int) -> tuple[Match, ...]:
    """The matches with amounts so many times."""
    return tuple(replace(match, amount=match.amount * amounts) for match in matches)


def _magnified_pieces(unit: Unit, times: int) -> tuple[Piece, ...] | None:
    return unit.available and tuple(replace(piece, capacity=piece.capacity * times) for piece in unit.available)


def _magnified_option(option: Option, amounts: int, claims: int, scores: int) -> Option:
    return replace(
        option,
        score=option.score * scores,
        max=option.max and option.max * amounts,
        claims=tuple(replace(claim, amount=claim.amount * claims) for claim in option.claims),
    )
