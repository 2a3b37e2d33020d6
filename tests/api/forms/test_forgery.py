"""A form is taken only in the session that it was shown in, from whom a page of ours was shown to."""

import re

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlmodel import Session

from tests import builders
from tests.api.conftest import HTML, SignIn

Client = TestClient[Litestar]
COOKIE, SESSION, DOMAIN = "platsverket_form", "platsverket_session", "testserver.local"
PAGE, ACT = "/sessions", "/notices/reading"


@pytest.fixture
def attacker(app: Litestar) -> Client:
    """Another browser."""
    client = TestClient(app, raise_server_exceptions=False)
    client.follow_redirects = False
    return client


def token_on(client: Client, page: str = PAGE) -> str:
    found = re.search(r'name="_csrf_token" value="([^"]+)"', client.get(page, headers=HTML).text)
    assert found
    return found[1]


def sent(client: Client, token: str, cookie: str | None = None, path: str = ACT) -> int:
    """Send a form with a token, and in place of the browser's own cookie another; return what was answered."""
    client.cookies.set(COOKIE, cookie or token, domain=DOMAIN)
    return client.post(path, data={"_csrf_token": token}, headers=HTML).status_code


def test_another_s_token_with_its_cookie_is_refused(client: Client, attacker: Client, rows: Session, signed_in: SignIn):
    victim, other = builders.member(rows), builders.member(rows)
    nobodys = token_on(attacker, "/sign-in")
    signed_in(client, victim)
    signed_in(attacker, other)
    own, others = token_on(client), token_on(attacker)
    assert len({nobodys, own, others}) == 3
    assert sent(client, others) == 403, "signed in as somebody else"
    assert sent(client, nobodys) == 403, "signed in as nobody"
    assert sent(client, own, cookie=others) == 403
    assert sent(client, others, cookie=own) == 403
    assert sent(client, own) == 303


def test_a_token_ends_with_its_session(client: Client, rows: Session, signed_in: SignIn):
    member = builders.member(rows)
    signed_in(client, member)
    before = token_on(client)
    assert client.cookies[COOKIE] == before
    assert sent(client, before, path="/sign-out") == 303
    assert token_on(client, "/sign-in") != before
    assert sent(client, before) == 303, "nobody's session: to the sign-in"
    signed_in(client, member)
    assert sent(client, before) == 403, "the same member's next session"
    assert sent(client, token_on(client)) == 303


@pytest.mark.parametrize("wrong", ["", "x", ".", "..", "a.b.c", "å.-.å", "0" * 128, "\N{ROMAN NUMERAL ONE}" * 9])
def test_what_is_no_token_of_ours_is_refused(client: Client, rows: Session, signed_in: SignIn, wrong: str):
    signed_in(client, builders.member(rows))
    own = token_on(client)
    client.cookies.set(COOKIE, wrong.encode().hex() if not wrong.isascii() else wrong, domain=DOMAIN)
    assert client.post(ACT, data={"_csrf_token": wrong}, headers=HTML).status_code == 403
    forged = own.replace(own[0], "f" if own[0] != "f" else "e", 1)
    client.cookies.set(COOKIE, forged, domain=DOMAIN)
    assert client.post(ACT, data={"_csrf_token": forged}, headers=HTML).status_code == 403
