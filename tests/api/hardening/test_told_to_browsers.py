"""What every answer tells a browser, and where a weakness is told."""

from collections.abc import Iterator
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlmodel import Session

from core.errors import BadInput
from core.settings import settings
from tests import builders
from tests.api.conftest import HTML, SignIn

Client = TestClient[Litestar]
SECURITY = "/.well-known/security.txt"


@pytest.fixture
def contact(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    def set_to(address: str) -> None:
        monkeypatch.setenv("PLATSVERKET_SECURITY_CONTACT", address)
        settings.cache_clear()

    yield set_to
    monkeypatch.undo()
    settings.cache_clear()


def test_every_answer_is_guarded(client: Client, rows: Session, signed_in: SignIn) -> None:
    signed_in(client, builders.member(rows))
    for path in ("/", "/offers", "/no/such", "/static/no", "/api/v1/offers", "/health/live", "/api/v1/openapi.json"):
        headers = client.get(path, headers=HTML).headers
        policy = dict(part.strip().partition(" ")[::2] for part in headers["content-security-policy"].split(";"))
        assert policy["default-src"] == "'self'", path
        assert policy["frame-ancestors"] == policy["object-src"] == policy["base-uri"] == "'none'"
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-frame-options"] == "DENY"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert "geolocation=()" in headers["permissions-policy"]
        assert headers["cross-origin-opener-policy"] == headers["cross-origin-resource-policy"] == "same-origin"


@pytest.mark.parametrize("address", ["mailto:it@kommunen.example", "https://kommunen.example/sakerhet"])
def test_where_a_weakness_is_told(client: Client, contact: Any, address: str) -> None:
    assert client.get(SECURITY).status_code == 404
    contact(address)
    answer = client.get(SECURITY)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/plain; charset=utf-8")
    assert answer.text.splitlines()[0] == f"Contact: {address}"
    assert "\nExpires: 2" in answer.text


@pytest.mark.parametrize(
    "address", ["it@kommunen.example", "http://x.example", "mailto:a@b.example\nHacked: yes", "javascript:x"]
)
def test_no_other_contact(contact: Any, address: str) -> None:
    contact(address)
    with pytest.raises(BadInput, match="PLATSVERKET_SECURITY_CONTACT"):
        settings()
