"""Offers over the JSON API."""

from typing import Any

import msgspec
import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlmodel import Session

from api.schemas.offers import OfferIn
from marketplace.offers.models import OfferState
from marketplace.organisations.models import Member, Organisation
from resources.models import Site
from tests import builders
from tests.api.conftest import Bearer

Client = TestClient[Litestar]
OFFERS = "/api/v1/offers"
TIME = {"start": "2032-01-01T00:00:00Z", "end": "2032-06-01T00:00:00Z"}


@pytest.fixture
def home(rows: Session) -> Organisation:
    return builders.organisation(rows)


@pytest.fixture
def site(rows: Session, home: Organisation) -> Site:
    made = builders.site(rows, home, address="Prästgatan 1")
    rows.commit()
    return made


@pytest.fixture
def lister(rows: Session, home: Organisation) -> Member:
    return builders.member(rows, home, roles=["lister"])


@pytest.fixture
def headers(lister: Member, bearer: Bearer) -> dict[str, str]:
    return bearer(lister)


@pytest.fixture
def reader(rows: Session, bearer: Bearer) -> dict[str, str]:
    return bearer(builders.member(rows, roles=["requester"]))


def posted(site: Site, **changes: Any) -> dict[str, Any]:
    """The documented example at a site that is there."""
    said: dict[str, Any] = msgspec.to_builtins(OfferIn.example())
    said["resource"]["siteId"] = str(site.id)
    return said | changes


def test_the_documented_example_is_listed_and_offered_in_one_go(
    client: Client, headers: dict[str, str], site: Site
) -> None:
    answer = client.post(OFFERS, json=posted(site), headers=headers)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert answer.headers["location"] == f"{OFFERS}/{made['id']}"
    assert (made["state"], made["visibility"], made["priceSek"]) == ("open", "region", 800)
    assert made["widens"] == [{"fromDate": "2032-02-01", "visibility": "all"}]
    assert made["offered"]["facts"]["seats"] == 8
    read = client.get(answer.headers["location"], headers=headers)
    assert (read.json(), read.headers["etag"]) == (made, f'"{made["version"]}"')


def test_others_are_told_the_municipality_and_not_the_address(
    client: Client, headers: dict[str, str], reader: dict[str, str], site: Site
) -> None:
    made = client.post(OFFERS, json=posted(site), headers=headers).json()
    assert made["site"]["address"] == "Prästgatan 1"
    seen = client.get(f"{OFFERS}/{made['id']}", headers=reader)
    assert "Prästgatan" not in seen.text
    assert (seen.json()["site"], seen.json()["visibility"]) == (None, None)
    assert seen.json()["places"] == [{"municipalityCode": "2380", "municipality": "Östersund"}]


def test_every_family_is_offered(client: Client, rows: Session, headers: dict[str, str], site: Site) -> None:
    builders.skill(rows, "procurement")
    rows.commit()
    said = {
        "Stolar": {"family": "furniture", "kind": "chair", "count": 40, "condition": 4},
        "Elbil": {"family": "vehicle", "kind": "car", "seats": 5, "fuel": "electric", "rangeKm": 400},
        "Kort": {"family": "staff", "extentPercent": 50, "skills": {"procurement": 4}, "municipalityCodes": ["2380"]},
        "Salen": {"family": "space", "kind": "hall", "seats": 80},
    }
    for name, facts in said.items():
        staff = facts["family"] == "staff"
        resource = {"name": name, "facts": facts, "siteId": None if staff else str(site.id)}
        if name == "Salen":
            resource["parts"] = [{"name": "Norra", "seats": 40}, {"name": "Södra", "seats": 40}]
        answer = client.post(OFFERS, json={"resource": resource, **TIME}, headers=headers)
        assert answer.status_code == 201, answer.text
        shown = answer.json()["offered"]
        assert facts.items() <= shown["facts"].items()
        assert shown["capacity"] == {"Stolar": 40, "Kort": 50}.get(name, 1)


def test_a_resource_that_is_there_is_offered_as_a_draft(
    client: Client, rows: Session, headers: dict[str, str], site: Site
) -> None:
    room = builders.space(rows, site)
    rows.commit()
    answer = client.post(OFFERS, json={"resourceId": str(room.id), "open": False, **TIME}, headers=headers)
    assert (answer.status_code, answer.json()["state"]) == (201, "draft")
    twice = client.post(OFFERS, json={"resourceId": str(room.id), **TIME}, headers=headers)
    assert (twice.status_code, twice.json()["code"]) == (409, "already_offered")


