"""Saved searches and facets through the doors: pages and API say the same, and only to whoever saved the search."""

from datetime import timedelta
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlmodel import Session, col, update

from core.time import clock
from marketplace.offers.models import Offer, OfferState
from marketplace.searches.jobs import sweep_searches
from marketplace.searches.models import SavedSearch
from marketplace.searches.rules import LOOKED_AT_EVERY
from tests import builders
from tests.api.conftest import HTML, Bearer, SignIn, post_form, text_of

API = "/api/v1/saved-searches"
Client = TestClient[Litestar]


def test_a_search_of_the_offers_is_saved_told_of_opened_and_removed(
    client: Client, rows: Session, signed_in: SignIn, bearer: Bearer
) -> None:
    reader = builders.member(rows)
    builders.offer(rows, builders.space(rows, name="Gamla rummet"))
    signed_in(client, reader)
    query = "family=space&municipality=2380&least=8"
    listed = client.get(f"/offers?{query}", headers=HTML).text
    assert f'href="/saved-searches/new?{query.replace("&", "&amp;")}"' in listed
    form = client.get(f"/saved-searches/new?{query}", headers=HTML).text
    assert "Lokal, Östersund, För 8 personer eller fler" in text_of(form)
    assert "left out" not in text_of(
        client.get(f"/saved-searches/new?{query}", headers={**HTML, "accept-language": "en"}).text
    )
    odd = "family=space&kind=car&municipality=9999&least=eight&from=2031-13-01&until=2001-01-01&text=bord"
    told = text_of(client.get(f"/saved-searches/new?{odd}", headers={**HTML, "accept-language": "en"}).text)
    for left_out in ("Which kind: car", "Municipality: 9999", "at least: eight", "From: 2031-13-01", "2001-01-01"):
        assert left_out in told
    fields: dict[str, object] = {"family": "space", "municipality": "2380", "least": "8", "name": ""}
    refused = post_form(client, "/saved-searches/new", fields)
    assert (refused.status_code, 'value="2380"' in refused.text) == (422, True)
    saved = post_form(client, "/saved-searches/new", fields | {"name": "Grupprum"})
    assert (saved.status_code, saved.headers["location"]) == (303, "/saved-searches")
    assert "Inget nytt än." in client.get("/saved-searches", headers=HTML).text

    builders.offer(rows, builders.space(rows, name="Nya rummet"))
    rows.exec(update(SavedSearch).values(looked_at=col(SavedSearch.looked_at) - LOOKED_AT_EVERY - timedelta(seconds=1)))
    rows.commit()
    for _ in range(2):
        sweep_searches()
    notices = client.get("/notices", headers=HTML).text
    assert text_of(notices).count("1 nytt erbjudande passar din sökning ”Grupprum”.") == 1
    assert 'href="/saved-searches"' in notices
    page = client.get("/saved-searches", headers=HTML).text
    assert "Nya rummet" in page
    assert "Gamla rummet" not in page
    assert f'href="/offers?{query.replace("&", "&amp;")}"' in page.replace("&#38;", "&amp;")
    rows.exec(update(Offer).values(state=OfferState.PAUSED))
    rows.commit()
    assert "finns inte kvar." in client.get("/saved-searches", headers=HTML).text
    client.cookies.set("platsverket_language", "en")
    assert "You get a notice when something new fits" in client.get("/saved-searches", headers=HTML).text

    token = bearer(reader)
    [told] = client.get(API, headers=token).json()["items"]
    assert (told["name"], told["query"]["municipalityCode"], len(told["offerIds"])) == ("Grupprum", "2380", 1)
    removed = post_form(client, f"/saved-searches/{told['id']}/removal")
    assert removed.status_code == 303
    assert client.get(f"{API}/{told['id']}", headers=token).status_code == 404


def test_programs_save_and_remove_and_are_told_all_that_is_wrong(client: Client, rows: Session, bearer: Bearer) -> None:
    token, other = bearer(builders.member(rows)), bearer(builders.member(rows))
    wrong: dict[str, Any] = {"name": "", "query": {"kind": "hall", "municipalityCode": "9999", "least": 0}}
    refused = client.post(API, json=wrong, headers=token)
    assert refused.status_code == 400
    named = {each["property"] for each in refused.json()["invalid-parameters"]}
    assert named == {"name", "query.kind", "query.municipalityCode", "query.least"}
    right = {"name": "Bil", "query": {"family": "vehicle", "last": (clock.today() + timedelta(days=3)).isoformat()}}
    made = client.post(API, json=right, headers=token)
    assert (made.status_code, made.json()["query"]["family"]) == (201, "vehicle")
    address = made.headers["location"]
    for method in ("GET", "DELETE"):
        assert client.request(method, address, headers=other).status_code == 404
    assert client.delete(address, headers=token).status_code == 204
    assert client.get(API, headers=token).json()["items"] == []


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", {"total": 3, "families": {"space": 2, "vehicle": 1}, "kinds": {}, "least": {}}),
        (
            "?family=space&countyCode=23",
            {
                "total": 2,
                "families": {"space": 2, "vehicle": 1},
                "kinds": {"meeting_room": 2},
                "municipalityCodes": {"2380": 2},
                "least": {"4": 2, "8": 2, "12": 1, "20": 1},
            },
        ),
        ("?family=space&least=12", {"total": 1, "countyCodes": {"23": 1}, "least": {"4": 2, "8": 2, "12": 1, "20": 1}}),
        ("?text=saknas", {"total": 0, "families": {}}),
    ],
)
def test_programs_count_what_could_be_chosen_instead(
    client: Client, rows: Session, bearer: Bearer, query: str, expected: dict[str, Any]
) -> None:
    """Rooms for 8 and for 20 and a car, all in Östersund; a hidden one is not counted."""
    for room in (builders.space(rows), builders.space(rows, seats=20), builders.vehicle(rows)):
        builders.offer(rows, room)
    builders.offer(rows, builders.space(rows), visibility="organisation")
    answer = client.get(f"/api/v1/offers/facets{query}", headers=bearer(builders.member(rows)))
    assert answer.status_code == 200, answer.text
    told = {
        name: {each["value"]: each["count"] for each in value} if isinstance(value, list) else value
        for name, value in answer.json().items()
    }
    assert {name: told[name] for name in expected} == expected
