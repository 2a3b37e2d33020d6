"""What no program of ours would send: refused as wrong, never an error of ours, and nobody's is not even read."""

import base64
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlmodel import Session

from api import app as composition
from tests import builders
from tests.api.conftest import HTML, Bearer, SignIn

Client = TestClient[Litestar]
JSON = {"content-type": "application/json"}
CREATES = "/api/v1/organisations"
NUL_AND_PERCENT = [
    *("/static/%00", "/static/a%00.css", "/static/%ff", "/static/" + "a" * 5000, "/static/x/../%00", "/%00", "/%ff"),
    *(
        "/offers/%00",
        "/offers?text=%00",
        "/offers?x=%ff",
        "/offers?page=9" + "9" * 30,
        "/offers?kept=%00",
        "/health/%00",
    ),
    *("/api/v1/%00", "/api/v1/offers/%00", "/api/v1/offers?text=%00", "/api/v1/openapi.json%00", "/language/%00"),
    *(
        "/language/en?next=%00",
        "/sign-in?next=%00",
        "/sign-in/callback?state=%00",
        "/sign-in/callback?state=%ff&code=å",
    ),
    *("/sign-in/providers/%00", "/sign-in/providers/x/logout?iss=%00&sid=%00", "/%c0%ae%c0%ae/", "/a%0d%0ab", "/.%00/"),
]


def test_no_address_is_an_error_of_ours(client: Client, rows: Session, bearer: Bearer) -> None:
    headers = bearer(builders.member(rows))
    for path in NUL_AND_PERCENT:
        for who in ({}, HTML, headers):
            answer = client.get(path, headers=who)
            assert answer.status_code < 500, path


def test_an_address_leads_into_no_other_folder_header_statement_or_expression(
    client: Client, rows: Session, bearer: Bearer
) -> None:
    headers = bearer(builders.member(rows))
    builders.offer(rows)
    rows.commit()
    for path in (
        "",
        "vendor",
        "vendor/",
        "..%2fapp.py",
        "%2e%2e/app.py",
        "x/../../app.py",
        "..%5capp.py",
        "/etc/passwd",
    ):
        assert client.get(f"/static/{path}").status_code == 404, path
    answer = client.get("/language/en?next=/%0d%0aset-cookie:%20stolen=1%0d%0a", headers=HTML)
    assert "stolen" not in {**answer.headers, **client.cookies}
    for text in ("' or 1=1 --", "%", "_", "\\", "((a+)+)+$", "[", "{0}%s%(name)s{{ 7*7 }}"):
        found = client.get("/api/v1/offers", params={"text": text}, headers=headers)
        assert (found.status_code, found.json()["items"]) == (200, []), text


def test_whatever_host_is_asked_for_no_answer_leads_there(client: Client, rows: Session, bearer: Bearer) -> None:
    asked = {"host": "stolen.example", "x-forwarded-host": "stolen.example", "forwarded": "host=stolen.example"}
    headers = bearer(builders.member(rows))
    for path in ("/", "/offers", "/sign-in", "/developers", "/notices?next=/", "/.well-known/security.txt", "/none"):
        answer = client.get(path, headers=HTML | asked)
        assert "stolen" not in answer.text + str(answer.headers), path
    for path in ("api-info", "openapi.json", "offers", "offers?limit=0", "none"):
        answer = client.get(f"/api/v1/{path}", headers=headers | asked)
        assert "stolen" not in answer.text + str(answer.headers), path


