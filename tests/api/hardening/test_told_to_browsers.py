"""What every answer tells a browser, and where a weakness is told."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

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
    page, problem, data = "text/html; charset=utf-8", "application/problem+json", "application/json"
    kinds = {"/": page, "/offers": page, "/no/such": page, "/static/no": problem, "/static/icon.svg": "image/svg+xml"}
    kinds |= {
        "/api/v1/offers": problem,
        "/health/live": data,
        "/api/v1/openapi.json": "application/vnd.oai.openapi+json",
    }
    for path, kind in kinds.items():
        headers = client.get(path, headers=HTML).headers
        assert headers["content-type"].startswith(kind), (path, headers["content-type"])
        policy = dict(part.strip().partition(" ")[::2] for part in headers["content-security-policy"].split(";"))
        assert policy["default-src"] == "'self'", path
        assert policy["frame-ancestors"] == policy["object-src"] == policy["base-uri"] == "'none'"
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-frame-options"] == "DENY"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert {"camera=()", "geolocation=()"} <= set(headers["permissions-policy"].split(", ")), path
        assert headers["cross-origin-opener-policy"] == headers["cross-origin-resource-policy"] == "same-origin"


def test_the_page_that_scans_alone_may_ask_for_the_camera(client: Client, rows: Session, signed_in: SignIn) -> None:
    signed_in(client, builders.member(rows))
    policies = {
        path: client.get(path, headers=HTML).headers["permissions-policy"].split(", ")
        for path in ("/scan", "/scan?label=x", "/scanning", "/bookings")
    }
    asking = {path for path, policy in policies.items() if "camera=(self)" in policy}
    assert asking == {"/scan", "/scan?label=x"}
    assert all("microphone=()" in policy for policy in policies.values())


def test_what_people_write_is_text_on_every_page(client: Client, rows: Session, signed_in: SignIn) -> None:
    written = """<script>alert(1)</script>"'><img src=x onerror=alert(1)>{{ 7*7 }}"""
    home = builders.organisation(rows, name=f"{written} org")
    member = builders.member(rows, home, name=written, department=written, roles=["lister", "requester", "admin"])
    offer = builders.offer(rows, builders.space(rows, builders.site(rows, home, name=written), name=written))
    request = builders.request(rows, member, title=written, purpose=written)
    builders.need(rows, request, title=written)
    signed_in(client, member)
    paths = ["/", "/offers", "/requests", "/members", "/offers?text=" + quote(written)]
    paths += [f"/offers/{offer.id}", f"/offers/{offer.id}/change", f"/requests/{request.id}", f"/members/{member.id}"]
    for path in paths:
        page = client.get(path, headers=HTML)
        assert page.status_code == 200, path
        assert "&lt;script&gt;alert(1)" in page.text, path
        assert not re.search(r"<script>alert|<img src=x|(?<!\d)49\s*$", page.text), path


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
