"""Access tokens on pages: made and shown once, listed with their last use, revoked by whoever may."""

import re

from sqlmodel import select

from core.database import db
from core.database.idempotency import IdempotentAnswer
from marketplace.organisations.models import AccessToken, Organisation
from tests import builders
from tests.api.conftest import HTML, post_form, text_of
from tests.api.pages.test_posted_once import hidden

PAGE = "/access-tokens"
SWEDISH = HTML | {"accept-language": "sv"}


def form_of(client) -> dict[str, str]:
    return hidden(client.get(PAGE, headers=SWEDISH).text, PAGE)


def made(client, **fields):
    sent = form_of(client) | {"name": "Bokningssystemet", "scopes": "read", "days": "30"} | fields
    return client.post(PAGE, data=sent, headers=SWEDISH), sent


def test_one_makes_a_token_that_is_shown_once_and_acts_as_oneself(client, rows, signed_in):
    member = builders.member(rows)
    signed_in(client, member)
    wrong, _ = made(client, name=" ", scopes="all", days="731")
    assert wrong.status_code == 422
    for told in ("Vad den är till för: fyll i", "Vad den får göra: ", "Gäller i så många dagar: "):  # all at once
        assert told in text_of(wrong.text)
    assert 'value="731"' in wrong.text
    answer, sent = made(client)
    token = re.search(r'value="(plats_[^"]+)"', answer.text)[1]
    assert answer.headers["cache-control"] == "no-store"
    me = client.get("/api/v1/access-tokens", headers={"Authorization": f"Bearer {token}"})
    assert [each["name"] for each in me.json()["items"]] == ["Bokningssystemet"]
    assert client.post("/api/v1/sites", json={}, headers={"Authorization": f"Bearer {token}"}).status_code == 403
    again = client.post(PAGE, data=sent, headers=SWEDISH)
    assert again.headers["location"] == PAGE
    shown = client.get(PAGE, headers=SWEDISH).text
    assert (token in shown, "redan skapad" in text_of(shown), shown.count("/revocation")) == (False, True, 1)
    assert "Senast använd Aldrig" not in text_of(shown)
    with db.unit_of_work() as session:
        assert all(token not in f"{each.body}" for each in session.exec(select(IdempotentAnswer)))
        [row] = session.exec(select(AccessToken))
        assert row.member_id == member.id
    assert post_form(client, f"{PAGE}/{row.id}/revocation").headers["location"] == PAGE
    assert client.get("/api/v1/access-tokens", headers={"Authorization": f"Bearer {token}"}).status_code == 401
    words = text_of(client.get(PAGE, headers=SWEDISH).text)
    assert "Det finns ingen som gäller" in words
    assert "1 som inte längre gäller" in words
    assert post_form(client, f"{PAGE}/{row.id}/revocation").status_code == 409


def test_an_admin_sees_and_revokes_those_of_the_members_and_nobody_else_does(client, rows, signed_in):
    member = builders.member(rows, roles=["lister"])
    home = rows.get_one(Organisation, member.organisation_id)
    admin, lister = (builders.member(rows, home, roles=[role]) for role in ("admin", "lister"))
    strange = builders.member(rows, roles=["admin"])
    signed_in(client, member)
    made(client)
    with db.unit_of_work() as session:
        [token] = session.exec(select(AccessToken.id))
    for who, status in ((lister, 403), (strange, 404)):
        signed_in(client, who)
        assert client.get(f"/members/{member.id}{PAGE}", headers=HTML).status_code == status
        assert post_form(client, f"{PAGE}/{token}/revocation").status_code == status
        assert "Bokningssystemet" not in client.get(PAGE, headers=HTML).text
    signed_in(client, admin)
    assert f"/members/{member.id}{PAGE}" in client.get(f"/members/{member.id}", headers=HTML).text
    assert "Bokningssystemet" in client.get(f"/members/{member.id}{PAGE}", headers=SWEDISH).text
    answer = post_form(client, f"{PAGE}/{token}/revocation")
    assert answer.headers["location"] == f"/members/{member.id}{PAGE}"
    assert post_form(client, f"{PAGE}/{token}/revocation").status_code == 409
