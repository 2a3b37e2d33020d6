"""Asking requesters whether a change would do, over the API and from the pages of a request and of a run."""

from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlmodel import Session, select

from marketplace.inquiries.models import Inquiry
from marketplace.organisations.models import Member
from marketplace.requests.models import Need, Request
from tests import builders
from tests.api.conftest import HTML, Bearer, SignIn, post_form, text_of

Client = TestClient[Litestar]
SWEDISH = {**HTML, "accept-language": "sv"}
FARTHER = {"code": "distance", "fartherKm": 12, "distanceKm": 32}
URL = "/api/v1/inquiries"


@pytest.fixture
def coordinator(rows: Session) -> Member:
    return builders.member(rows, roles=["coordinator"])


@pytest.fixture
def need(rows: Session) -> Need:
    return builders.need(rows, builders.request(rows, builders.member(rows)), max_distance_km=20)


def asker_of(rows: Session, need: Need) -> Member:
    return rows.get_one(Member, rows.get_one(Request, need.request_id).member_id)


def test_the_api_asks_and_answers(
    client: Client, bearer: Bearer, coordinator: Member, need: Need, rows: Session
) -> None:
    builders.unserved(rows, need, changes=[FARTHER])
    asks, answers = bearer(coordinator), bearer(asker_of(rows, need))
    made = client.post(URL, json={"needId": str(need.id), "change": "distance"}, headers=asks)
    assert made.status_code == 201, made.text
    asked: dict[str, Any] = made.json()
    assert asked["change"] == FARTHER
    waiting = client.get(f"{URL}?state=waiting&requestId={need.request_id}", headers=answers).json()
    assert [each["id"] for each in waiting["items"]] == [asked["id"]]
    told = client.get("/api/v1/notices?unread=true", headers=answers).json()["items"]
    assert [each["code"] for each in told] == ["inquired"]
    answer = client.post(f"{URL}/{asked['id']}/refusal", json={"words": "För långt"}, headers=answers)
    assert (answer.status_code, answer.json()["state"], answer.json()["words"]) == (200, "refused", "För långt")
    assert client.get("/api/v1/notices?unread=true", headers=answers).json()["items"] == [], (
        "answered, nobody need read"
    )
    again = client.post(URL, json={"needId": str(need.id)}, headers=asks)
    assert (again.status_code, again.json()["invalid-parameters"][0]["property"]) == (400, "change")
    assert client.get(f"{URL}/{asked['id']}", headers=bearer(builders.member(rows))).status_code == 404


def test_from_the_list_of_unserved_needs_to_a_changed_need(
    client: Client, signed_in: SignIn, coordinator: Member, need: Need, rows: Session
) -> None:
    run = builders.unserved(rows, need, emptiedBy="place", changes=[FARTHER])
    signed_in(client, coordinator)
    value = f"{need.id}:distance"
    assert f'value="{value}"' in client.get(f"/runs/{run.id}", headers=SWEDISH).text
    nothing = post_form(client, f"/runs/{run.id}/inquiries", {"need": ""})
    assert nothing.status_code == 422
    assert 'href="#f-need"' in nothing.text
    assert post_form(client, f"/runs/{run.id}/inquiries", {"need": value}).headers["location"] == f"/runs/{run.id}"
    assert "Fråga ställd om det här går: 12 km längre bort" in text_of(
        client.get(f"/runs/{run.id}", headers=SWEDISH).text
    )
    assert "Svar på om behovet får ändras" in text_of(client.get("/waiting", headers=SWEDISH).text)

    asker = asker_of(rows, need)
    signed_in(client, asker)
    [asked] = rows.exec(select(Inquiry)).all()
    path = f"/requests/{need.request_id}"
    assert f"{path}#asked-{need.position}" in client.get("/", headers=SWEDISH).text
    assert "12 km längre bort, 32 km totalt" in text_of(client.get(path, headers=SWEDISH).text)
    assert "får ändras" in text_of(client.get("/notices", headers=SWEDISH).text)
    assert post_form(client, f"/inquiries/{asked.id}/acceptance").headers["location"] == path
    late = post_form(client, f"/inquiries/{asked.id}/refusal", {"words": "Nej tack"})
    assert (late.status_code, "Nej tack" in late.text) == (409, True)
    rows.refresh(need)
    assert need.max_distance_km == 32
    shown = text_of(client.get(path, headers=SWEDISH).text)
    assert "12 km längre bort, 32 km totalt – Det går bra" in shown


def test_from_the_page_of_a_request_to_a_no(
    client: Client, signed_in: SignIn, coordinator: Member, need: Need, rows: Session
) -> None:
    builders.unserved(rows, need, changes=[FARTHER])
    path = f"/requests/{need.request_id}"
    signed_in(client, coordinator)
    assert "Fråga om det går" in text_of(client.get(path, headers=SWEDISH).text)
    assert post_form(client, f"{path}/inquiries", {"need": str(need.id), "change": "kind"}).status_code == 422
    assert post_form(client, f"{path}/inquiries", {"need": str(need.id), "change": "distance"}).status_code == 303
    [asked] = rows.exec(select(Inquiry)).all()
    signed_in(client, asker_of(rows, need))
    assert post_form(client, f"/inquiries/{asked.id}/refusal", {"words": "För långt"}).status_code == 303
    signed_in(client, coordinator)
    shown = text_of(client.get(path, headers=SWEDISH).text)
    assert "Det går inte: För långt" in shown
    assert "Fråga om det går" not in shown
    assert "ändringen går inte: För långt" in text_of(client.get("/notices", headers=SWEDISH).text)
