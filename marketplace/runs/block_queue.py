"""The rows of a run's blocks: put there by the run, leased by whoever solves one, gone as soon as it is answered.

What a message says of blocks is only a hint; these rows are the truth. Each function is one statement, so that of two
that want the same block one gets it.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlmodel import Session, col
from uuid_utils.compat import uuid7

from core.database.tables import any_of
from core.settings import settings
from core.time import clock
from marketplace.runs.models import BlockState, MatchingRun, RunBlock, RunState


@dataclass(frozen=True)
class BlockLease:
    """The right to solve a block, for `seconds` from now, and what it asks."""

    block_id: UUID
    run_id: UUID
    lease: UUID
    question: bytes
    seconds: float


@dataclass(frozen=True)
class BlockStatus:
    """How far a block has come."""

    state: BlockState
    lease_until: datetime | None
    tries: int


def put(session: Session, run_id: UUID, questions: Mapping[UUID, bytes], ends_at: datetime) -> None:
    """Let blocks of a run wait for somebody, under new ids, until then."""
    session.add_all(
        RunBlock(id=key, run_id=run_id, question=question, ends_at=ends_at) for key, question in questions.items()
    )
    session.flush()


def take(session: Session) -> BlockLease | None:
    """Lease the block that has waited longest, of any run; None if none waits."""
    now = clock.now()
    waiting = (
        select(col(RunBlock.id))
        .where(col(RunBlock.state) == BlockState.WAITING, col(RunBlock.ends_at) > now)
        .order_by(col(RunBlock.id))
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    lease = uuid7()
    found = session.execute(
        update(RunBlock)
        .where(col(RunBlock.id) == waiting.scalar_subquery())
        .values(state=BlockState.LEASED, lease=lease, lease_until=_until(), tries=col(RunBlock.tries) + 1)
        .returning(col(RunBlock.id), col(RunBlock.run_id), col(RunBlock.question), col(RunBlock.ends_at))
        .execution_options(synchronize_session=False)
    ).one_or_none()
    if found is None:
        return None
    return BlockLease(found.id, found.run_id, lease, found.question, (found.ends_at - now).total_seconds())


def any_waiting(session: Session) -> bool:
    """Tell whether any block waits for somebody."""
    waiting = select(col(RunBlock.id)).where(
        col(RunBlock.state) == BlockState.WAITING, col(RunBlock.ends_at) > clock.now()
    )
    return session.scalars(waiting.limit(1)).first() is not None


def renew(session: Session, taken: BlockLease) -> bool:
    """Give a sign of life; False if nobody wants the answer any more, or another solves it."""
    changed = session.execute(
        _change(RunBlock.lease, taken.lease)
        .where(col(RunBlock.state) == BlockState.LEASED)
        .values(lease_until=_until())
        .returning(col(RunBlock.id))
    )
    return changed.first() is not None


def answer(session: Session, block_id: UUID, data: bytes) -> None:
    """Write a block's answer; nothing happens where there is one already, or where nobody wants it any more."""
    session.execute(
        _change(RunBlock.id, block_id)
        .where(col(RunBlock.state) != BlockState.ANSWERED)
        .values(state=BlockState.ANSWERED, answer=data)
    )


def statuses(session: Session, block_ids: Collection[UUID]) -> dict[UUID, BlockStatus]:
    """Return how far blocks have come, but for those that are gone."""
    columns = (col(RunBlock.id), col(RunBlock.state), col(RunBlock.lease_until), col(RunBlock.tries))
    rows = session.execute(select(*columns).where(any_of(col(RunBlock.id), block_ids)))
    return {key: BlockStatus(state, until, tries) for key, state, until, tries in rows}


def collect(session: Session, block_ids: Collection[UUID]) -> dict[UUID, bytes]:
    """Return the answers of answered blocks and delete these."""
    rows = session.execute(
        delete(RunBlock)
        .where(any_of(col(RunBlock.id), block_ids), col(RunBlock.state) == BlockState.ANSWERED)
        .returning(col(RunBlock.id), col(RunBlock.answer))
        .execution_options(synchronize_session=False)
    )
    return {key: data or b"" for key, data in rows}


def wait_again(session: Session, block_ids: Collection[UUID]) -> None:
    """Let leased blocks be taken by another."""
    session.execute(
        update(RunBlock)
        .where(any_of(col(RunBlock.id), block_ids), col(RunBlock.state) == BlockState.LEASED)
        .values(state=BlockState.WAITING, lease=None, lease_until=None)
        .execution_options(synchronize_session=False)
    )


def withdraw(session: Session, block_id: UUID) -> bool:
    """Delete a block that still waits; False if somebody has it already."""
    gone = session.execute(
        delete(RunBlock)
        .where(col(RunBlock.id) == block_id, col(RunBlock.state) == BlockState.WAITING)
        .returning(col(RunBlock.id))
        .execution_options(synchronize_session=False)
    )
    return gone.first() is not None


def forget(session: Session, block_ids: Collection[UUID]) -> None:
    """Delete blocks, whoever has them."""
    _delete(session, any_of(col(RunBlock.id), block_ids))


def forget_run(session: Session, run_id: UUID) -> None:
    """Delete all blocks of a run: those who solve one notice within a second."""
    _delete(session, col(RunBlock.run_id) == run_id)


def forget_ended(session: Session) -> None:
    """Delete what runs that no longer run have left."""
    running = select(col(MatchingRun.id)).where(col(MatchingRun.state) == RunState.RUNNING)
    _delete(session, col(RunBlock.run_id).not_in(running))


def _change(column: Any, key: UUID) -> Any:
    return update(RunBlock).where(col(column) == key).execution_options(synchronize_session=False)


def _delete(session: Session, which: Any) -> None:
    session.execute(delete(RunBlock).where(which).execution_options(synchronize_session=False))


def _until() -> datetime:
    return clock.now() + timedelta(seconds=settings().block_lease_s)
