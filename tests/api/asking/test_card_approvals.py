"""By the API: HR says whose a card is and asks the manager, who answers once, to what was read."""

from typing import Any

import pytest
from litestar.testing import TestClient
from sqlmodel import Session, col, select

from competence.approvals.models import Channel
from competence.approvals.queries import given
from core.actor import Role
from marketplace.notices.models import Notice
from marketplace.organisations.models import Member
from resources.models import Resource
from tests import builders
from tests.api.conftest import Bearer, SignIn

Client = TestClient[Any]


@pytest.fixture
def people(rows: Session) -> dict[str, Member]:
    """Everybody whom a card concerns, at one organisation."""
    home = builders.organisation(rows)
    roles = {"hr": [Role.HR], "employee": [], "manager": [], "lister": [Role.LISTER]}
    return {name: builders.member(rows, home, roles=held, email=f"{name}@e.se") for name, held in roles.items()}


@pytest.fixture
def card(rows: Session, people: dict[str, Member]) -> Resource:
    """Nobody has said yes to it yet."""
    found = builders.staff(rows, builders.home_of(rows, people["hr"]), consented=False, name="Upphandlare A")
    builders.offer(rows, found)
    rows.commit()
    return found


def test_the_manager_is_asked_and_answers(
    client: Client, rows: Session, bearer: Bearer, signed_in: SignIn, people: dict[str, Member], card: Resource
) -> None:
    hr, url = bearer(people["hr"]), f"/api/v1/resources/{card.id}"
    asking = {"manager": "manager@e.se"}
    assert client.post(f"{url}/person", headers=hr, json={"address": "employee@e.se"}).status_code == 204
    early = client.post(f"{url}/approval-requests", headers=hr, json=asking)
    assert (early.status_code, early.json()["type"].rpartition("problem-")[2]) == (409, "consent-order")
    employee = bearer(people["employee"])
    [own] = client.get("/api/v1/my-cards", headers=employee).json()["items"]
    agreed = {"reading": own["reading"]}
    assert client.post(f"/api/v1/my-cards/{card.id}/agreement", headers=employee, json=agreed).status_code == 204
    for wrong in ("employee@e.se", "nobody@e.se"):
        told = client.post(f"{url}/approval-requests", headers=hr, json={"manager": wrong})
        assert told.json()["invalid-parameters"][0]["property"] == "manager"
    made = client.post(f"{url}/approval-requests", headers=hr, json=asking).json()

    told = rows.exec(select(Notice).where(col(Notice.member_id) == people["manager"].id)).one()
    asked, manager = f"/api/v1/card-approvals/{told.entity_id}", bearer(people["manager"])
    assert client.get(asked, headers=hr).status_code == 404, "of another"
    shown = client.get(asked, headers=manager).json()
    assert (shown["name"], shown["answerBy"]) == ("Upphandlare A", made["answerBy"])
    said = {"yes": True, "reading": "something else"}
    assert client.post(f"{asked}/answer", headers=manager, json=said).status_code == 409
    said["reading"] = shown["reading"]
    assert client.post(f"{asked}/answer", headers=manager, json=said).status_code == 204
    again = client.post(f"{asked}/answer", headers=manager, json=said)
    assert again.json()["type"].rpartition("problem-")[2] == "link-used"
    assert [(each.who.value, each.channel) for each in given(rows, card.id)] == [
        ("employee", Channel.SIGNED_IN),
        ("manager", Channel.SIGNED_IN),
    ]
    signed_in(client, people["manager"])
    assert client.get(made["link"]).status_code == 409, "the link is to the same question"


def test_only_hr_says_whose_a_card_is_and_asks(
    client: Client, bearer: Bearer, people: dict[str, Member], card: Resource
) -> None:
    lister, url = bearer(people["lister"]), f"/api/v1/resources/{card.id}"
    for answer in (
        client.post(f"{url}/person", headers=lister, json={"address": "employee@e.se"}),
        client.post(f"{url}/approval-requests", headers=lister, json={"manager": "manager@e.se"}),
    ):
        assert (answer.status_code, answer.json()["type"].rpartition("problem-")[2]) == (403, "hr-only")
