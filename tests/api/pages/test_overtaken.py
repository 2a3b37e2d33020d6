"""An edit that somebody else overtook: what was typed stands there, with what the other changed, and may be saved."""

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlmodel import Session, select

from marketplace.offers.models import Offer
from marketplace.organisations.models import Member, Organisation
from marketplace.requests.models import Request
from tests import builders
from tests.api.conftest import HTML, SignIn, text_of
from tests.api.pages.test_posted_once import FILED, hidden

Client = TestClient[Litestar]


@pytest.fixture
def member(rows: Session, client: Client, signed_in: SignIn) -> Member:
    """A member who may do everything here, signed in."""
    both = builders.member(rows, roles=["requester", "lister"])
    signed_in(client, both)
    return both


def own_offer(rows: Session, member: Member, **values) -> Offer:
    home = rows.get_one(Organisation, member.organisation_id)
    return builders.offer(rows, builders.space(rows, builders.site(rows, home)), **values)


TERMS = {"first": "2035-01-01", "visibility": "all", "priceBasis": "none"}


def test_an_offer_that_another_changed_is_saved_on_purpose_only(client: Client, rows: Session, member: Member):
    offer = own_offer(rows, member, conditions="Städas av låntagaren")
    rows.commit()
    path = f"/offers/{offer.id}/change"
    mine, others = (hidden(client.get(path, headers=HTML).text, path) for _ in range(2))
    first = client.post(path, data=others | TERMS | {"conditions": "Städas av oss"}, headers=HTML)
    assert first.status_code == 303
    refused = client.post(path, data=mine | TERMS | {"conditions": "Nyckel i receptionen"}, headers=HTML)
    assert refused.status_code == 412
    words = text_of(refused.text)
    assert "Någon annan har ändrat det" in words
    assert "Städas av låntagaren Städas av oss Nyckel i receptionen" in words
    assert "Nyckel i receptionen</textarea>" in refused.text
    again = hidden(refused.text, path) | TERMS | {"conditions": "Nyckel i receptionen"}
    assert client.post(path, data=again, headers=HTML).status_code == 303
    rows.refresh(offer)
    assert offer.conditions == "Nyckel i receptionen"


def test_a_request_that_another_changed_is_saved_on_purpose_only(client: Client, rows: Session, member: Member):
    filed = hidden(client.get("/requests/new?step=all", headers=HTML).text, "/requests/new") | FILED
    path = client.post("/requests/new", data=filed, headers=HTML).headers["location"] + "/change"
    mine, others = (hidden(client.get(path, headers=HTML).text, path) for _ in range(2))
    needs = {name: text for name, text in FILED.items() if name not in ("do", "title")}
    assert client.post(path, data=needs | others | {"title": "Bil i mars"}, headers=HTML).status_code == 303
    refused = client.post(path, data=needs | mine | {"title": "Bil i april"}, headers=HTML)
    assert refused.status_code == 412
    assert f"{FILED['title']} Bil i mars Bil i april" in text_of(refused.text)
    assert 'value="Bil i april"' in refused.text
    saved = client.post(path, data=needs | hidden(refused.text, path) | {"title": "Bil i april"}, headers=HTML)
    assert saved.status_code == 303
    assert [each.title for each in rows.scalars(select(Request))] == ["Bil i april"]


def test_a_form_without_what_it_said_when_opened_keeps_what_was_typed(client: Client, rows: Session, member: Member):
    offer = own_offer(rows, member)
    rows.commit()
    path = f"/offers/{offer.id}/change"
    sent = hidden(client.get(path, headers=HTML).text, path) | TERMS | {"version": "0", "opened_with": "{"}
    refused = client.post(path, data=sent | {"conditions": "Kvar"}, headers=HTML)
    assert refused.status_code == 412
    assert "Kvar</textarea>" in refused.text


def test_what_clashes_with_something_else_keeps_what_was_typed(client: Client, rows: Session, member: Member):
    home = rows.get_one(Organisation, member.organisation_id)
    room = builders.space(rows, builders.site(rows, home))
    now = builders.offer(rows, room)
    rows.commit()
    client.post(
        f"/offers/{now.id}/closing",
        data=hidden(client.get(f"/offers/{now.id}", headers=HTML).text, f"/offers/{now.id}/closing"),
        headers=HTML,
    )
    path = f"/offers/{now.id}/change"
    page = client.get(path, headers=HTML).text
    refused = client.post(path, data=hidden(page, path) | TERMS | {"conditions": "Kvar"}, headers=HTML)
    assert refused.status_code == 409
    assert "Kvar</textarea>" in refused.text
    assert "Erbjudandet är avslutat" in text_of(refused.text)
