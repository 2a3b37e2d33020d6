"""A small marketplace in the database, runs over it, and what they left there."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlmodel import Session

from core.database import db
from marketplace.planning import attempts, service
from marketplace.planning.rules import RunDraft
from marketplace.requests.models import Need, NeedState
from marketplace.runs import queries
from marketplace.runs.models import MatchingRun
from matching import solve as solver
from matching.arrays.arrays import Arrays
from matching.params.solve import SolveParams
from matching.solve import Result
from tests import builders

DRAFT = RunDraft(time_limit_s=600)


@contextmanager
def written() -> Iterator[Session]:
    with db.unit_of_work() as session:
        yield session


def market(rooms: int = 1, needs: int = 1) -> tuple[list[UUID], list[UUID]]:
    """So many rooms, and needs for one at the same time by different organisations; returns needs and offers."""
    with written() as session:
        offers = [builders.offer(session) for _ in range(rooms)]
        asked = [builders.need(session, builders.request(session)) for _ in range(needs)]
        return [need.id for need in asked], [offer.id for offer in offers]


def queued() -> UUID:
    with written() as session:
        return service.queue_run(session, None, DRAFT).id


def done() -> UUID:
    return attempts.run_now(DRAFT)


def read(run_id: UUID) -> MatchingRun:
    with written() as session:
        return queries.run(session, run_id)


def rows(table: type[Any]) -> list[Any]:
    with written() as session:
        return list(session.scalars(select(table)))


def count(table: type[Any]) -> int:
    with written() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def needs_in(state: NeedState) -> int:
    return sum(need.state is state for need in rows(Need))


def raising(error: BaseException) -> Any:
    def raising(*_: object, **__: object) -> None:
        raise error

    return raising


def sweep() -> None:
    with written() as session:
        attempts.take_back_lost_runs(session)


def while_solving(monkeypatch: pytest.MonkeyPatch, happens: Any) -> None:
    """Let something happen in the middle of the next search."""
    honest = solver.solve

    def solve(arrays: Arrays, params: SolveParams, **how: Any) -> Result:
        monkeypatch.setattr(solver, "solve", honest)
        happens()
        return honest(arrays, params, **how)

    monkeypatch.setattr(solver, "solve", solve)
