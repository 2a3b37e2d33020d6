"""Who may work on a run: one attempt at a time, and only as long as it gives signs of life."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Self
from uuid import UUID

import structlog
from sqlalchemy import or_, update
from sqlmodel import Session, col
from uuid_utils.compat import uuid7

from core.database import db
from core.errors import PlatsverketError
from core.settings import settings
from core.time import clock
from marketplace.runs import queries
from marketplace.runs.models import MatchingRun, ReasonsState, RunState
from marketplace.runs.rules import PREPARING, RUN

log = structlog.get_logger()

Telling = Callable[[Mapping[str, Any]], None]


class LeaseLostError(Exception):
    """The run was cancelled, or taken back and given to another attempt: nothing more may be written for this one."""


@dataclass(frozen=True)
class Attempt:
    """The right to work on a run."""

    run: MatchingRun
    lease: UUID


def begin(session: Session, run_id: UUID) -> Attempt | None:
    """Take up a queued run; None if it is not waiting, as when a message arrives twice."""
    run = queries.run(session, run_id, lock=True)
    if run.state is not RunState.QUEUED:
        return None
    lease = uuid7()
    RUN.move(
        session,
        None,
        run_id,
        RunState.RUNNING,
        run_id=run_id,
        lease=lease,
        lease_until=_until(),
        started_at=clock.now(),
        attempts=run.attempts + 1,
        progress={"step": "loading"},
    )
    return Attempt(queries.run(session, run_id), lease)


def hold(session: Session, attempt: Attempt) -> MatchingRun:
    """Lock the attempt's run until the transaction ends and return it; whatever ends an attempt takes its lease.

    Raises
    ------
    LeaseLostError
        It is no longer ours.
    """
    run = queries.run(session, attempt.run.id, lock=True)
    if run.lease != attempt.lease:
        raise LeaseLostError(run.state.value)
    return run


def end_reasons(session: Session, attempt: Attempt, state: ReasonsState) -> None:
    """Say how far the reasons came, unless somebody else has said so."""
    run = queries.run(session, attempt.run.id, lock=True)
    if run.lease == attempt.lease:
        stop_looking(run, state)


def stop_looking(run: MatchingRun, state: ReasonsState = ReasonsState.ENDED) -> None:
    """Let nobody look for the reasons of a locked run any more."""
    run.reasons_state, run.lease, run.lease_until = state, None, None
    run.progress = run.progress | {"step": "done"}


def renew(session: Session, attempt: Attempt, progress: Mapping[str, Any]) -> bool:
    """Give a sign of life with how far it has come; False if the run is no longer ours."""
    changed = session.execute(
        update(MatchingRun)
        .where(
            col(MatchingRun.id) == attempt.run.id,
            col(MatchingRun.lease) == attempt.lease,
            or_(
                col(MatchingRun.state) == RunState.RUNNING,
                col(MatchingRun.reasons_state) == ReasonsState.LOOKING,
            ),
        )
        .values(lease_until=_until(), progress=dict(progress))
        .returning(col(MatchingRun.id))
        .execution_options(synchronize_session=False)
    )
    return changed.first() is not None


def _until() -> Any:
    return clock.now() + timedelta(seconds=settings().run_lease_s)


class Heartbeat:
    """Renews an attempt's lease from a thread of its own while the block runs, and notices when it is lost.

    Building that comes no further is no life: then the lease is left to run out.
    """

    def __init__(
        self, attempt: Attempt, telling: Telling | None = None, so_far: Mapping[str, Any] | None = None
    ) -> None:
        self._attempt = attempt
        self._telling = telling
        self.told: Mapping[str, Any] = so_far or {"step": "loading"}
        self._told_at = time.monotonic()
        self._done = threading.Event()
        self._lost = threading.Event()
        self._thread = threading.Thread(target=self._beat, name=f"heartbeat-{attempt.run.id}", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, failed: object, *_: object) -> None:
        self._done.set()
        self._thread.join()
        if not failed:
            self._beat_once()  # what was told last is to be read in the row that is published next

    def tell(self, **progress: Any) -> None:
        """Say how far the work has come; it is written with the next beat, and told at once to who wants to know."""
        self.told = progress
        self._told_at = time.monotonic()
        if self._telling is not None:
            self._telling(progress)

    def lost(self) -> bool:
        """Tell whether the run is no longer ours."""
        return self._lost.is_set()

    def check(self) -> None:
        """Go on only if the run is still ours.

        Raises
        ------
        LeaseLostError
            It is not.
        """
        if self.lost():
            raise LeaseLostError("noticed by the heartbeat")

    def _beat(self) -> None:
        every_s = min(1.0, settings().run_lease_s / 4)
        while not self._lost.is_set() and not self._done.wait(every_s):
            if self._is_silent():
                log.error("builder_silent", run=str(self._attempt.run.id))
                return  # nobody renews the lease any more, so that the sweep gives the run to another
            self._beat_once()

    def _is_silent(self) -> bool:
        """Whether preparing has come no further for so long that it must be thought lost."""
        return self.told["step"] in PREPARING and time.monotonic() - self._told_at > settings().run_building_limit_s

    def _beat_once(self) -> None:
        try:
            with db.unit_of_work() as session:
                ours = renew(session, self._attempt, self.told)
        except PlatsverketError as error:  # the database is away: the lease decides when to give up
            log.warning("heartbeat_missed", run=str(self._attempt.run.id), error=error)
            return
        if not ours:
            self._lost.set()
