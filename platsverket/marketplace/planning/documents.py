"""A run's input and result as gzipped JSON, from which it can be replayed and its reasons be found again."""

import gzip
import json
from typing import Any
from uuid import UUID

from sqlmodel import Session

from platsverket.marketplace.planning import queries
from platsverket.marketplace.planning.building import Built, Considered, Demand
from platsverket.marketplace.planning.models import RunDocument
from platsverket.marketplace.planning.options import Part
from platsverket.matching import codec
from platsverket.matching.plan import Plan
from platsverket.matching.problem import Problem


def keep_input(session: Session, run_id: UUID, built: Built) -> None:
    """Store the problem, and what each name in it stands for; a later attempt replaces an earlier one's."""
    _keep(session, run_id, "problem", codec.problem_to_json(built.problem))
    _keep(session, run_id, "context", json.dumps(context(built), separators=(",", ":")).encode())


def keep_plan(session: Session, run_id: UUID, plan: Plan) -> None:
    """Store the plan."""
    _keep(session, run_id, "plan", codec.plan_to_json(plan))


def read_problem(session: Session, run_id: UUID) -> Problem:
    """Return the problem that a run solved; NotFound if it has none yet."""
    return codec.problem_from_json(gzip.decompress(queries.document(session, run_id, "problem")))


def read_context(session: Session, run_id: UUID) -> dict[str, Any]:
    """Return what each name in a run's problem stands for; NotFound if it has none yet."""
    found: dict[str, Any] = json.loads(gzip.decompress(queries.document(session, run_id, "context")))
    return found


def read_plan(session: Session, run_id: UUID) -> Plan:
    """Return the plan that a run found; NotFound if it has none yet."""
    return codec.plan_from_json(gzip.decompress(queries.document(session, run_id, "plan")))


def context(built: Built) -> dict[str, Any]:
    """Return as JSON data what the names in a problem stand for, and how every need was sifted.

    An option is called by its offer's id, with the start after an @ where that is flexible: what an offer is to a need
    is therefore written once for all of its times.
    """
    return {
        "format": "platsverket-context/2",
        "epoch": built.market.calendar.epoch.isoformat(),
        "horizonMin": built.market.calendar.horizon,
        "policy": built.policy.to_json(),
        "needs": {str(each.need.need_id): _considered(each) for each in built.considered},
        "demands": {key: _demand(demand) for key, demand in built.demand_of.items()},
    }


def _considered(each: Considered) -> dict[str, Any]:
    parts = {option.part.key: option.part for demand in each.demands for option in demand.options}
    return {
        "requestId": str(each.need.request_id),
        "organisationId": str(each.need.organisation_id),
        "left": each.left,
        "blockedBy": [str(need_id) for need_id in each.blocked_by],
        "offers": {key: _part(part) for key, part in parts.items()},
    }


def _part(part: Part) -> dict[str, Any]:
    return {"terms": part.terms, "distanceM": None if part.distance_m is None else round(part.distance_m)}


def _demand(demand: Demand) -> dict[str, Any]:
    missing = {option.key: option.missing for option in demand.options if option.missing}
    return {
        "needId": str(demand.need.need_id),
        "on": demand.on.isoformat() if demand.on else None,
        "missingDates": {key: [[each.on.isoformat(), each.code] for each in dates] for key, dates in missing.items()},
    }


def _keep(session: Session, run_id: UUID, kind: str, body: bytes) -> None:
    session.merge(RunDocument(run_id=run_id, kind=kind, body=gzip.compress(body, mtime=0)))
