"""Problems and plans as JSON; what has its default is left out."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

import msgspec
from msgspec import UNSET

from platsverket.matching import lean
from platsverket.matching.need import Claim, Need, Option
from platsverket.matching.plan import Plan
from platsverket.matching.problem import Problem
from platsverket.matching.reading import PLAN_FORMAT, PROBLEM_FORMAT
from platsverket.matching.unit import Unit

NEEDS_AT_A_TIME = 1000


def write_problem(problem: Problem, needs: Iterable[Need]) -> Iterator[bytes]:
    """The problem as its file says it, with these needs in place of its own, in parts to be put together."""
    head = {
        "format": PROBLEM_FORMAT,
        "name": problem.name,
        "seed": problem.seed,
        "units": [_unit(unit) for unit in problem.units],
    }
    optional = {
        "together": problem.together,
        "alternatives": problem.alternatives,
        "fixed": problem.fixed,
        "forbidden": problem.forbidden,
        "previous": problem.previous,
        "stability": problem.stability,
    }
    tail = msgspec.json.encode({key: field for key, field in optional.items() if field})
    yield msgspec.json.encode(head)[:-1] + b',"needs":['
    separator = b""
    for some in _in_parts(needs):
        yield separator + msgspec.json.encode([_need(need) for need in some])[1:-1]
        separator = b","
    yield b"]" + (b"," if len(tail) > 2 else b"") + tail[1:] + b"\n"


def write_plan(plan: Plan) -> bytes:
    """The plan as its file says it."""
    content = {
        "format": PLAN_FORMAT,
        "problem": plan.problem,
        "status": plan.status,
        "objective": plan.objective,
        "bound": plan.bound,
        "seed": plan.seed,
        "runtime_s": plan.runtime_s,
        "matches": plan.matches,
    }
    return msgspec.json.encode(content) + b"\n"


def _in_parts(needs: Iterable[Need]) -> Iterator[Sequence[Need]]:
    remaining = iter(needs)
    while some := list(islice(remaining, NEEDS_AT_A_TIME)):
        yield some


def _unit(unit: Unit) -> lean.Unit:
    pieces = unit.available
    return lean.Unit(
        id=unit.id,
        capacity=unit.capacity,
        available=UNSET
        if pieces is None
        else [lean.Piece(start=piece.start, end=piece.end, capacity=piece.capacity) for piece in pieces],
        position=UNSET if unit.position is None else unit.position,
    )


def _need(need: Need) -> lean.Need:
    return lean.Need(
        id=need.id,
        value=need.value,
        amount=need.amount,
        parts=need.parts if need.parts > 1 else 0,
        options=[_option(option) for option in need.options],
    )


def _option(option: Option) -> lean.Option:
    claims = [_claim(claim) for claim in option.claims]
    return lean.Option(id=option.id, score=option.score, max=option.max or 0, claims=claims)


def _claim(claim: Claim) -> lean.Claim:
    during = [lean.Interval(start=interval.start, end=interval.end) for interval in claim.during]
    return lean.Claim(unit=claim.unit, amount=claim.amount, during=during)
