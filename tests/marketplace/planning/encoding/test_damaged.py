"""What is stored of a run and was damaged since is told plainly, by whichever part of it."""

import gzip
from collections.abc import Callable
from typing import Any

import pytest
from sqlmodel import Session

from core.errors import Conflict
from marketplace.planning.encoding import documents
from marketplace.runs.models import RunDocument
from tests import builders

WHOLE = gzip.compress(b'{"format": "platsverket-problem/1"}')


@pytest.mark.parametrize(
    "body",
    [b"", WHOLE[:7], WHOLE[:-9], b"\x00" * 7, gzip.compress(b""), gzip.compress(b"{"), gzip.compress(b"[]")],
    ids=["empty", "header", "cut", "zeros", "nothing", "open", "list"],  # compressed bytes hold the time
)
@pytest.mark.parametrize(
    ("kind", "read"),
    [("problem", documents.read_problem), ("plan", documents.read_plan), ("trace", documents.read_trace)],
)
def test_what_is_damaged_is_said(session: Session, kind: str, read: Callable[..., Any], body: bytes) -> None:
    run = builders.matching_run(session)
    session.add(RunDocument(run_id=run.id, kind=kind, body=body))
    session.flush()
    with pytest.raises(Conflict, match=f"stored {kind} of the run is damaged") as damaged:
        read(session, run.id)
    assert damaged.value.code == "damaged"
