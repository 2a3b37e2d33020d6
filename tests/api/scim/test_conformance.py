"""What scim2-tester finds, of a service that it gets to know by discovery alone: nothing."""

from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from scim2_client import BaseSyncSCIMClient
from scim2_tester import Status, check_server
from scim2_tester.utils import ResourceManager
from sqlmodel import Session

from tests import builders
from tests.api.conftest import Bearer


class InProcess(BaseSyncSCIMClient):
    """A client that calls the application."""

    def __init__(self, client: TestClient[Litestar], headers: dict[str, str]) -> None:
        super().__init__()
        self.client, self.headers = client, headers

    def request(self, method: str, url: str, **asked: Any) -> Any:
        headers = self.headers | dict(asked.pop("headers", None) or {})
        return self.client.request(method, f"/scim/v2{url.partition('/scim/v2')[2] or url}", headers=headers, **asked)

    def _stays_under_base_url(self, _endpoint: str) -> bool:
        return True

    def _parse_json(self, response: Any) -> Any:
        return response.json()


def test_the_tester_finds_nothing(
    client: TestClient[Litestar], rows: Session, bearer: Bearer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ResourceManager, "cleanup", lambda _: None)  # the tables are emptied afterwards
    admin = builders.member(rows, roles=["admin"])
    results = check_server(InProcess(client, bearer(admin, "provision")))
    found = [each for each in results if each.status in {Status.ERROR, Status.CRITICAL, Status.DEVIATION}]
    assert not found, "\n\n".join(f"{each.resource_type} {each.title}: {each.reason} {each.data}" for each in found)
    assert len(results) > 60
    assert {each.resource_type for each in results} >= {"User", "Group"}
