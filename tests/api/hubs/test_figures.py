"""Figures and initiatives of a hub on pages, as a file, and by the API, for those who may read them."""

from datetime import timedelta

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlmodel import Session

from core.time import clock
from hubs.feedback.models import HubAnswer, HubSurvey, SurveyKind
from hubs.feedback.rules import quarter_of
from hubs.figures import service
from hubs.places.models import Hub
from marketplace.organisations.models import Member, Organisation
from tests import builders
from tests.api.conftest import HTML, Bearer, SignIn, post_form
from tests.hubs import rows as hubs
from tests.hubs.presence.community import joined

Client = TestClient[Litestar]
QUARTER = quarter_of(quarter_of(clock.today()) - timedelta(days=1))


@pytest.fixture
def hub(rows: Session) -> Hub:
    """A hub of 11 who were members in a quarter: six came on two days, three on one, two not; six answered."""
    made = hubs.hub(rows)
    for days in (2,) * 6 + (1,) * 3 + (0,) * 2:
        member = builders.member(rows)
        agreed = hubs.membership(rows, [made], member)
        hubs.hub_member(rows, made, member, agreed, joined_at=clock.now() - timedelta(days=400))
        its = {"hub_id": made.id, "member_id": member.id, "kind": SurveyKind.VISIT}
        for day in range(days):
            asked = day == 1
            builders.added(rows, HubSurvey(day=QUARTER + timedelta(days=day), asked=asked, answered=asked, **its))
    for first in (5, 5, 4, 4, 4, 3):  # 25 / 6 is 4.2
        its = {"hub_id": made.id, "kind": SurveyKind.VISIT, "quarter": QUARTER}
        words = "Mer kaffe" if first == 3 else ""
        builders.added(rows, HubAnswer(first=first, second=5, words=words, **its))
    service.close(rows, made.id, QUARTER)
    rows.commit()
    return made


def reader(rows: Session, hub: Hub) -> Member:
    member, _ = joined(rows, hub)
    rows.commit()
    return member


def test_what_is_too_little_is_kept_back_on_the_page_and_in_the_file(
    client: Client, rows: Session, signed_in: SignIn, hub: Hub
) -> None:
    signed_in(client, reader(rows, hub))
    shown = client.get(f"/hubs/{hub.id}/figures", headers=HTML).text
    assert "4,2" in shown
    assert "visas inte" in shown
    lines = client.get(f"/hubs/{hub.id}/figures?as=csv").content.decode("utf-8-sig").splitlines()
    of_members = [line.split(";")[2:] for line in lines if "hur ofta" in line]
    assert of_members == [["Två dagar eller fler", "6"], ["En dag", ""], ["Ingen dag", ""], ["Totalt", "11"]]


def test_by_the_api_the_same(client: Client, rows: Session, bearer: Bearer, hub: Hub) -> None:
    headers = bearer(reader(rows, hub))
    (quarter,) = client.get(f"/api/v1/hubs/{hub.id}/figures", headers=headers).json()["items"]
    told = {each["name"]: each for each in quarter["figures"]}
    assert quarter["begins"] == str(QUARTER)
    assert (told["members"]["cells"], told["members"]["total"]) == ({"again": 6, "once": None, "unseen": None}, 11)
    assert told["satisfaction"]["cells"] == {"counted": 6, "mean": 4.2}
    host = builders.member(rows, rows.get_one(Organisation, hub.organisation_id), roles=["hub_host"])
    said = f"/api/v1/hubs/{hub.id}/feedback"
    assert client.get(said, headers=bearer(host)).json()["items"] == [{"words": "Mer kaffe"}]
    assert client.get(said, headers=headers).status_code == 403, "words are for hosts"
    stranger = builders.member(rows)
    rows.commit()
    assert client.get(f"/api/v1/hubs/{hub.id}/figures", headers=bearer(stranger)).status_code == 404


def test_an_initiative_is_noted_on_the_page_and_what_became_of_it_is_said(
    client: Client, rows: Session, signed_in: SignIn, bearer: Bearer, hub: Hub
) -> None:
    member = reader(rows, hub)
    signed_in(client, member)
    here, headers = f"/hubs/{hub.id}/initiatives", bearer(member)
    wrong = post_form(client, here, {"title": "", "about": "Det jag skrev", "bornOn": "2999-01-01", "state": "idea"})
    assert wrong.status_code == 422
    assert "Det jag skrev" in wrong.text
    said = {"title": "Gemensam introduktion", "about": "", "bornOn": str(clock.today()), "state": "idea"}
    assert post_form(client, here, said).status_code == 303
    (noted,) = client.get(f"/api/v1{here}", headers=headers).json()["items"]
    assert post_form(client, f"{here}/{noted['id']}", {"became": "in_use"}).status_code == 303
    assert post_form(client, f"{here}/{noted['id']}", {"became": "nothing such"}).status_code == 422
    assert client.get(f"/api/v1{here}", headers=headers).json()["items"][0]["state"] == "in_use"
    assert "Används" in client.get(here, headers=HTML).text
    changed = noted | {"title": "Introduktion för nya", "state": "stopped"}
    changed.pop("id")
    put = client.put(f"/api/v1{here}/{noted['id']}", json=changed, headers=headers)
    assert (put.status_code, put.json()["title"], put.json()["state"]) == (200, "Introduktion för nya", "stopped")
    other = bearer(reader(rows, hub))
    assert client.put(f"/api/v1{here}/{noted['id']}", json=changed, headers=other).status_code == 403
