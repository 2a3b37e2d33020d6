"""A directory that is connected to an organisation."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlmodel import Session

from marketplace.organisations.models import Member, Organisation
from tests import builders
from tests.api.conftest import Bearer

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


@dataclass
class Directory:
    """What a directory sends, with its token."""

    client: TestClient[Litestar]
    headers: dict[str, str]
    home: Organisation
    admin: Member

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        kept = {"content-type": "application/scim+json"} if body is not None else {}
        return self.client.request(method, f"/scim/v2{path}", json=body, headers=self.headers | kept | headers)

    def patch(self, path: str, *operations: dict[str, Any]) -> Any:
        return self.ask("PATCH", path, {"schemas": [PATCH], "Operations": list(operations)})

    def add(self, user_name: str = "samordnare@kommun.se", **said: Any) -> dict[str, Any]:
        answer = self.ask("POST", "/Users", {"schemas": [USER], "userName": user_name} | said)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def read(self, key: str) -> dict[str, Any]:
        answer = self.ask("GET", f"/Users/{key}")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def group(self, name: str) -> dict[str, Any]:
        answer = self.ask("GET", f'/Groups?filter=displayName eq "{name}"')
        assert answer.json()["totalResults"] == 1, answer.text
        found: dict[str, Any] = answer.json()["Resources"][0]
        return found


Connect = Callable[[], Directory]


@pytest.fixture
def connect(client: TestClient[Litestar], rows: Session, bearer: Bearer) -> Connect:
    def connected() -> Directory:
        home = builders.organisation(rows)
        admin = builders.member(rows, home, roles=["admin"])
        return Directory(client, bearer(admin, "provision"), home, admin)

    return connected


@pytest.fixture
def directory(connect: Connect) -> Directory:
    return connect()
