"""A fresh confirmation with a passkey: who is asked, what is kept, and every answer that must not be taken."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select
from sqlmodel import col

from core.database import db
from core.database.audit import AuditEntry
from core.settings import settings
from core.time import clock
from marketplace.notices.models import Notice
from marketplace.organisations import passkeys
from marketplace.organisations.models import Member, Organisation, Passkey, WebSession
from tests import builders
from tests.api.conftest import HTML, post_form, text_of
from tests.api.pages.test_posted_once import hidden
from tests.api.sign_in.authenticator import PRESENT, Authenticator, options_of
from tests.api.sign_in.conftest import ONE, started, state_of

SWEDISH = HTML | {"accept-language": "sv"}
CONFIRM = "/confirmation?next=/sessions"


@pytest.fixture
def demanded(monkeypatch):
    """As in production: all are asked."""
    monkeypatch.setenv("PLATSVERKET_STEP_UP_REQUIRED", "true")
    settings.cache_clear()
    yield
    monkeypatch.undo()
    settings.cache_clear()


@pytest.fixture
def admin(rows, client, signed_in):
    found = builders.member(rows, roles=["admin", "requester"], name="Administratören")
    signed_in(client, found)
    return found


@pytest.fixture
def other(rows, admin):
    found = builders.member(rows, rows.get_one(Organisation, admin.organisation_id))
    rows.commit()
    return found


def origin_of(client) -> str:
    return str(client.base_url).rstrip("/")


def registered(client, key=None, name="Nyckeln"):
    """Register a passkey on the page for it."""
    key = key or Authenticator(origin_of(client))
    page = client.get("/passkeys", headers=SWEDISH).text
    fields = hidden(page, "/passkeys") | {"name": name, "answer": key.make(options_of(page))}
    answer = client.post("/passkeys", data=fields, headers=SWEDISH)
    return key, answer


def confirmed(client, key, address=CONFIRM, **changed):
    page = client.get(address, headers=SWEDISH).text
    fields = hidden(page, "/confirmation") | {"answer": key.sign(options_of(page)), **changed}
    return client.post("/confirmation", data=fields, headers=SWEDISH)


def is_confirmed(client) -> bool:
    with db.unit_of_work() as session:
        return any(passkeys.is_confirmed(row) for row in session.scalars(select(WebSession)))


def written_down(entity: str) -> list[tuple[str | None, str | None]]:
    with db.unit_of_work() as session:
        found = session.scalars(
            select(AuditEntry).where(col(AuditEntry.entity) == entity).order_by(col(AuditEntry.sequence))
        )
        return [(each.to_state, each.reason_code) for each in found]


def test_a_grant_asks_for_it_keeps_what_was_typed_and_is_then_given(client, rows, admin, other, demanded):
    """Without a passkey one is told how to get one; the form comes back as it was; then it holds for ten minutes."""
    page = f"/members/{other.id}"
    shown = client.get(page, headers=SWEDISH).text
    typed = hidden(shown, f"{page}/grants") | {"role": "lister", "reason": "Sommarvikarie"}
    answer = client.post(f"{page}/grants", data=typed, headers=SWEDISH)
    asked = answer.headers["location"]
    assert (answer.status_code, urlsplit(asked).path) == (303, "/confirmation")
    assert "Du har ingen passnyckel" in text_of(client.get(asked, headers=SWEDISH).text)
    key, _ = registered(client)
    assert client.get(asked, headers=SWEDISH).text.count("data-options") == 1
    back = confirmed(client, key, asked).headers["location"]
    assert back.startswith(f"{page}?kept=")
    again = client.get(back, headers=SWEDISH).text
    assert 'value="Sommarvikarie"' in again
    assert "Inget är skickat än" in text_of(again)
    fields = hidden(again, f"{page}/grants") | {"role": "lister", "reason": "Sommarvikarie"}
    assert client.post(f"{page}/grants", data=fields, headers=SWEDISH).headers["location"] == page
    rows.expire_all()
    assert "lister" in rows.get_one(Member, other.id).roles
    assert ("confirmed", None) in written_down("web_session")
    with clock.frozen(clock.now() + timedelta(minutes=9)):
        assert not asks(client, page)
    with clock.frozen(clock.now() + timedelta(minutes=11)):
        assert asks(client, page)


def asks(client, page: str) -> bool:
    answer = post_form(client, f"{page}/grants", {"role": "", "reason": ""})
    return answer.headers.get("location", "").startswith("/confirmation")


def test_who_may_not_anyhow_is_told_that_and_a_program_is_refused(client, rows, signed_in, bearer, demanded):
    member = builders.member(rows, roles=["requester"])
    home = rows.get_one(Organisation, member.organisation_id)
    admin = builders.member(rows, home, roles=["admin"])
    request = builders.request(rows, member)
    signed_in(client, member)
    assert post_form(client, f"/members/{admin.id}/grants", {"role": "hr"}).status_code == 403
    case = f"/requests/{request.id}/case"
    page = f"/requests/{request.id}"
    answer = client.get(case, headers=HTML | {"referer": f"{origin_of(client)}{page}"})
    assert parse_qs(urlsplit(answer.headers["location"]).query) == {"next": [page]}
    assert client.get(case, headers=HTML).headers["location"] == f"/confirmation?next={case}"
    refused = client.get(f"/api/v1{case}", headers=bearer(member))
    assert (refused.status_code, refused.json()["code"]) == (403, "step_up")
    token = {"name": "Katalogen", "scopes": ["provision"], "days": 1}
    refused = client.post("/api/v1/access-tokens", json=token, headers=bearer(admin))
    assert (refused.status_code, refused.json()["code"]) == (403, "step_up")
    grant = {"role": "lister", "reason": "Vikarie"}
    refused = client.post(f"/api/v1/members/{member.id}/grants", json=grant, headers=bearer(admin))
    assert (refused.status_code, refused.json()["code"]) == (403, "step_up")
    refused = client.post(f"/api/v1/members/{member.id}/grants", json=grant, headers=bearer(member))
    assert refused.json()["code"] == "admin_only"
    assert client.get(f"/api/v1/requests/{request.id}", headers=bearer(member)).status_code == 200


def test_where_it_is_not_demanded_only_those_with_a_passkey_are_asked(client, admin, other):
    page = f"/members/{other.id}"
    assert not asks(client, page)
    key, _ = registered(client)
    assert asks(client, page)
    assert confirmed(client, key).headers["location"] == "/sessions"
    assert not asks(client, page)


def test_what_must_not_be_taken_is_not_and_is_in_the_audit(client, admin):
    """Each of them, and at the end that the right one is."""
    key, _ = registered(client)
    strange = Authenticator(origin_of(client))
    wrong = {
        "unknown": strange,
        "not_trusted": [
            Authenticator("https://evil.example", credential_id=key.credential_id, key=key.key),
            Authenticator(key.origin, flags=PRESENT, credential_id=key.credential_id, key=key.key),  # nobody verified
            Authenticator(key.origin, credential_id=key.credential_id),  # another's signature
        ],
    }
    for why, keys in wrong.items():
        for each in keys if isinstance(keys, list) else [keys]:
            assert confirmed(client, each).headers["location"] == CONFIRM
            assert written_down("web_session")[-1] == ("unconfirmed", why)
    for text, why in (
        ("", "no_answer"),
        ("{}", "not_trusted"),
        ("[" * 20_000, "not_trusted"),
        ("x" * 20_001, "not_trusted"),
    ):
        assert confirmed(client, key, answer=text).headers["location"] == CONFIRM
        assert written_down("web_session")[-1] == ("unconfirmed", why)
    page = client.get(CONFIRM, headers=SWEDISH).text
    with clock.frozen(clock.now() + timedelta(minutes=16)):
        late = hidden(page, "/confirmation") | {"answer": key.sign(options_of(page))}
        assert client.post("/confirmation", data=late, headers=SWEDISH).headers["location"] == CONFIRM
        assert written_down("web_session")[-1] == ("unconfirmed", "no_challenge")
    assert not is_confirmed(client)
    assert confirmed(client, key).headers["location"] == "/sessions"
    assert is_confirmed(client)


def test_a_challenge_is_taken_once_and_a_counter_goes_on(client, admin):
    key, _ = registered(client, Authenticator(origin_of(client), count=5))
    key.count = 7
    page = client.get(CONFIRM, headers=SWEDISH).text
    answer = key.sign(options_of(page))
    assert (
        client.post("/confirmation", data=hidden(page, "/confirmation") | {"answer": answer}, headers=HTML).headers[
            "location"
        ]
        == "/sessions"
    )
    replayed = confirmed(client, key, answer=answer)
    assert (replayed.headers["location"], written_down("web_session")[-1][1]) == (CONFIRM, "not_trusted")
    fields = hidden(client.get("/sessions", headers=HTML).text, "/sessions/end")  # a form token that is fresh
    replayed = client.post("/confirmation", data=fields | {"answer": answer}, headers=HTML)
    assert written_down("web_session")[-1][1] == "no_challenge"
    for count in (7, 6, 0):
        key.count = count
        assert confirmed(client, key).headers["location"] == CONFIRM
        assert written_down("web_session")[-1] == ("unconfirmed", "counter")
    key.count = 8
    assert confirmed(client, key).headers["location"] == "/sessions"


def test_another_member_s_passkey_confirms_nobody_else_nor_can_it_be_touched(
    client, app, rows, admin, other, signed_in
):
    key, _ = registered(client)
    with db.unit_of_work() as session:
        [theirs] = session.scalars(select(Passkey.id))
    signed_in(client, other)
    own, _ = registered(client)
    assert confirmed(client, key).headers["location"] == CONFIRM
    assert written_down("web_session")[-1] == ("unconfirmed", "unknown")
    assert confirmed(client, own).headers["location"] == "/sessions"
    assert post_form(client, f"/passkeys/{theirs}/name", {f"name-{theirs}": "Min"}).status_code == 404
    assert post_form(client, f"/passkeys/{theirs}/removal").status_code == 404
    assert "är redan registrerad" in text_of(registered(client, key)[1].text)  # not a second time, for nobody


def test_the_first_is_registered_soon_after_signing_in_and_another_after_confirming(
    client, rows, admin, other, signed_in
):
    with clock.frozen(clock.now() + timedelta(minutes=16)):
        page = client.get("/passkeys", headers=SWEDISH).text
        assert "data-options" not in page
        assert "inom 15 minuter efter inloggningen" in text_of(page)
        assert "Logga ut, logga in igen" in text_of(client.get(CONFIRM, headers=SWEDISH).text)
        answer = post_form(client, "/passkeys", {"name": "Nyckeln", "answer": "{}"})
        assert (answer.headers["location"], written_down("passkey")) == ("/passkeys", [])
    page = client.get("/passkeys", headers=SWEDISH).text
    nameless = client.post("/passkeys", data=hidden(page, "/passkeys") | {"name": " "}, headers=SWEDISH)
    assert (nameless.status_code, "fyll i" in text_of(nameless.text)) == (422, True)
    key, answer = registered(client)
    assert answer.headers["location"] == "/passkeys"
    assert "data-options" not in client.get("/passkeys", headers=SWEDISH).text
    form = hidden(client.get(f"/members/{other.id}", headers=HTML).text, f"/members/{other.id}/grants")
    second = client.post("/passkeys", data=form | {"name": "Den andra", "answer": "{}"}, headers=SWEDISH)
    assert second.headers["location"].startswith("/confirmation?next=/passkeys")
    confirmed(client, key)
    assert registered(client, name="Den andra")[1].headers["location"] == "/passkeys"
    told = rows.scalars(select(Notice)).all()
    assert [(each.member_id, each.permission) for each in told] == [(admin.id, "administer")] * 2
    assert "En passnyckel registrerades för Administratören" in text_of(client.get("/notices", headers=SWEDISH).text)
    with db.unit_of_work() as session:
        one, two = session.scalars(select(Passkey.id).order_by(col(Passkey.created_at)))
    assert post_form(client, f"/passkeys/{one}/name", {f"name-{one}": "Bordet"}).status_code == 303
    assert post_form(client, f"/passkeys/{two}/name", {f"name-{two}": " "}).status_code == 422
    assert post_form(client, f"/passkeys/{two}/removal").status_code == 303
    shown = text_of(client.get("/passkeys", headers=SWEDISH).text)
    assert ("Bordet" in shown, "Den andra" in shown) == (True, False)
    assert [each for each, _why in written_down("passkey")] == ["registered", "registered", "renamed", "removed"]
    signed_in(client, other)
    assert "passnyckel registrerades" not in text_of(client.get("/notices", headers=SWEDISH).text)


def test_an_admin_removes_what_a_member_has_lost(client, rows, admin, other, signed_in):
    signed_in(client, other)
    registered(client)
    signed_in(client, admin)
    page = f"/members/{other.id}"
    assert "Ta bort förlorade passnycklar" in text_of(client.get(page, headers=SWEDISH).text)
    assert post_form(client, f"{page}/passkeys/removal").headers["location"] == page
    assert post_form(client, f"{page}/passkeys/removal").status_code == 409
    signed_in(client, other)
    assert "Du har ingen" in text_of(client.get("/passkeys", headers=SWEDISH).text)
    assert "Passnycklarna för" in text_of(client.get("/notices", headers=SWEDISH).text)


@pytest.mark.parametrize(
    ("said", "asked"),
    [({"acr": "loa3"}, False), ({"amr": ["pwd", "hwk"]}, False), ({"acr": "loa2", "amr": ["pwd"]}, True), ({}, True),
     ({"acr": ["loa3"], "amr": "hwk"}, True)],
)  # fmt: skip
def test_a_provider_that_was_sure_enough_spares_it(client, rows, false_provider, trusted, demanded, said, asked):
    home = builders.organisation(rows, number=ONE)
    builders.member(rows, home, email="one@example.se", roles=["admin"])
    member = builders.member(rows, home)
    rows.commit()
    trusted(false_provider.issuer, sure_acr=["loa3"], sure_amr=["hwk", "mfa"])
    false_provider.claims = said
    address = started(client)
    false_provider.claims |= {"nonce": state_of(address)["nonce"]}
    answer = client.get("/sign-in/callback", params={"code": "c", "state": state_of(address)["state"]}, headers=HTML)
    assert answer.status_code == 303
    assert asks(client, f"/members/{member.id}") is asked
