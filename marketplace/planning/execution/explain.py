"""Looking for the reasons of what a run has published, and writing them as they are found.

It is for a bounded time. Whatever ends it before, the run stays done: it says that not all was looked for, and more
may be asked for, see `reasons.on_request`.
"""

from collections.abc import Mapping
from uuid import UUID

import structlog
from msgspec.structs import replace
from sqlalchemy import bindparam, select, update
from sqlmodel import Session, col

from core.database import db
from marketplace.planning.encoding.build import demand_key
from marketplace.planning.reasons.collect import LineKey
from marketplace.planning.reasons.in_turn import Found, ReasonsInTurn
from marketplace.proposals.models import Proposal, ProposalLine
from marketplace.runs import queries
from marketplace.runs.leases import Attempt, Heartbeat, LeaseLostError, Telling, end_reasons, hold
from marketplace.runs.models import ReasonsState

log = structlog.get_logger()

LEAST_S, MOST_S = 20.0, 300.0
"""Seconds that reasons are looked for: as long as the run might take itself, but between these."""


def looks_for_s(time_limit_s: float) -> float:
    """Return for how long the reasons of a run with that time are looked for."""
    return min(max(LEAST_S, time_limit_s), MOST_S)


def explain(attempt: Attempt, reasons: ReasonsInTurn, tell: Telling | None) -> None:
    """Look for the reasons of a published run, the most wanted first."""
    try:
        state = _explain(attempt, reasons, tell)
    except LeaseLostError as lost:
        log.info("reasons_no_longer_wanted", run=str(attempt.run.id), now=str(lost))
        return
    except Exception:  # the run is done and published whatever happens here
        log.exception("reasons_not_found", run=str(attempt.run.id))
        state = ReasonsState.ENDED
    with db.unit_of_work() as session:
        end_reasons(session, attempt, state)


def _explain(attempt: Attempt, reasons: ReasonsInTurn, tell: Telling | None) -> ReasonsState:
    with db.unit_of_work() as session:
        lines, so_far = _lines(session, attempt.run.id), queries.run(session, attempt.run.id).progress
    state = ReasonsState.FOUND
    with Heartbeat(attempt, tell, so_far) as heartbeat:
        for found in reasons.found(looks_for_s(attempt.run.time_limit_s), heartbeat.lost):
            with db.unit_of_work() as session:
                hold(session, attempt)
                _write(session, attempt.run.id, lines, found)
            heartbeat.tell(**{**so_far, "done": found.done, "total": found.total})
            state = ReasonsState.FOUND if found.done == found.total else ReasonsState.ENDED
        heartbeat.check()
    return state


def _lines(session: Session, run_id: UUID) -> Mapping[LineKey, UUID]:
    """The rows of a run's lines, as they were published."""
    columns = (ProposalLine.id, ProposalLine.need_id, ProposalLine.occurs_on, ProposalLine.option_key)
    rows = session.execute(
        select(*map(col, columns))
        .join(Proposal, col(Proposal.id) == col(ProposalLine.proposal_id))
        .where(col(Proposal.run_id) == run_id)
    )
    return {(demand_key(need_id, on), option): line_id for line_id, need_id, on, option in rows}


def _write(session: Session, run_id: UUID, lines: Mapping[LineKey, UUID], found: Found) -> None:
    """Write what was found, but where a line was swapped meanwhile, or somebody asked for the reasons of a need."""
    of_lines = [
        {"line": lines[key], "option": key[1], "told": told} for key, told in found.lines.items() if key in lines
    ]
    if of_lines:
        table = ProposalLine.__table__  # type: ignore[attr-defined]
        session.connection().execute(
            update(table)
            .where(table.c.id == bindparam("line"), table.c.option_key == bindparam("option"))
            .values(reasons=bindparam("told", type_=table.c.reasons.type)),
            of_lines,
        )
    for outcome in queries.outcomes_of_needs(session, run_id, found.unserved):
        known = outcome.reasons
        if not outcome.served and known.asked_at is None and known.worked_out_at is None:
            outcome.reasons = replace(found.unserved[outcome.need_id], steps=known.steps)
