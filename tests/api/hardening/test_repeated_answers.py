"""An answer that is kept for an Idempotency-Key is told again to whom it was given, while they may do as much."""

from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlmodel import Session

from core.actor import Actor, Area
from core.database import idempotency
from core.errors import NotAllowed
from marketplace.organisations import queries
from tests import builders
from tests.api.conftest import Bearer

Client = TestClient[Litestar]


def test_who_has_lost_a_role_is_not_told_again(client: Client, rows: Session, bearer: Bearer) -> None:
    admin = builders.member(rows, roles=["admin"])
    headers = bearer(admin) | {"idempotency-key": "a"}
    body = {"name": "Lokalsamordnare", "email": "lokalsamordnare@kommun.example"}

    def sent(**roles: list[str]) -> Any:
        if roles:
            admin.roles = roles["roles"]
            rows.commit()
        return client.post(f"/api/v1/organisations/{admin.organisation_id}/members", json=body, headers=headers)

    made = sent()
    assert made.status_code == 201, made.text
    assert (again := sent(roles=["admin", "lister"])).headers["idempotent-replayed"] == "true"
    assert again.json() == made.json()
    lost = sent(roles=["lister"])
    assert (lost.status_code, lost.json()["code"]) == (403, "rights_lost")
    assert "lokalsamordnare" not in lost.text
    assert sent(roles=["admin"]).status_code == 201


@pytest.mark.parametrize(
    ("then", "now", "told"),
    [
        ("all", "all", True),
        ("all", "A", False),
        ("all", "none", False),
        ("A", "all", True),
        ("A", "A", True),
        ("A", "B", False),
        ("A", "none", False),
        ("none", "A", True),
    ],
)
def test_who_coordinates_something_else_is_not_told_again(session: Session, then: str, now: str, told: bool) -> None:
    member = builders.member(session)
    areas = {name: Area(frozenset({builders.organisation(session).id})) for name in ("A", "B")}

    def actor(what: str) -> Actor:
        member.roles = [] if what == "none" else ["coordinator"]
        session.flush()
        found = queries.actor_for(session, member.id)
        return found if what in {"all", "none"} else Actor(**{**vars(found), "area": areas[what]})

    assert idempotency.claim(session, actor(then), "key", "digest") is None
    idempotency.remember(session, member.id, "key", status=201, body={"name": "n"}, location=None)
    if told:
        assert idempotency.claim(session, actor(now), "key", "digest") is not None
    else:
        with pytest.raises(NotAllowed):
            idempotency.claim(session, actor(now), "key", "digest")