@pytest.mark.parametrize("depth", [900, 50_000, 200_000])
@pytest.mark.parametrize(("open_", "close"), [("[", "]"), ('{"name":', "}"), ('{"\\u0000":', "}"), ("[", "")])
def test_deep_json_is_wrong_input(
    client: Client, rows: Session, bearer: Bearer, depth: int, open_: str, close: str
) -> None:
    body = (open_ * depth + '"\\u0000"' + close * depth)[:999_000]
    headers = bearer(builders.member(rows, roles=["coordinator"]))
    answer = client.post(CREATES, content=body, headers=headers | JSON)
    assert answer.status_code == 400, answer.text[:200]
    assert client.post(CREATES, content=body, headers=JSON).status_code == 401


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ("{bad", "application/json"),
        ("x", "text/plain"),
        ('{"name": "\\u0000"}', "application/json"),
        ("x" * 2_000_000, "a/b"),
    ],
)
def test_a_body_is_looked_at_after_the_token(
    client: Client, rows: Session, bearer: Bearer, content: str, kind: str
) -> None:
    reading = bearer(builders.member(rows, roles=["coordinator"]), "read")
    for headers, status in (({}, 401), ({"authorization": "Bearer plats_wrong"}, 401), (reading, 403)):
        answer = client.post(CREATES, content=content, headers={**headers, "content-type": kind})
        assert answer.status_code == status
        assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("token", [b"\xc3\xa5" * 9, b"\x00", b"a" * 60_000, b"plats_\xff", b" ", b"a b c"])
def test_no_token_is_an_error_of_ours(client: Client, token: bytes) -> None:
    for method in ("get", "post"):
        answer = client.request(method, CREATES, content=b"{}", headers={"authorization": b"Bearer " + token})
        assert answer.status_code == 401


def test_a_damaged_cookie_is_nobody_s(client: Client, rows: Session, signed_in: SignIn) -> None:
    signed_in(client, builders.member(rows))
    whole = client.cookies["platsverket_session"]
    damaged: list[Any] = [whole[:cut] for cut in (-1, -2, -3, -5, -40, 30, 16, 3)]
    damaged += [whole + "A", whole + "==", whole[4:], whole * 2, f"{whole[:90]}!{whole[90:]}", "å", "%00", "A" * 8000]
    damaged += [
        base64.b64encode(base64.b64decode(whole)[:-9] + tail).decode() for tail in (b"}", b"[]", b"\xff" * 9, b"")
    ]
    client.cookies.clear()
    for each in damaged:
        for names in (("platsverket_session",), ("platsverket_session-0", "platsverket_session-x", "platsverket_form")):
            cookie = "; ".join(f"{name}={each}" for name in names).encode()
            answer = client.get("/sessions", headers={**HTML, "cookie": cookie})
            assert answer.status_code in {200, 303}, each  # base64 passes over some of what was added
            assert client.post("/sign-out", headers={**HTML, "cookie": cookie}).status_code == 403


@pytest.mark.parametrize(
    "content",
    [
        {"visitor": {"secret": "x"}},
        {"visitor": {"secret": "x", "memberId": "no", "name": 1, "organisation": None, "roles": 7, "since": "2026"}},
        {"visitor": [1]},
        {"sign_in_attempts": [{"provider": "x", "state": "s"}]},
        {
            "sign_in_attempts": [
                {"provider": "x", "state": "s", "nonce": "n", "verifier": "v", "wanted": "/", "at": "2026"}
            ]
        },
        {"sign_in_attempts": "s"},
        {"sign_in_membership": {"identity": {}, "proof": 1}},
        {"sign_in_membership": "x"},
        {"flash": "x"},
        {"flash": {"text": "x"}},
        {"flash": {"message": ["x"], "tone": 7, "link": {}}},
    ],
)
def test_what_another_version_wrote_into_a_cookie_is_nothing(client: Client, content: dict[str, Any]) -> None:
    config = composition._sessions()
    [written] = config._backend_class(config).dump_data(content)
    for path in ("/accessibility", "/", "/sessions", "/sign-in", "/sign-in/callback?state=s", "/sign-in/membership"):
        answer = client.get(path, headers={**HTML, "cookie": f"platsverket_session={written.decode()}"})
        assert answer.status_code in {200, 303, 403}, (path, answer.text[:300])
