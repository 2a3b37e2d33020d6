"""Resources over the JSON API: every family in and out, capacity, consents, closed periods."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from litestar.testing import TestClient
from sqlmodel import Session

from competence.service import add_skills
from core.time import clock
from marketplace.organisations.models import Member
from resources.claims import Wanted, take
from resources.models import ClaimSource, Resource, Site
from tests import builders
from tests.api.conftest import Bearer

RESOURCES = "/api/v1/resources"

ROOM = {
    "family": "space",
    "kind": "meeting_room",
    "seats": 8,
    "areaM2": 20.5,
    "equipment": ["screen"],
    "access": ["hearing_loop"],
    "visitorRules": "Legitimation.",
}
HALL = ROOM | {"kind": "hall", "seats": 80, "areaM2": 160.5}
PARTS = [{"name": "Norra", "seats": 50, "areaM2": 100.0}, {"name": "Södra", "seats": 30, "areaM2": None}]
CHAIRS = {
    "family": "furniture",
    "kind": "chair",
    "count": 40,
    "condition": 4,
    "widthCm": 50,
    "depthCm": None,
    "heightCm": None,
    "pickup": "tisdagar",
    "valuationSek": 0,
    "valuationBasis": "nil_value",
}
CAR = {
    "family": "vehicle",
    "kind": "car",
    "seats": 5,
    "fuel": "electric",
    "rangeKm": 400,
    "licenceClass": "B",
    "towingKg": 0,
}
STAFF = {
    "family": "staff",
    "extentPercent": 40,
    "skills": {"law": 3, "procurement": 4},
    "remote": True,
    "municipalityCodes": ["2380"],
    "languages": ["en", "sv"],
    "extentChanges": {"2031-04-01": 20, "2031-06-01": 0},
    "clearanceMayBeNeeded": True,
    "peopleMeant": 12,
    "network": "",
    "networkHours": None,
}


@pytest.fixture
def member(rows: Session) -> Member:
    add_skills(rows)
    return builders.member(rows)


@pytest.fixture
def site(rows: Session, member: Member) -> Site:
    return builders.site(rows, rows.get_one(builders.Organisation, member.organisation_id))


METER = {
    "family": "equipment",
    "kind": "field",
    "count": 4,
    "model": "RTK",
    "portable": True,
    "calibratedUntil": "2030-06-30",
    "trainedUser": False,
    "accessories": ["stativ", "väska"],
}


@pytest.fixture
def headers(member: Member, site: Site, bearer: Bearer) -> dict[str, str]:
    return bearer(member)


def body(site: Site, facts: dict[str, Any] = ROOM, **changes: Any) -> dict[str, Any]:
    place = None if facts["family"] == "staff" else str(site.id)
    return {"name": "Storsjön", "siteId": place, "facts": facts} | changes


def added(client: TestClient[Any], headers: dict[str, str], said: dict[str, Any]) -> dict[str, Any]:
    answer = client.post(RESOURCES, json=said, headers=headers)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


@pytest.mark.parametrize(
    ("facts", "parts", "units"),
    [
        (ROOM, [], [("meeting_room", 1)]),
        (ROOM | {"kind": "desk_pool"}, [], [("desk_pool", 8)]),
        (HALL, PARTS, [("Norra", 1), ("Södra", 1)]),
        (CHAIRS, [], [("chair", 40)]),
        (CAR, [], [("car", 1)]),
        (METER, [], [("field", 4)]),
        (STAFF, [], [("staff", 40)]),
    ],
)
def test_each_family_goes_in_and_out_and_back(
    client: TestClient[Any],
    site: Site,
    headers: dict[str, str],
    facts: dict[str, Any],
    parts: list[dict[str, Any]],
    units: list[tuple[str, int]],
) -> None:
    made = added(client, headers, body(site, facts, parts=parts))
    assert (made["facts"], made["parts"]) == (facts, parts)
    assert [(unit["name"], unit["capacity"]) for unit in made["units"]] == units
    assert made["consents"] == ([] if facts is STAFF else None)
    address = f"{RESOURCES}/{made['id']}"
    read = client.get(address, headers=headers)
    assert (read.json(), read.headers["etag"]) == (made, '"1"' if facts is not STAFF else '"2"')
    same = client.put(
        address, json=body(site, facts, parts=parts), headers=headers | {"If-Match": read.headers["etag"]}
    )
    assert (same.status_code, same.json()) == (200, made), same.text


def test_a_resource_is_changed_from_the_version_that_was_read(
    client: TestClient[Any], site: Site, headers: dict[str, str]
) -> None:
    address = f"{RESOURCES}/{added(client, headers, body(site))['id']}"
    if_first = headers | {"If-Match": '"1"'}
    answer = client.put(address, json=body(site, ROOM | {"seats": 10}), headers=if_first)
    assert (answer.status_code, answer.json()["facts"]["seats"], answer.headers["etag"]) == (200, 10, '"2"')
    assert client.put(address, json=body(site), headers=if_first).status_code == 412


@pytest.mark.parametrize(
    ("facts", "change", "place"),
    [
        (ROOM, {"siteId": None}, "siteId"),
        (ROOM, {"name": ""}, "name"),
        (ROOM | {"seats": 0}, {}, "facts.seats"),
        (ROOM | {"kind": "barn"}, {}, "facts.kind"),
        (ROOM, {"parts": PARTS}, "parts"),
        (HALL, {"parts": [PARTS[0], PARTS[1] | {"seats": 0}]}, "parts[1].seats"),
        (ROOM | {"count": 3}, {}, "facts.count"),
        (CHAIRS | {"valuationBasis": None}, {}, "facts.valuationBasis"),
        (STAFF | {"extentPercent": 0}, {}, "facts.extentPercent"),
        (STAFF | {"municipalityCodes": ["Atlantis"]}, {}, "facts.municipalityCodes"),
        (STAFF | {"skills": {"juggling": 3}}, {}, "facts.skills.juggling"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_kept(
    client: TestClient[Any],
    site: Site,
    headers: dict[str, str],
    facts: dict[str, Any],
    change: dict[str, Any],
    place: str,
) -> None:
    answer = client.post(RESOURCES, json=body(site, facts) | change, headers=headers)
    assert answer.status_code == 400
    assert answer.json()["invalid-parameters"][0]["property"] == place
    assert client.get(RESOURCES, headers=headers).json()["_meta"]["total"] == 0


def test_a_list_is_narrowed(client: TestClient[Any], rows: Session, site: Site, headers: dict[str, str]) -> None:
    builders.space(rows)
    rows.commit()
    room = added(client, headers, body(site))
    added(client, headers, body(site, CAR, name="Bilen"))
    everything = client.get(RESOURCES, headers=headers).json()
    assert [item["name"] for item in everything["items"]] == ["Bilen", "Storsjön"]
    narrowed = client.get(f"{RESOURCES}?family=space&kind=meeting_room&siteId={site.id}", headers=headers).json()
    assert narrowed["items"] == [room]
    assert client.get(f"{RESOURCES}?family=boats", headers=headers).status_code == 400


def test_capacity_is_not_set_below_what_is_taken(
    client: TestClient[Any], rows: Session, site: Site, headers: dict[str, str]
) -> None:
    made = added(client, headers, body(site, CHAIRS))
    take(rows, [Wanted(UUID(made["units"][0]["id"]), 30, builders.days(1, 3))], ClaimSource.BOOKING)
    rows.commit()
    address = f"{RESOURCES}/{made['id']}/capacity"
    answer = client.put(address, json={"capacity": 35}, headers=headers | {"If-Match": '"1"'})
    assert (answer.status_code, answer.json()["units"][0]["capacity"], answer.headers["etag"]) == (200, 35, '"2"')
    assert client.put(address, json={"capacity": 36}, headers=headers | {"If-Match": '"1"'}).status_code == 412
    refused = client.put(address, json={"capacity": 29}, headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (409, "capacity_exceeded")
    [clash] = refused.json()["details"]["clashes"]
    assert (clash["resource"], clash["capacity"], clash["taken"]) == ("Storsjön", 29, 30)
    assert client.put(address, json={"capacity": 0}, headers=headers).status_code == 400


def test_three_say_yes_to_a_card_and_one_takes_it_back(
    client: TestClient[Any], rows: Session, member: Member, site: Site, headers: dict[str, str], bearer: Bearer
) -> None:
    home = rows.get_one(builders.Organisation, member.organisation_id)
    hr, colleague = (bearer(builders.member(rows, home, roles=["hr"])) for _ in range(2))
    address = f"{RESOURCES}/{added(client, headers, body(site, STAFF))['id']}"
    said = {"evidence": "Blankett 2026-11-20"}
    early = client.post(f"{address}/consents", json={"who": "hr", **said}, headers=hr)
    assert (early.status_code, early.json()["code"]) == (409, "consent_order")
    by_lister = client.post(f"{address}/consents", json={"who": "employee", **said}, headers=headers)
    assert (by_lister.status_code, by_lister.json()["code"]) == (403, "hr_only")
    bare = client.post(f"{address}/consents", json={"who": "employee"}, headers=hr)
    assert (bare.status_code, bare.json()["invalid-parameters"][0]["property"]) == (400, "evidence")
    for who in ("employee", "manager", "hr"):
        answer = client.post(f"{address}/consents", json={"who": who, **said}, headers=hr)
    assert (answer.status_code, answer.json()["code"]) == (409, "same_person")
    answer = client.post(f"{address}/consents", json={"who": "hr", **said}, headers=colleague)
    assert [note["evidence"] for note in answer.json()["consentNotes"]] == [said["evidence"]] * 3
    assert (answer.status_code, answer.json()["consents"]) == (200, ["employee", "manager", "hr"])
    withdrawn = client.post(f"{address}/consent-withdrawals", json={"who": "manager"}, headers=headers)
    assert withdrawn.json()["consents"] == ["employee"]


def test_a_period_is_closed_and_opened_again(client: TestClient[Any], site: Site, headers: dict[str, str]) -> None:
    made = added(client, headers, body(site, HALL, parts=PARTS))
    address = f"{RESOURCES}/{made['id']}/closed-periods"
    start = clock.now().replace(microsecond=0) + timedelta(days=7)
    week = {"start": start.isoformat(), "end": (start + timedelta(days=5)).isoformat(), "note": "Golvet slipas."}
    closed = client.post(address, json=week, headers=headers)
    assert closed.status_code == 201, closed.text
    assert [item["note"] for item in closed.json()["items"]] == ["Golvet slipas."] * 2
    assert client.get(address, headers=headers).json() == closed.json()
    again = client.post(address, json=week, headers=headers)
    assert (again.status_code, again.json()["code"]) == (409, "capacity_exceeded")
    for item in closed.json()["items"]:
        for _ in range(2):
            assert client.delete(f"{address}/{item['id']}", headers=headers).status_code == 204
    assert client.get(address, headers=headers).json() == {"items": []}
    backwards = client.post(address, json=week | {"end": week["start"]}, headers=headers)
    assert (backwards.status_code, backwards.json()["invalid-parameters"][0]["property"]) == (400, "end")


def test_what_is_free_on_a_day(client: TestClient[Any], rows: Session, site: Site, headers: dict[str, str]) -> None:
    split = {
        "weekly": {"mo": [{"fromTime": "08:00", "untilTime": "11:00"}, {"fromTime": "13:00", "untilTime": "17:00"}]}
    }
    made = added(client, headers, body(site, ROOM | {"kind": "desk_pool"}, openingHours=split))
    address = f"{RESOURCES}/{made['id']}/free-periods"
    assert client.get(f"{address}?first=2032-06-07&last=2032-06-08", headers=headers).json()["items"] == [
        {"start": "2032-06-07T06:00:00Z", "end": "2032-06-07T09:00:00Z", "capacity": 8},
        {"start": "2032-06-07T11:00:00Z", "end": "2032-06-07T15:00:00Z", "capacity": 8},
    ]
    for query in (
        "first=2032-06-07",
        "first=2032-06-08&last=2032-06-07",
        "first=1&last=2",
        *(f"first={day}&last={day}" for day in ("9999-12-31", "0001-01-01", "1999-12-31")),
    ):
        assert client.get(f"{address}?{query}", headers=headers).status_code == 400


def test_anothers_resource_is_not_there(
    client: TestClient[Any], rows: Session, site: Site, headers: dict[str, str]
) -> None:
    other = f"{RESOURCES}/{builders.space(rows).id}"
    rows.commit()
    assert client.get(other, headers=headers).status_code == 404
    assert client.put(other, json=body(site), headers=headers).status_code == 404
    assert client.get(f"{other}/closed-periods", headers=headers).status_code == 404
    assert client.put(f"{other}/capacity", json={"capacity": 1}, headers=headers).status_code == 404
    assert client.post(f"{other}/consents", json={"who": "hr"}, headers=headers).status_code == 404


def test_facts_that_this_version_does_not_know_or_refuses_can_be_said_anew(
    client: TestClient[Any], headers: dict[str, str], site: Site, rows: Session
) -> None:
    made = added(client, headers, body(site))
    row = rows.get_one(Resource, UUID(made["id"]))
    row.facts = row.facts | {"gone": 1}
    rows.commit()
    assert client.get(f"{RESOURCES}/{row.id}", headers=headers).json()["facts"] == made["facts"]
    row.facts = row.facts | {"seats": 100_000}
    rows.commit()
    assert client.put(f"{RESOURCES}/{row.id}", json=body(site), headers=headers).status_code == 200
    assert client.get(f"{RESOURCES}/{row.id}", headers=headers).json()["facts"] == made["facts"]


def test_saying_the_same_is_no_new_version_though_it_was_stored_with_fewer_fields(
    client: TestClient[Any], headers: dict[str, str], site: Site, rows: Session
) -> None:
    made = added(client, headers, body(site, CAR))
    row = rows.get_one(Resource, UUID(made["id"]))
    row.facts = {name: value for name, value in row.facts.items() if name != "towingKg"}
    rows.commit()
    answer = client.put(f"{RESOURCES}/{row.id}", json=body(site, CAR), headers=headers)
    assert (answer.status_code, answer.json()["version"]) == (200, made["version"])


def test_equipment_is_counted_anew_within_its_own_limit(
    client: TestClient[Any], headers: dict[str, str], site: Site
) -> None:
    address = f"{RESOURCES}/{added(client, headers, body(site, METER))['id']}/capacity"
    assert client.put(address, json={"capacity": 3}, headers=headers).status_code == 200
    assert client.put(address, json={"capacity": 10_001}, headers=headers).status_code == 400