def test_sent_twice_with_one_key_it_is_made_once(client: Client, headers: dict[str, str], site: Site) -> None:
    key = headers | {"Idempotency-Key": "once"}
    first, second = (client.post(OFFERS, json=posted(site), headers=key) for _ in range(2))
    assert first.json() == second.json()
    assert client.get(OFFERS, headers=headers).json()["_meta"]["total"] == 1


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"end": "2098-01-01T00:00:00Z"}, "end"),
        ({"start": "2001-01-01T00:00:00Z", "end": "2001-02-01T00:00:00Z"}, "during"),
        ({"terms": "hand_over"}, "terms"),
        ({"priceSek": -1}, "priceSek"),
        ({"visibility": "department"}, "department"),
        ({"widens": [{"fromDate": "2032-02-01", "visibility": "partners"}]}, "widens"),
        ({"resource": None}, "resourceId"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_wrong_offers(client: Client, headers: dict[str, str], site: Site, change: dict[str, Any], wrong: str) -> None:
    answer = client.post(OFFERS, json=posted(site) | change, headers=headers)
    assert answer.status_code == 400, answer.text
    assert answer.json()["invalid-parameters"][0]["property"] == wrong
    assert client.get(OFFERS, headers=headers).json()["_meta"]["total"] == 0


def test_a_wrong_resource_is_told_with_its_place(client: Client, headers: dict[str, str], site: Site) -> None:
    wrong = posted(site)
    wrong["resource"]["facts"]["seats"] = 0
    answer = client.post(OFFERS, json=wrong, headers=headers)
    assert (answer.status_code, answer.json()["invalid-parameters"][0]["property"]) == (400, "resource.facts.seats")


def test_an_offer_is_changed_paused_opened_and_closed(client: Client, headers: dict[str, str], site: Site) -> None:
    made = client.post(OFFERS, json=posted(site), headers=headers).json()
    address = f"{OFFERS}/{made['id']}"
    changed = client.put(address, json=TIME, headers=headers | {"If-Match": f'"{made["version"]}"'})
    assert (changed.status_code, changed.json()["visibility"], changed.json()["priceSek"]) == (200, "all", 0)
    late = client.put(address, json=TIME, headers=headers | {"If-Match": f'"{made["version"]}"'})
    assert late.status_code == 412
    assert client.post(f"{address}/pause", headers=headers).json()["state"] == "paused"
    assert client.post(f"{address}/pause", headers=headers).status_code == 409
    assert client.post(f"{address}/opening", headers=headers).json()["state"] == "open"
    assert client.post(f"{address}/closing", json={"words": "Flytt"}, headers=headers).json()["state"] == "closed"
    assert client.put(address, json=TIME, headers=headers).json()["code"] == "offer_closed"


def test_others_offers_are_read_but_not_changed(client: Client, headers: dict[str, str], rows: Session) -> None:
    theirs, draft = builders.offer(rows), builders.offer(rows, state=OfferState.DRAFT)
    rows.commit()
    assert client.get(f"{OFFERS}/{theirs.id}", headers=headers).status_code == 200
    assert client.post(f"{OFFERS}/{theirs.id}/pause", headers=headers).status_code == 403
    assert client.get(f"{OFFERS}/{draft.id}", headers=headers).status_code == 404


def test_a_list_is_narrowed(client: Client, headers: dict[str, str], rows: Session) -> None:
    room = builders.offer(rows, builders.space(rows, name="Storsjön"))
    chairs = builders.offer(rows, builders.furniture(rows))
    lead = builders.offer(rows, builders.staff(rows, skills={"procurement": 4}))
    far = builders.offer(rows, builders.space(rows, builders.site(rows, **builders.STOCKHOLM)))
    rows.commit()

    def found(query: str) -> set[str]:
        answer = client.get(f"{OFFERS}?{query}", headers=headers)
        assert answer.status_code == 200, answer.text
        return {each["id"] for each in answer.json()["items"]}

    assert found("family=furniture") == {str(chairs.id)}
    assert found("skill=procurement") == {str(lead.id)}
    assert found("text=storsj%C3%B6n") == {str(room.id)}
    assert found("municipalityCode=%C3%96stersund&family=space") == {str(room.id)}
    assert found("near=Stockholm&km=20") == {str(far.id)}
    assert found("countyCode=01") == {str(far.id)}
    assert found("least=30&family=furniture&kind=chair") == {str(chairs.id)}
    assert found("from=2098-01-01T00:00:00Z") == set()
    assert found("until=2098-01-01T00:00:00Z&state=open&limit=2") <= {
        str(each.id) for each in (room, chairs, lead, far)
    }


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ("municipalityCode=Atlantis", "municipalityCode"),
        ("near=Atlantis", "near"),
        ("from=2027-02-01T00:00:00Z&until=2027-01-01T00:00:00Z", "until"),
        ("until=2098-01-01T00:00:00", "until"),
        ("from=2098-01-01T00:00:00", "from"),
        ("from=9999-12-31T23:59:59Z", "from"),
        ("until=9999-12-31T23:59:59-01:00", "until"),
        ("from=0001-01-01T00:00:00%2B01:00", "from"),
        ("from=0.5", "from"),
        ("until=4070908800", "until"),
    ],
)
def test_a_search_that_cannot_be(client: Client, headers: dict[str, str], query: str, wrong: str) -> None:
    answer = client.get(f"{OFFERS}?{query}", headers=headers)
    assert (answer.status_code, answer.json()["invalid-parameters"][0]["property"]) == (400, wrong)


@pytest.mark.parametrize("address", ["/api/v1/offers?near=0", "/api/v1/offers/facets?near=0", "/scim/v2/Users?count=x"])
def test_whoever_is_nobody_is_told_that_before_what_is_wrong(client: TestClient[Litestar], address: str) -> None:
    assert client.get(address).status_code == 401
