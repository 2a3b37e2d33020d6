"""The web application on the real test database, and ways to be somebody in it.

Tests that go through HTTP see only what is committed: make rows with the fixture ``rows`` and commit them; every table
is emptied afterwards. ::

    def test_offers_are_listed(client, rows, bearer):
        offer = builders.offer(rows)
        rows.commit()
        answer = client.get("/api/v1/offers", headers=bearer(builders.member(rows)))

    def test_the_offers_page(client, rows, signed_in):
        signed_in(client, builders.member(rows))
        assert "…" in client.get("/offers").text
"""

import os
import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import Engine
from sqlmodel import Session

from api.app import create_app
from core.settings import settings
from core.time import clock
from marketplace.organisations.models import AccessToken, Member
from marketplace.organisations.tokens import new_token, token_hash
from tests import builders

Bearer = Callable[..., dict[str, str]]
SignIn = Callable[[TestClient[Litestar], Member], None]

HTML = {"accept": "text/html"}


@pytest.fixture(scope="session")
def app(database_url: str) -> Litestar:
    """The application as a web server runs it."""
    os.environ["PLATSVERKET_SECRET_KEY"] = "only-for-tests-" * 3
    settings.cache_clear()
    return create_app()


@pytest.fixture
def client(app: Litestar, engine: Engine) -> Iterator[TestClient[Litestar]]:
    """Somebody who talks HTTP; an error of ours becomes an answer as in life. Redirects are not followed."""
    with TestClient(app, raise_server_exceptions=False) as client:
        client.follow_redirects = False
        yield client


@pytest.fixture
def rows(engine: Engine) -> Iterator[Session]:
    """A session to build rows with; commit so that the application sees them."""
    with Session(engine, expire_on_commit=False) as session:
        yield session


@pytest.fixture
def bearer(rows: Session) -> Bearer:
    """Headers with a new token of a member's; commits what was built."""

    def headers(member: Member, *scopes: str) -> dict[str, str]:
        token, now = new_token(), clock.now()
        builders.added(
            rows,
            AccessToken(
                member_id=member.id,
                name="test",
                hash=token_hash(token),
                scopes=list(scopes or ("read", "write")),
                created_at=now,
                expires_at=now + timedelta(days=1),
            ),
        )
        rows.commit()
        return {"Authorization": f"Bearer {token}"}

    return headers


@pytest.fixture
def signed_in(rows: Session) -> SignIn:
    """Sign in as a member, the way a user does; commits what was built."""

    def sign_in(client: TestClient[Litestar], member: Member) -> None:
        rows.commit()
        answer = post_form(client, "/sign-in", {"member": str(member.id)})
        assert answer.status_code == 303, answer.text

    return sign_in


def post_form(client: TestClient[Litestar], path: str, data: dict[str, object] | None = None):
    """Post a page's form, with the token that a form carries."""
    token = client.cookies.get("platsverket_form")
    if token is None:
        client.get("/accessibility")
        token = client.cookies["platsverket_form"]
    return client.post(path, data={**(data or {}), "_csrf_token": token}, headers=HTML)


def text_of(html: str) -> str:
    """Return a page's words without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))
