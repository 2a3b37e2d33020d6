"""Every question about matching runs, their documents and what they did with needs."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, func, select, type_coerce
from sqlalchemy.dialects.postgresql import JSONB, distinct_on, insert
from sqlmodel import Session, col

from core.database.tables import among, any_of, one_of, quiet, run_out
from core.errors import NotFound
from core.settings import settings
from marketplace.requests.models import Need, Request
from marketplace.runs.models import MatchingRun, NeedOutcome, ReasonsState, RunDocument, RunKind, RunState
from marketplace.runs.rules import ASKED_FOR


def document(session: Session, run_id: UUID, kind: str) -> bytes:
    """Return a stored document of a run, gzipped.

    Raises
    ------
    NotFound
        The run has none yet.
    """
    found = session.get(RunDocument, (run_id, kind))
    if found is None:
        raise NotFound(f"{kind} of the matching run", run_id)
    return found.body


def keep_document(session: Session, run_id: UUID, kind: str, body: bytes) -> None:
    """Store a document of a run, gzipped, in place of one of the same kind; several may do so at once."""
    row = insert(RunDocument).values(run_id=run_id, kind=kind, body=body)
    session.execute(row.on_conflict_do_update(index_elements=["run_id", "kind"], set_={"body": row.excluded.body}))


def run(session: Session, run_id: UUID, *, lock: bool = False) -> MatchingRun:
    """Return a run as it is now, locked until the transaction ends if told.

    Raises
    ------
    NotFound
        There is none.
    """
    statement = select(MatchingRun).where(col(MatchingRun.id) == run_id)
    if lock:
        statement = statement.with_for_update(key_share=True)
    found = session.scalars(statement.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise NotFound("matching run", run_id)
    return found


def any_run(session: Session) -> bool:
    """Tell whether a run over all that is open was ever made."""
    found = select(col(MatchingRun.id)).where(col(MatchingRun.kind) == RunKind.WHOLE)
    return session.scalars(found.limit(1)).first() is not None


def latest_published(session: Session) -> MatchingRun | None:
    """Return the run over all that was open which has published last."""
    found = select(MatchingRun).where(col(MatchingRun.state) == RunState.DONE, col(MatchingRun.kind) == RunKind.WHOLE)
    return session.scalars(found.order_by(col(MatchingRun.sequence).desc()).limit(1)).first()


def published_before(session: Session, run: MatchingRun) -> MatchingRun | None:
    """Return the whole run of the same area that had published last when another was asked for."""
    found = select(MatchingRun).where(
        col(MatchingRun.state) == RunState.DONE,
        col(MatchingRun.kind) == RunKind.WHOLE,
        col(MatchingRun.county_code).is_not_distinct_from(run.county_code),
        col(MatchingRun.sequence) < run.sequence,
    )
    return session.scalars(found.order_by(col(MatchingRun.sequence).desc()).limit(1)).first()


def latest_finished(session: Session) -> MatchingRun | None:
    """Return the whole run that was last asked for of those that have published or failed."""
    ended = (RunState.DONE, RunState.FAILED)
    found = select(MatchingRun).where(col(MatchingRun.state).in_(ended), col(MatchingRun.kind) == RunKind.WHOLE)
    return session.scalars(found.order_by(col(MatchingRun.sequence).desc()).limit(1)).first()


def lost_runs(session: Session) -> list[MatchingRun]:
    """Return running runs without a sign of life, locked; those that somebody else is at are left out."""
    found = select(MatchingRun).where(col(MatchingRun.state) == RunState.RUNNING, _silent())
    return list(session.scalars(found.order_by(col(MatchingRun.id)).with_for_update(skip_locked=True)))


def lost_in_reasons(session: Session) -> list[MatchingRun]:
    """Return runs that are done and look for reasons without a sign of life, locked; some are left out as above."""
    found = select(MatchingRun).where(
        col(MatchingRun.state) == RunState.DONE,
        _silent(),
        col(MatchingRun.reasons_state) == ReasonsState.LOOKING,
    )
    return list(session.scalars(found.order_by(col(MatchingRun.id)).with_for_update(skip_locked=True)))


def _silent() -> ColumnElement[bool]:
    return run_out(col(MatchingRun.lease_until), timedelta(seconds=settings().run_lease_s))


def waiting_runs(session: Session, before: datetime) -> list[MatchingRun]:
    """Return queued runs that nobody has touched since then, locked; those somebody else is at are left out."""
    found = select(MatchingRun).where(
        col(MatchingRun.state) == RunState.QUEUED, quiet(col(MatchingRun.updated_at), before)
    )
    return list(session.scalars(found.order_by(col(MatchingRun.id)).with_for_update(skip_locked=True)))


def local_run_to_come(session: Session, request_id: UUID) -> MatchingRun | None:
    """Return the run for a request that has not begun yet, if there is one."""
    found = select(MatchingRun).where(
        col(MatchingRun.request_id) == request_id, col(MatchingRun.state) == RunState.QUEUED
    )
    return session.scalars(found.limit(1)).first()


def surge_run_to_come(session: Session, surge_id: UUID) -> MatchingRun | None:
    """Return the run for an alert that has not begun yet, if there is one."""
    found = select(MatchingRun).where(col(MatchingRun.surge_id) == surge_id, col(MatchingRun.state) == RunState.QUEUED)
    return session.scalars(found.limit(1)).first()


def published_for(session: Session, surge_id: UUID) -> MatchingRun | None:
    """Return the run for an alert that has published last."""
    found = select(MatchingRun).where(col(MatchingRun.surge_id) == surge_id, col(MatchingRun.state) == RunState.DONE)
    return session.scalars(found.order_by(col(MatchingRun.sequence).desc()).limit(1)).first()


def waiting_for(session: Session, organisation_id: UUID, now: datetime) -> int:
    """Return how much an organisation waits for: runs for its requests, and reasons that it asked for."""
    own = select(col(Request.id)).where(col(Request.organisation_id) == organisation_id)
    runs = select(func.count()).where(
        col(MatchingRun.request_id).in_(own), col(MatchingRun.state).in_((RunState.QUEUED, RunState.RUNNING))
    )
    asked_at = type_coerce(col(NeedOutcome.reasons), JSONB)["askedAt"].astext
    since, until = ((now + side).isoformat() for side in (-ASKED_FOR, ASKED_FOR))
    reasons = (
        select(func.count())
        .select_from(NeedOutcome)
        .join(Need, col(Need.id) == col(NeedOutcome.need_id))
        .where(col(Need.request_id).in_(own), asked_at.between(since, until))
    )
    return sum(int(session.execute(each).scalar_one()) for each in (runs, reasons))


def locked_outcome(session: Session, run_id: UUID, need_id: UUID) -> NeedOutcome:
    """Lock what a run did with a need until the transaction ends and return it as it now is.

    Raises
    ------
    NotFound
        Something in it is wrong.
    """
    found = session.scalars(
        select(NeedOutcome)
        .where(col(NeedOutcome.run_id) == run_id, col(NeedOutcome.need_id) == need_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise NotFound("need in that matching run", need_id)
    return found


def outcomes_of_needs(session: Session, run_id: UUID, need_ids: Collection[UUID]) -> list[NeedOutcome]:
    """Return what a run did with some needs."""
    return list(session.scalars(_OF_NEEDS, {"run": run_id, "needs": list(need_ids)}))


_OF_NEEDS = select(NeedOutcome).where(
    col(NeedOutcome.run_id) == bindparam("run"), among(col(NeedOutcome.need_id), "needs")
)


def latest_outcomes(session: Session, need_ids: Collection[UUID]) -> dict[UUID, tuple[NeedOutcome, datetime]]:
    """Return what the latest run that is done did with each of some needs, and when it looked at them."""
    statement = (
        select(NeedOutcome, func.coalesce(col(MatchingRun.started_at), col(MatchingRun.finished_at)))
        .join(MatchingRun, col(MatchingRun.id) == col(NeedOutcome.run_id))
        .where(any_of(col(NeedOutcome.need_id), need_ids), col(MatchingRun.state) == RunState.DONE)
        .ext(distinct_on(col(NeedOutcome.need_id)))
        .order_by(col(NeedOutcome.need_id), col(MatchingRun.sequence).desc())
    )
    return {outcome.need_id: (outcome, looked_at) for outcome, looked_at in session.execute(statement)}


def has_documents(session: Session, run_id: UUID) -> bool:
    """Tell whether a run's problem and plan are still kept."""
    return bool(session.execute(_DOCUMENTS, {"run": run_id}).scalar_one() == 2)


_DOCUMENTS = select(func.count()).where(
    col(RunDocument.run_id) == bindparam("run"), one_of(col(RunDocument.kind), ("problem", "plan"))
)


def outcomes_to_ask_about(session: Session, run_id: UUID, need_ids: Collection[UUID]) -> tuple[bool, list[NeedOutcome]]:
    """Return what a run did with some needs, and first whether its documents are still kept: in one query."""
    rows = session.execute(_TO_ASK_ABOUT, {"run": run_id, "needs": list(need_ids)}).all()
    return any(kept for _outcome, kept in rows), [outcome for outcome, _kept in rows]


_TO_ASK_ABOUT = _OF_NEEDS.add_columns(_DOCUMENTS.scalar_subquery() == 2)
