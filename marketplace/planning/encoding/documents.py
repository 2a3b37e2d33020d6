"""A run's input and result as gzipped JSON, from which it can be replayed and its reasons be found again."""

import gzip
import zlib
from collections.abc import Callable, Iterable, Iterator
from io import BytesIO
from math import inf
from typing import Any, TypeVar
from uuid import UUID

import msgspec
import numpy as np
from sqlmodel import Session

from core.errors import Conflict, NotFound
from marketplace.planning.encoding.build import Built, Considered, Demand, Watch
from marketplace.planning.options.options import Parts
from marketplace.runs import queries
from marketplace.runs.models import RunDocument
from matching.arrays.arrays import Arrays, Ints
from matching.arrays.conversion import amounts_at
from matching.formats import codec, packed
from matching.mip.replay import Trace
from matching.problem.plan import Plan
from matching.problem.problem import Problem

D = TypeVar("D")

PACKED = "packed"
UNREADABLE = (OSError, EOFError, zlib.error, ValueError, msgspec.MsgspecError)
"""What reading raises where the gzip, the JSON or what that says is wrong."""
PARTS = 2
"""Of the input: the problem and its context."""
FAST = 1
"""How hard to pack: a third of the space more, for a sixth of the time."""


def keep_input(session: Session, run_id: UUID, built: Built, watch: Watch = lambda _done, _total: None) -> None:
    """Store the problem, and what each name in it stands for; a later attempt replaces an earlier one's.

    `watch` is called with how much of it has been written; it may raise to end it.
    """
    watch(0, PARTS)
    _keep(session, run_id, "problem", _watched(codec.arrays_to_json(built.arrays), lambda: watch(0, PARTS)))
    watch(1, PARTS)
    _keep(session, run_id, "context", [msgspec.json.encode(context(built))])
    watch(2, PARTS)


def _watched(parts: Iterable[bytes], look: Callable[[], None]) -> Iterator[bytes]:
    for part in parts:
        look()
        yield part


def keep_plan(session: Session, run_id: UUID, plan: Plan) -> None:
    """Store the plan."""
    _keep(session, run_id, "plan", [codec.plan_to_json(plan)])


def keep_trace(session: Session, run_id: UUID, trace: Trace) -> None:
    """Store the trace of the run."""
    _keep(session, run_id, "trace", [msgspec.json.encode(trace)])


def keep_packed(session: Session, run_id: UUID, arrays: Arrays, plan: Plan) -> tuple[Arrays, Ints]:
    """Store the problem and the plan once more, so that they are read at once; return them, as `read_packed`."""
    taken = amounts_at(arrays, plan.matches)
    taken = taken[np.argsort(taken[:, 0])]
    queries.keep_document(session, run_id, PACKED, gzip.compress(packed.pack(arrays, taken), FAST))
    return arrays, taken


def read_packed(session: Session, run_id: UUID) -> tuple[Arrays, Ints]:
    """Return the problem of a run, and rows [option, amount] of its plan, ascending.

    Raises
    ------
    NotFound
        It has none yet.
    """
    try:
        return packed.unpack(gzip.decompress(queries.document(session, run_id, PACKED)))
    except (NotFound, *UNREADABLE):  # not kept so, or by another version
        arrays = _read(session, run_id, "problem", codec.arrays_from_json)
        return keep_packed(session, run_id, arrays, read_plan(session, run_id))


def read_problem(session: Session, run_id: UUID) -> Problem:
    """Return the problem that a run solved.

    Raises
    ------
    NotFound
        It has none yet.
    """
    return _read(session, run_id, "problem", codec.problem_from_json)


def read_plan(session: Session, run_id: UUID) -> Plan:
    """Return the plan that a run found.

    Raises
    ------
    NotFound
        It has none yet.
    """
    return _read(session, run_id, "plan", codec.plan_from_json)


def read_trace(session: Session, run_id: UUID) -> Trace:
    """Return the trace of a run.

    Raises
    ------
    NotFound
        It has none.
    """
    return _read(session, run_id, "trace", msgspec.json.Decoder(Trace).decode)


def context(built: Built) -> dict[str, Any]:
    """Return as JSON data what the names in a problem stand for, and what was left for every need after each filter.

    An option is called by its offer's id, with the start after an @ where that is flexible: what an offer is to a need
    is therefore written once for all of its times.
    """
    return {
        "format": "platsverket-context/2",
        "epoch": built.snapshot.calendar.epoch.isoformat(),
        "horizonMin": built.snapshot.calendar.horizon,
        "policy": built.policy.to_json(),
        "needs": {str(each.need.need_id): _considered(each) for each in built.considered},
        "demands": {key: _demand(demand) for key, demand in built.demand_of.items()},
    }


def _considered(each: Considered) -> dict[str, Any]:
    return {
        "requestId": str(each.need.request_id),
        "organisationId": str(each.need.organisation_id),
        "left": each.left,
        "blockedBy": [str(need_id) for need_id in each.blocked_by],
        "offers": dict(_offers(each.demands[0].options.parts)) if each.demands else {},
    }


def _offers(parts: Parts) -> Iterator[tuple[str, dict[str, Any]]]:
    """What each offer is to a need; all of its demands have the same."""
    names = list(parts.terms)
    rows = np.stack(list(parts.terms.values()), axis=1).tolist()
    distances_m = [None if distance_m == inf else round(distance_m) for distance_m in parts.distances_m.tolist()]
    for key, row, distance_m in zip(parts.keys, rows, distances_m, strict=True):
        yield key, {"terms": dict(zip(names, row, strict=True)), "distanceM": distance_m}


def _demand(demand: Demand) -> dict[str, Any]:
    gaps = any(way.missing for way in demand.options.ways)
    missing = {option.key: option.missing for option in demand.options if option.missing} if gaps else {}
    return {
        "needId": str(demand.need.need_id),
        "on": demand.on.isoformat() if demand.on else None,
        "missingDates": {key: [[each.on.isoformat(), each.code] for each in dates] for key, dates in missing.items()},
    }


def _read(session: Session, run_id: UUID, kind: str, read: Callable[[bytes], D]) -> D:
    """Return what is stored as a kind of document; Conflict ``damaged`` where that can no longer be read."""
    stored = queries.document(session, run_id, kind)
    try:
        return read(gzip.decompress(stored))
    except UNREADABLE as error:
        raise Conflict(
            "damaged", f"The stored {kind} of the run is damaged and cannot be read.", {"id": str(run_id)}
        ) from error


def _keep(session: Session, run_id: UUID, kind: str, parts: Iterable[bytes]) -> None:
    """Store what the parts are together; never all of it is in memory unpacked."""
    body = BytesIO()
    with gzip.GzipFile(fileobj=body, mode="wb", compresslevel=FAST, mtime=0) as into:
        into.writelines(parts)
    session.merge(RunDocument(run_id=run_id, kind=kind, body=body.getvalue()))
