"""Requests over the JSON API."""

from typing import Any

import msgspec
import pytest
from litestar.testing import TestClient
from sqlmodel import Session

from api.schemas.requests import RequestIn
from marketplace.organisations.models import Member
from marketplace.requests.models import RequestState
from tests import builders
from tests.api.conftest import Bearer

REQUESTS = "/api/v1/requests"


@pytest.fixture
def member(rows: Session) -> Member:
    builders.skill(rows, "procurement")
    return builders.member(rows)


@pytest.fixture
def headers(member: Member, bearer: Bearer) -> dict[str, str]:
    return bearer(member)


def body(**changes: Any) -> dict[str, Any]:
    """The documented example, with dates that always lie ahead."""
    said = msgspec.to_builtins(RequestIn.example())
    for need in said["needs"]:
        need["timing"] |= {"first": "2032-03-01", "last": "2032-05-31"}
    return said | changes


def filed(client: TestClient[Any], headers: dict[str, str], **changes: Any) -> dict[str, Any]:
    answer = client.post(REQUESTS, json=body(**changes), headers=headers)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def test_the_documented_example_is_filed_and_read_back(client: TestClient[Any], headers: dict[str, str]) -> None:
    answer = client.post(REQUESTS, json=body(), headers=headers)
    made = answer.json()
    assert (answer.status_code, answer.headers["location"]) == (201, f"{REQUESTS}/{made['id']}")
    assert made["state"] == "open"
    read = client.get(answer.headers["location"], headers=headers)
    assert (read.status_code, read.json(), read.headers["etag"]) == (200, made, f'"{made["version"]}"')
    room, lead = made["needs"]
    assert room["asked"] == body()["needs"][0] | {"id": room["asked"]["id"]}
    assert (lead["asked"]["family"], lead["asked"]["requirements"]["skillsMust"]) == ("staff", {"procurement": 4})
    assert (room["state"], room["outcome"], room["proposals"]) == ("open", None, [])


def test_every_family_and_timing_goes_in_and_out(client: TestClient[Any], headers: dict[str, str]) -> None:
    timings = [
        {"type": "fixed", "start": "2032-03-01T08:00:00Z", "end": "2032-03-01T15:00:00Z"},
        {"type": "period", "first": "2032-03-01", "last": None},
        {
            "type": "flexible",
            "earliest": "2032-03-01T08:00:00Z",
            "latest": "2032-03-05T15:00:00Z",
            "durationMin": 180,
            "stepMin": 60,
        },
        {"type": "period", "first": "2032-03-01", "last": "2032-05-31"},
    ]
    needs = [
        {"family": "space", "kind": "desk_pool", "requirements": {"people": 4}},
        {"family": "furniture", "kind": "chair", "amount": 40, "parts": 2, "requirements": {"toKeep": True}},
        {"family": "vehicle", "requirements": {"seats": 5, "fuelShould": ["electric"], "licenceClasses": ["B"]}},
        {"family": "staff", "amount": 50, "requirements": {"languages": ["sv"]}},
    ]
    asked = [need | {"timing": timing} for need, timing in zip(needs, timings, strict=True)]
    shown = [need["asked"] for need in filed(client, headers, needs=asked)["needs"]]
    assert [need["timing"] for need in shown] == timings
    assert [need["amount"] for need in shown] == [4, 40, 1, 50]
    for said, seen in zip(needs, shown, strict=True):
        assert said["requirements"].items() <= seen["requirements"].items()


def test_everything_wrong_is_told_with_its_place(client: TestClient[Any], headers: dict[str, str]) -> None:
    wrong = body(title=" ")
    wrong["needs"][0] |= {"kind": "boat", "municipalityCode": "9999"}
    wrong["needs"][1]["timing"] |= {"first": "2001-03-01", "last": "2001-05-31"}
    answer = client.post(REQUESTS, json=wrong, headers=headers)
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")
    told = answer.json()["invalid-parameters"]
    assert [each["property"] for each in told] == [
        "title",
        "needs[0].kind",
        "needs[0].municipalityCode",
        "needs[1].timing",
    ]
    assert told[3]["reason"] == "it lies in the past"


SUNDAYS = {
    "type": "weekly",
    "first": "2027-03-07",
    "last": "2027-04-18",
    "weekdays": ["su"],
    "fromTime": "02:15",
    "untilTime": "02:45",
    "sameResource": True,
}


@pytest.mark.parametrize(
    ("change", "place", "reason"),
    [
        ({"family": "boat"}, "needs[0].family", ""),
        ({"colour": "red"}, "needs[0].colour", "there is no such field"),
        (
            {"timing": {"type": "fixed", "start": "soon", "end": "later"}},
            "needs[0].timing.start",
            "it has to be an instant with",
        ),
        ({"timing": SUNDAYS | {"first": "2027-W09"}}, "needs[0].timing.first", "from 2027-03-01 through 2027-03-07"),
        ({"timing": SUNDAYS | {"last": "v. 9"}}, "needs[0].timing.last", "a week is no date"),
        ({"timing": SUNDAYS | {"last": "20270428"}}, "needs[0].timing.last", "it has to be a date, such as"),
        ({"timing": SUNDAYS}, "needs[0].timing.fromTime", "there is no 02:15-02:45 on 2027-03-28"),
        ({"requirements": {"people": "eight"}}, "needs[0].requirements.people", ""),
        ({"parts": 3}, "needs[0].parts", ""),
    ],
)
def test_a_body_of_the_wrong_shape(
    client: TestClient[Any], headers: dict[str, str], change: dict[str, Any], place: str, reason: str
) -> None:
    wrong = body()
    wrong["needs"][0] |= change
    answer = client.post(REQUESTS, json=wrong, headers=headers)
    assert answer.status_code == 400
    first = answer.json()["invalid-parameters"][0]
    assert (first["property"], reason in first["reason"]) == (place, True)


