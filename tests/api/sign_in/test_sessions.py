"""Sessions are the server's: what is ended is ended for every copy of a cookie, and each of them has its end."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from litestar.testing import TestClient
from sqlalchemy import event, func, select
from sqlmodel import col

from core.database import db
from core.database.audit import AuditEntry
from core.time import clock
from marketplace.organisations import service, sessions
from marketplace.organisations.models import WebSession
from marketplace.organisations.queries import actor_for
from tests import builders
from tests.api.conftest import HTML, post_form, text_of

COOKIE = "platsverket_session"
PAGE = "/sessions"


@pytest.fixture
def member(rows):
    found = builders.member(rows, name="Lokalsamordnare")
    rows.commit()
    return found


@pytest.fixture
def other(app):
    """Another browser."""
    client = TestClient(app, raise_server_exceptions=False)
    client.follow_redirects = False
    return client


def copied(client, other) -> None:
    other.cookies.set(COOKIE, client.cookies[COOKIE], domain="testserver.local")


def is_in(client) -> bool:
    answer = client.get(PAGE, headers=HTML)
    assert answer.status_code in {200, 303}
    return answer.status_code == 200


def later(**difference: float):
    return clock.frozen(clock.now() + timedelta(**difference))


def rows_of(member) -> int:
    with db.unit_of_work() as session:
        return session.scalar(select(func.count()).where(col(WebSession.member_id) == member.id)) or 0


@contextmanager
def once_read(do: Callable[[], object]) -> Iterator[None]:
    """Do something else as soon as a request has read its session, before it does anything with it."""
    waiting = [do]

    def note(_connection, _cursor, statement, *_rest) -> None:
        if waiting and statement.startswith("SELECT web_session"):
            waiting.pop()()

    event.listen(db.engine(), "after_cursor_execute", note)
    yield
    event.remove(db.engine(), "after_cursor_execute", note)
    assert not waiting


def end_all_of(member) -> None:
    with db.unit_of_work() as session:
        sessions.end_of_member(session, None, member.id)


def test_one_that_is_ended_while_a_page_is_asked_for_is_told_as_ended(client, member, signed_in):
    signed_in(client, member)
    with once_read(lambda: end_all_of(member)):
        assert client.get("/passkeys", headers=HTML).headers["location"].startswith("/sign-in")
    with db.unit_of_work() as session:
        secret, _row = sessions.begin(session, actor_for(session, member.id), "")
    with later(minutes=61), once_read(lambda: end_all_of(member)), db.unit_of_work() as session:
        assert sessions.renew(session, secret) is None


def test_of_two_that_renew_it_at_once_the_slower_takes_nothing_away(member):
    """It has read the session as it was before, with an older secret to be forgotten."""

    def renewed(secret: str) -> str | None:
        with db.unit_of_work() as session:
            return sessions.renew(session, secret)

    with db.unit_of_work() as session:
        first, _row = sessions.begin(session, actor_for(session, member.id), "")
    with later(minutes=61):
        second = renewed(first)
    assert second is not None
    with later(minutes=122), once_read(lambda: renewed(second)):
        assert renewed(second) is None
    with later(minutes=130), db.unit_of_work() as session:
        assert sessions.find(session, second) is not None, "the answer with the third may be lost"


def test_a_copy_of_the_cookie_is_worth_nothing_after_signing_out(client, other, member, signed_in):
    signed_in(client, member)
    copied(client, other)
    assert is_in(other)
    post_form(client, "/sign-out")
    assert not is_in(other)
    assert "Lokalsamordnare" not in other.get("/accessibility", headers=HTML).text  # the copy has forgotten, too
    assert rows_of(member) == 0


def test_the_cookie_from_before_is_worth_nothing_after_signing_in_anew(client, other, member, signed_in):
    """Whoever planted or copied a session before the sign-in has nothing of the one after it."""
    signed_in(client, member)
    before = client.cookies[COOKIE]
    signed_in(client, member)
    assert client.cookies[COOKIE] != before
    other.cookies.set(COOKIE, before, domain="testserver.local")
    assert not is_in(other)
    assert rows_of(member) == 1


def test_all_browsers_are_listed_and_one_can_be_ended(client, other, member, signed_in):
    firefox = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
    other.headers["user-agent"] = firefox
    signed_in(client, member)
    signed_in(other, member)
    page = client.get(PAGE, headers=HTML).text
    words = text_of(page)
    assert words.count("Inloggad") == 2
    assert words.count("Den här webbläsaren") == 1
    assert "Firefox, Windows" in words
    with db.unit_of_work() as session:
        [theirs] = session.scalars(select(WebSession).where(col(WebSession.browser) == firefox))
    answer = post_form(client, f"/sessions/{theirs.id}/end")
    assert answer.headers["location"] == PAGE
    assert not is_in(other)
    assert is_in(client)


def test_signing_out_everywhere(client, other, member, signed_in):
    signed_in(client, member)
    signed_in(other, member)
    assert post_form(client, "/sessions/end").headers["location"] == "/"
    assert (is_in(client), is_in(other), rows_of(member)) == (False, False, 0)


def test_another_member_s_session_is_not_there(client, rows, member, other, signed_in):
    somebody = builders.member(rows)
    signed_in(client, member)
    signed_in(other, somebody)
    with db.unit_of_work() as session:
        [theirs] = session.scalars(select(WebSession.id).where(col(WebSession.member_id) == somebody.id))
    assert post_form(client, f"/sessions/{theirs}/end").status_code == 404
    assert is_in(other)


def test_it_ends_when_nothing_is_asked_for_two_hours_and_not_when_something_is(client, member, signed_in):
    signed_in(client, member)
    with later(minutes=119):
        assert is_in(client)
        with later(minutes=119):
            assert is_in(client)
            with later(minutes=121):
                assert not is_in(client)


def test_the_secret_is_renewed_and_the_one_before_holds_until_the_new_one_is_shown(client, other, member, signed_in):
    signed_in(client, member)
    with later(minutes=61):
        copied(client, other)  # before it is renewed
        assert is_in(client)
        assert is_in(other), "as an answer that got lost, or another page that was asked for at the same time"
        with later(seconds=61):
            assert is_in(client), "it shows the new one"
            assert not is_in(other)
            assert is_in(client)


def test_a_lost_renewal_is_made_good(client, other, member, signed_in):
    """The browser never heard of the new secret: the one before goes on to hold."""
    signed_in(client, member)
    with later(minutes=61):
        copied(client, other)
        assert is_in(client)  # the answer that "got lost"
        with later(minutes=50):
            assert is_in(other)


def test_a_request_that_fails_hands_the_new_secret_over_all_the_same(client, other, member, signed_in):
    signed_in(client, member)
    copied(client, other)
    with later(minutes=61):
        missing = "01980000-0000-7000-8000-000000000001"
        assert client.get(f"/offers/{missing}", headers=HTML).status_code == 404
        with later(minutes=2):
            assert is_in(client)
            assert not is_in(other)


def test_who_is_kept_out_stays_out_until_the_next_sign_in(client, rows, member, signed_in):
    signed_in(client, member)
    service.deactivate_member(rows, None, member.id)
    rows.commit()
    assert rows_of(member) == 0
    service.activate_member(rows, None, member.id)
    rows.commit()
    assert not is_in(client)


def test_old_ones_are_forgotten(client, rows, member, signed_in):
    signed_in(client, member)
    with later(minutes=119):
        sessions.forget_old(rows)
        rows.commit()
        assert rows_of(member) == 1
    with later(minutes=121):
        sessions.forget_old(rows)
        rows.commit()
        assert rows_of(member) == 0


def test_begin_and_end_are_in_the_audit_trail(client, member, signed_in):
    signed_in(client, member)
    post_form(client, "/sign-out")
    with db.unit_of_work() as session:
        entries = session.scalars(
            select(AuditEntry).where(col(AuditEntry.entity) == "web_session").order_by(col(AuditEntry.sequence))
        ).all()
        said = [(each.to_state, each.details["member"]) for each in entries]
        assert said == [("begun", str(member.id)), ("ended", str(member.id))]


def test_what_is_damaged_anywhere_is_nobody(client, member, signed_in):
    signed_in(client, member)
    good = client.cookies[COOKIE]
    for place in {*range(len(good) - 60, len(good), 3), *range(0, len(good), 29)}:
        for damaged in (good[:place] + ("A" if good[place] != "A" else "B") + good[place + 1 :], good[:place]):
            client.cookies.set(COOKIE, damaged, domain="testserver.local")
            assert client.get("/accessibility", headers=HTML).status_code == 200
            assert not is_in(client), place


def test_of_two_requests_at_once_one_renews_and_both_go_on(app, member, signed_in, client, other):
    """Or the answer that comes last could hold a secret that is worth nothing already."""
    signed_in(client, member)
    with later(minutes=61):
        copied(client, other)
        assert is_in(client)
        renewed = client.cookies[COOKIE]
        assert is_in(other)
        assert other.cookies[COOKIE] != renewed  # encrypted anew, but of the secret before
    with later(minutes=62, seconds=5):
        assert is_in(client)
        assert not is_in(other)


def test_signing_out_clears_what_the_browser_has_kept(client, rows, signed_in):
    signed_in(client, builders.member(rows))
    assert "clear-site-data" not in client.get("/offers", headers=HTML).headers
    answer = post_form(client, "/sign-out")
    assert answer.status_code == 303
    assert answer.headers["clear-site-data"] == '"cache", "storage"'
