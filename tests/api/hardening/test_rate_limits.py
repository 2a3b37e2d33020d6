"""Whoever guesses, searches or posts too often waits, is told how long, and loses nothing that was typed."""

from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import func, select
from sqlmodel import Session, col

from core.database.audit import AuditEntry
from core.rate_limits import POSTS, REFUSALS_KEPT, SEARCHES, SIGN_INS
from core.settings import settings
from tests import builders
from tests.api.conftest import HTML, Bearer, SignIn, post_form
from tests.api.pages.test_posted_once import FILED, hidden

Client = TestClient[Litestar]
Limit = Callable[..., None]
OFFERS = "/api/v1/offers"


@pytest.fixture(autouse=True)
def limit(monkeypatch: pytest.MonkeyPatch) -> Iterator[Limit]:
    """Let there be so many a minute of each, and nothing counted so far."""
    for each in (SIGN_INS, REFUSALS_KEPT, SEARCHES, POSTS):
        each.forget()

    def set_to(**most: int) -> None:
        for what, number in most.items():
            monkeypatch.setenv(f"PLATSVERKET_{what.upper()}_PER_MINUTE", str(number))
        settings.cache_clear()

    yield set_to
    monkeypatch.undo()
    settings.cache_clear()


def assert_has_to_wait(answer) -> None:
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["retry-after"]) <= 60


def test_wrong_tokens_are_slowed_down_and_keep_nobody_else_from_anything(
    client: Client, rows: Session, bearer: Bearer, limit: Limit
) -> None:
    limit(sign_in_attempts=3)
    known = bearer(builders.member(rows))
    assert client.get(OFFERS, headers=known).status_code == 200
    wrong = [client.get(OFFERS, headers={"authorization": f"Bearer plats_{n}"}) for n in range(5)]
    assert [each.status_code for each in wrong] == [401] * 3 + [429] * 2
    assert_has_to_wait(wrong[-1])
    assert wrong[-1].json()["code"] == "too_many_requests"
    assert client.post(OFFERS, json={}, headers={"authorization": "Bearer plats_x"}).status_code == 429
    assert client.get(OFFERS, headers=known).status_code == 200, "a token that held lately goes on"
    assert client.get(OFFERS).status_code == 401, "nothing is guessed without a token"
    client.headers["x-forwarded-for"] = "192.0.2.9"
    assert client.get(OFFERS, headers={"authorization": "Bearer plats_x"}).status_code == 429, "nobody says who it is"


def test_refused_sign_ins_are_slowed_down_and_fill_no_audit(client: Client, rows: Session, limit: Limit) -> None:
    limit(sign_in_attempts=3)
    answers = [client.get(f"/sign-in/callback?state={n}", headers=HTML) for n in range(6)]
    assert [each.status_code for each in answers] == [403] * 3 + [429] * 3
    assert_has_to_wait(answers[-1])
    assert "Vänta en stund" in answers[-1].text
    assert rows.scalar(select(func.count()).where(col(AuditEntry.entity) == "sign_in")) == 3


def test_choosing_who_is_not_there_is_slowed_down(client: Client, limit: Limit) -> None:
    limit(sign_in_attempts=2)
    chosen = {"member": "01980000-0000-7000-8000-000000000001"}
    assert [post_form(client, "/sign-in", chosen).status_code for _ in range(3)] == [404, 404, 429]


def test_searches_of_a_member_are_slowed_down(
    client: Client, rows: Session, bearer: Bearer, signed_in: SignIn, limit: Limit
) -> None:
    member, other = builders.member(rows), builders.member(rows)
    headers, others = bearer(member), bearer(other)
    signed_in(client, member)
    limit(searches=2)
    paths = [f"{OFFERS}?text=a", "/offers?text=b", f"{OFFERS}?text=c", "/offers?family=space"]
    answers = [client.get(path, headers=headers if "api" in path else HTML) for path in paths]
    assert [each.status_code for each in answers] == [200, 200, 429, 429]
    for answer in answers[2:]:
        assert_has_to_wait(answer)
    assert client.get(f"{OFFERS}?page=1&limit=5", headers=headers).status_code == 200, "no search"
    assert client.get(f"{OFFERS}?text=a", headers=others).status_code == 200


def test_posts_of_a_member_are_slowed_down_and_what_was_typed_is_kept(
    client: Client, rows: Session, bearer: Bearer, signed_in: SignIn, limit: Limit
) -> None:
    member = builders.member(rows, roles=["requester"])
    headers = bearer(member)
    signed_in(client, member)
    sent = hidden(client.get("/requests/new?step=all", headers=HTML).text, "/requests/new") | FILED
    limit(posts=1)
    assert client.post("/api/v1/requests", json={}, headers=headers).status_code == 400, "counted all the same"
    assert_has_to_wait(client.post("/api/v1/requests", json={}, headers=headers))
    answer = client.post("/requests/new", data=sent, headers=HTML)
    assert_has_to_wait(answer)
    address = hidden_link(answer.text)
    assert urlsplit(address).path == "/requests/new"
    assert f'value="{FILED["title"]}"' in client.get(address, headers=HTML).text


def hidden_link(page: str) -> str:
    return next(part.partition('"')[0] for part in page.split('href="') if "kept=" in part.partition('"')[0])