def test_a_request_sent_twice_with_one_key_is_filed_once(client: TestClient[Any], headers: dict[str, str]) -> None:
    with_key = headers | {"Idempotency-Key": "once"}
    first, second = (client.post(REQUESTS, json=body(), headers=with_key) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert client.get(REQUESTS, headers=headers).json()["_meta"]["total"] == 1


def test_a_request_is_changed_by_sending_back_what_was_read(client: TestClient[Any], headers: dict[str, str]) -> None:
    made = filed(client, headers)
    address = f"{REQUESTS}/{made['id']}"
    room = made["needs"][0]["asked"] | {"amount": 1, "title": "Större rum"}
    new = {"title": "Nytt namn", "needs": [room]}
    answer = client.put(address, json=new, headers=headers | {"If-Match": f'"{made["version"]}"'})
    assert answer.status_code == 200, answer.text
    changed = answer.json()
    assert (changed["title"], answer.headers["etag"]) == ("Nytt namn", f'"{changed["version"]}"')
    assert [(need["asked"]["title"], need["state"]) for need in changed["needs"]] == [
        ("Större rum", "open"),
        ("Upphandlingsledare", "dropped"),
    ]
    late = client.put(address, json=new, headers=headers | {"If-Match": f'"{made["version"]}"'})
    assert (late.status_code, late.json()["code"]) == (412, "version_changed")


def test_a_draft_is_opened_and_withdrawn(client: TestClient[Any], headers: dict[str, str]) -> None:
    made = filed(client, headers, open=False)
    address = f"{REQUESTS}/{made['id']}"
    assert made["state"] == "draft"
    assert client.post(f"{address}/opening", headers=headers).json()["state"] == "open"
    assert client.post(f"{address}/opening", headers=headers).status_code == 409
    withdrawn = client.post(f"{address}/withdrawal", json={"words": "Inställt."}, headers=headers)
    assert (withdrawn.status_code, withdrawn.json()["state"]) == (200, "withdrawn")


def test_something_is_looked_for_at_once(client: TestClient[Any], headers: dict[str, str]) -> None:
    address = f"{REQUESTS}/{filed(client, headers)['id']}"
    answer = client.post(f"{address}/matching-runs", headers=headers)
    run = answer.json()
    assert (answer.status_code, run["kind"], run["state"]) == (201, "local", "queued")
    assert f"{REQUESTS}/{run['requestId']}" == address
    read = client.get(answer.headers["location"], headers=headers)
    assert (read.status_code, read.json()["id"]) == (200, run["id"])
    client.post(f"{address}/withdrawal", json={}, headers=headers)
    refused = client.post(f"{address}/matching-runs", headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (409, "nothing_open")


def test_a_list_is_narrowed_and_knows_its_neighbours(
    client: TestClient[Any], headers: dict[str, str], member: Member, rows: Session
) -> None:
    builders.request(rows, member, state=RequestState.PROPOSED, title="Annat")
    builders.request(rows)
    rows.commit()
    made = filed(client, headers)
    everything = client.get(f"{REQUESTS}?limit=1", headers=headers).json()
    assert (everything["_meta"]["total"], "next" in everything["_links"]) == (2, True)
    narrowed = client.get(f"{REQUESTS}?state=open&family=staff&priority=ordinary&text=tjänst", headers=headers).json()
    assert [each["id"] for each in narrowed["items"]] == [made["id"]]
    assert [need["family"] for need in narrowed["items"][0]["needs"]] == ["space", "staff"]
    assert client.get(f"{REQUESTS}?state=closed", headers=headers).status_code == 400


def test_another_organisations_request_is_not_there(
    client: TestClient[Any], headers: dict[str, str], rows: Session
) -> None:
    other = builders.request(rows)
    rows.commit()
    address = f"{REQUESTS}/{other.id}"
    assert client.get(address, headers=headers).status_code == 404
    assert client.post(f"{address}/withdrawal", json={}, headers=headers).status_code == 404
    assert client.put(address, json=body() | {"needs": []}, headers=headers).status_code in {400, 404}


def test_only_requesters_file(client: TestClient[Any], rows: Session, bearer: Bearer) -> None:
    answer = client.post(REQUESTS, json=body(), headers=bearer(builders.member(rows, roles=["lister"])))
    assert (answer.status_code, answer.json()["code"]) == (403, "role_missing")


@pytest.mark.parametrize("broken", [{"timing": {"type": "?"}}, {"timing": []}, {"requirements": {"people": "many"}}])
def test_what_cannot_be_read_is_null_and_says_so(
    client: TestClient[Any], headers: dict[str, str], member: Member, rows: Session, broken: dict[str, Any]
) -> None:
    request = builders.request(rows, member)
    builders.need(rows, request, **broken)
    rows.commit()
    [need] = client.get(f"/api/v1/requests/{request.id}", headers=headers).json()["needs"]
    assert (need["asked"], need["fault"]) == (None, next(iter(broken)))
