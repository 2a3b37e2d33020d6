"""Stocktakes by the API and on pages: opened, counted on the page of a scanned thing, closed, and had as a file."""

import re
from typing import Any

import pytest
from litestar.testing import TestClient
from sqlmodel import Session

from api.pages.stock.counting import MOST_OPEN
from marketplace.organisations.models import Organisation
from marketplace.stocktakes import queries
from marketplace.stocktakes.rules import Stock
from resources.models import Resource, Site
from tests import builders
from tests.api.conftest import HTML, Bearer, SignIn, post_form, text_of

STOCKTAKES = "/api/v1/stocktakes"


@pytest.fixture
def chairs(rows: Session) -> Resource:
    """Ten chairs at a site."""
    found = builders.furniture(rows, builders.site(rows, name="Regionens hus"), capacity=10, name="Stolar i foajén")
    rows.commit()
    return found


def test_by_the_api(client: TestClient[Any], rows: Session, bearer: Bearer, chairs: Resource) -> None:
    home = rows.get_one(Organisation, chairs.organisation_id)
    lister = builders.member(rows, home, roles=["lister"])
    rows.commit()
    who = bearer(lister)
    nothing = client.post(STOCKTAKES, json={}, headers=who)
    assert nothing.json()["invalid-parameters"][0]["property"] == "siteId"
    made = client.post(STOCKTAKES, json={"siteId": str(chairs.site_id)}, headers=who)
    assert (made.status_code, made.json()["site"], made.json()["state"]) == (201, "Regionens hus", "open")
    path = f"{STOCKTAKES}/{made.json()['id']}"
    counted = {"resourceId": str(chairs.id), "amount": 8}
    sent = [client.post(f"{path}/counts", json=counted, headers=who | {"Idempotency-Key": "1"}) for _ in "12"]
    assert [(each.status_code, each.json()["expected"]) for each in sent] == [(201, 10), (201, 10)]
    for wrong in ({"amount": -1}, {"amount": 1_000_001}):
        refused = client.post(f"{path}/counts", json=counted | wrong, headers=who)
        assert [each["property"] for each in refused.json()["invalid-parameters"]] == ["amount"]
    over = client.post(f"{path}/counts", json=counted, headers=who)
    assert (over.status_code, over.json()["code"]) == (409, "counted_meanwhile")
    (thing,) = client.get(f"{path}/things", headers=who).json()["items"]
    assert (thing["counted"], thing["expected"], thing["difference"]) == (8, 10, -2)
    assert client.post(f"{path}/closing", json={"decisions": []}, headers=who).status_code == 400
    idle = {"decisions": [{"resourceId": str(builders.furniture(rows).id), "kind": "lost"}]}
    told = client.post(f"{path}/closing", json=idle, headers=who).json()["invalid-parameters"]
    assert [each["property"] for each in told] == ["decisions", "decisions"], "of one thing too little, of one too much"
    decided = {"decisions": [{"resourceId": str(chairs.id), "kind": "written_off"}]}
    closed = client.post(f"{path}/closing", json=decided, headers=who)
    assert (closed.status_code, closed.json()["state"]) == (200, "closed")
    assert client.post(f"{path}/closing", json=decided, headers=who).status_code == 409
    rows.expire_all()
    assert queries.stock_of(rows, [chairs.id])[chairs.id] == Stock(10, written_off=2)
    stranger = bearer(builders.member(rows, roles=["lister"]))
    rows.commit()
    assert client.get(path, headers=stranger).status_code == 404


def test_on_pages(client: TestClient[Any], rows: Session, signed_in: SignIn, chairs: Resource) -> None:
    home = rows.get_one(Organisation, chairs.organisation_id)
    lister, elsewhere = builders.member(rows, home, roles=["lister"]), builders.site(rows, home)
    rows.commit()
    room = builders.space(rows, rows.get_one(Site, chairs.site_id))
    rows.commit()
    signed_in(client, lister)
    assert post_form(client, "/stocktakes", {"site": ""}).status_code == 422
    misspelt = post_form(client, "/stocktakes", {"department": "Förrådt"})
    assert (misspelt.status_code, misspelt.text.count("aria-invalid")) == (422, 1)
    path = post_form(client, "/stocktakes", {"site": str(chairs.site_id)}).headers["location"].split("?")[0]
    for _ in range(MOST_OPEN):
        post_form(client, "/stocktakes", {"site": str(elsewhere.id)})
    scanned = client.get(f"/things/{chairs.id}", headers=HTML).text
    assert scanned.count("/counts") == 1
    assert "10 ska finnas" in text_of(scanned)
    assert "Den ingår inte i det som inventeras där" in text_of(scanned), "of the other stocktakes"
    assert "inventeras" not in client.get(f"/things/{room.id}", headers=HTML).text, "nobody counts rooms"
    said = {"resourceId": str(chairs.id), "seen": "0"}
    moved = post_form(client, f"{path}/counts", said | {"amount": "4", "expected": "9"})
    assert moved.status_code == 409, "noted long after it was made"
    assert "så 10 ska finnas. Räkna om." in moved.text
    wrong = post_form(client, f"{path}/counts", said | {"amount": "många"})
    assert wrong.status_code == 422
    assert post_form(client, f"{path}/counts", said | {"amount": "4"}).status_code == 303
    assert post_form(client, f"{path}/counts", said | {"amount": "4"}).status_code == 409
    assert post_form(client, f"{path}/counts", said | {"amount": "3", "how": "more"}).status_code == 303
    shown = client.get(path, headers=HTML).text
    (field,) = re.findall(r'name="(decision-[^"]+)"', shown)
    assert "7 räknade, 10 väntade" in text_of(shown)
    undecided = post_form(client, f"{path}/closing", {field: ""})
    assert (undecided.status_code, undecided.text.count("aria-invalid")) == (422, 1)
    unseen = post_form(client, f"{path}/closing", {})
    assert (unseen.status_code, unseen.text.count("aria-invalid")) == (422, 1), "somebody counted it meanwhile"
    assert post_form(client, f"{path}/closing", {field: "lost"}).status_code == 303
    as_file = client.get(f"{path}?as=csv", headers=HTML)
    assert (
        as_file.content.decode("utf-8-sig").splitlines()[1] == "Stolar i foajén;Regionens hus;10;0;10;7;-3;3;0;Borta: 3"
    )
