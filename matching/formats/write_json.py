"""Problems and plans as JSON; what has its default is left out."""

from collections.abc import Iterable, Iterator
from itertools import islice

import msgspec
import numpy as np
from msgspec import UNSET

from matching.arrays import structs
from matching.arrays.arrays import Arrays
from matching.arrays.conversion import problem_of
from matching.arrays.unpacking import Unpacking
from matching.formats.read_json import PLAN_FORMAT, PROBLEM_FORMAT
from matching.problem.needs import Claim, Need, Option
from matching.problem.plan import Plan
from matching.problem.problem import Problem
from matching.problem.units import Unit

NEEDS_AT_A_TIME = 1000


def write_problem(problem: Problem) -> bytes:
    """The problem as its file says it."""
    return b"".join(_parts(problem, map(_unit, problem.units), map(_need, problem.needs)))


def write_arrays(arrays: Arrays) -> Iterator[bytes]:
    """The problem as its file says it, in parts to be put together."""
    return _parts(problem_of(arrays, ()), Unpacking(arrays).units(), _needs(arrays))


def _needs(arrays: Arrays) -> Iterator[structs.Need]:
    unpacking, count, option_from = Unpacking(arrays), len(arrays.need_ids), arrays.option_from
    for first in range(0, count, NEEDS_AT_A_TIME):
        needs = range(first, min(first + NEEDS_AT_A_TIME, count))
        yield from unpacking.needs(needs, np.arange(option_from[needs.start], option_from[needs.stop]))


def _parts(problem: Problem, units: Iterable[structs.Unit], needs: Iterable[structs.Need]) -> Iterator[bytes]:
    """The problem with these units and needs."""
    head = {
        "format": PROBLEM_FORMAT,
        "name": problem.name,
        "seed": problem.seed,
        "units": list(units),
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
    remaining, separator = iter(needs), b""
    while some := list(islice(remaining, NEEDS_AT_A_TIME)):
        yield separator + msgspec.json.encode(some)[1:-1]
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


def _unit(unit: Unit) -> structs.Unit:
    pieces = unit.available
    return structs.Unit(
        id=unit.id,
        capacity=unit.capacity,
        available=UNSET
        if pieces is None
        else [structs.Piece(start=piece.start, end=piece.end, capacity=piece.capacity) for piece in pieces],
        position=UNSET if unit.position is None else unit.position,
    )


def _need(need: Need) -> structs.Need:
    return structs.Need(
        id=need.id,
        value=need.value,
        amount=need.amount,
        parts=need.parts if need.parts > 1 else 0,
        options=[_option(option) for option in need.options],
    )


def _option(option: Option) -> structs.Option:
    claims = [_claim(claim) for claim in option.claims]
    return structs.Option(id=option.id, score=option.score, max=option.max or 0, claims=claims)


def _claim(claim: Claim) -> structs.Claim:
    during = [structs.Interval(start=interval.start, end=interval.end) for interval in claim.during]
    return structs.Claim(unit=claim.unit, amount=claim.amount, during=during)
