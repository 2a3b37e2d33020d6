"""What tests of runs share."""

import pytest
from sqlmodel import Session

from core.database import db
from marketplace.planning import service


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The runs that were sent to a worker, instead of sending them."""
    messages: list[str] = []

    def remember(session: Session, _job: object, run_id: str) -> None:
        db.after_commit(session, lambda: messages.append(run_id))

    monkeypatch.setattr(service, "enqueue", remember)
    return messages
