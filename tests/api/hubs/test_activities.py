"""What is on at a hub, over HTTP: anybody reads, members initiate and register, and a link in a mail gives back."""

from urllib.parse import urlparse

import pytest
from icalendar import Calendar
from litestar import Litestar
from litestar.testing import TestClient
from sqlmodel import Session, select

from api.mail.message import message
from core.time import clock
from hubs.activities import registering
from hubs.activities.links import declining_address
from hubs.activities.models import ActivityAudience, ActivityState, HubActivity, HubRegistration
from hubs.waiting.line import Standing
from marketplace.mail.models import Mail
from marketplace.mail.queries import Letter
from marketplace.notices.models import Notice
from marketplace.organisations.models import Member, Organisation
from tests import builders
from tests.api.conftest import HTML, Bearer, SignIn, post_form, text_of
from tests.hubs import rows as hubs

Client = TestClient[Litestar]


@pytest.fixture
def talk(rows: Session) -> HubActivity:
    """A talk with eight seats, one of them taken."""
    made = hubs.activity(rows, hubs.hub(rows), seats=8)
    hubs.registration(rows, made, builders.member(rows))
    rows.commit()
    return made


def as_member(client: Client, rows: Session, signed_in: SignIn, **values: object) -> Member:
    member = builders.member(rows, **values)
    rows.commit()
    signed_in(client, member)
    return member


def test_anybody_reads_what_is_for_everybody_and_nothing_else(client: Client, rows: Session, talk: HubActivity) -> None:
    hub = rows.get_one(Organisation, talk.organisation_id)
    hidden = {"title": "Bara för oss", "audience": ActivityAudience.MEMBERS}
    hubs.activity(rows, hubs.hub(rows), **hidden)
    rows.commit()
    listed = text_of(client.get("/activities", headers=HTML).text)
    assert ("Vid lägerelden" in listed, "Bara för oss" in listed) == (True, False)
    told = text_of(client.get(f"/activities/{talk.id}", headers=HTML).text)
    assert ("Logga in för att anmäla dig" in told, hub.name in told) == (True, True)
    feed = client.get(f"/hub-calendars/{talk.hub_id}")
    (event,) = Calendar.from_ical(feed.content).walk("VEVENT")
    assert (feed.headers["content-type"].split(";")[0], str(event["summary"])) == ("text/calendar", "Vid lägerelden")
    assert event.decoded("dtstart") == talk.starts


def test_a_host_asks_for_a_facilitator_by_the_api_and_nobody_else_is_told(
    client: Client, rows: Session, bearer: Bearer, talk: HubActivity
) -> None:
    builders.skill(rows, "facilitation")
    host = builders.member(rows, rows.get_one(Organisation, talk.organisation_id), roles=["hub_host", "requester"])
    other, here = bearer(builders.member(rows, roles=["requester"])), f"/api/v1/activities/{talk.id}/facilitator"
    assert client.post(here, headers=other).status_code == 403
    asked = client.post(here, headers=bearer(host))
    key = asked.json()["requestId"]
    assert (asked.status_code, asked.headers["location"]) == (201, f"/api/v1/requests/{key}")
    assert client.get(here, headers=bearer(host)).json() == {"requestId": key, "lentBy": []}
    assert client.get(here, headers=other).json() == {"requestId": None, "lentBy": []}
    again = client.post(here, headers=bearer(host))
    assert (again.status_code, again.json()["code"]) == (409, "asked_already")


def test_a_group_of_eight_for_seven_seats_chooses_on_the_page(
    client: Client, rows: Session, signed_in: SignIn, talk: HubActivity
) -> None:
    member = as_member(client, rows, signed_in)
    post_form(client, f"/activities/{talk.id}/registrations", {"seats": "8"})
    told = text_of(client.get(f"/activities/{talk.id}", headers=HTML).text)
    assert "Ni vill ha 8 platser och kan få 7 nu" in told
    assert "Ta 7 platser" in told
    post_form(client, f"/activities/{talk.id}/answer", {"answer": "wait"})
    assert "släpper förbi andra" in text_of(client.get(f"/activities/{talk.id}", headers=HTML).text)
    post_form(client, f"/activities/{talk.id}/registration", {"fewer": "7"})
    found = rows.exec(select(HubRegistration).where(HubRegistration.member_id == member.id)).one()
    rows.refresh(found)
    assert (found.state, found.seats, found.offered) == (Standing.OFFERED, 7, 7)


def test_the_link_in_a_mail_gives_back_without_signing_in(client: Client, rows: Session, talk: HubActivity) -> None:
    found = rows.exec(select(HubRegistration).where(HubRegistration.activity_id == talk.id)).one()
    path = urlparse(declining_address(found.id)).path
    assert "Vid lägerelden" in text_of(client.get(path, headers=HTML).text)
    rows.refresh(found)
    assert found.state is Standing.REGISTERED, "looking at a link gives nothing back"
    for _ in range(2):
        assert post_form(client, path).status_code in {200, 303}
    rows.refresh(found)
    assert found.state is Standing.DECLINED
    forged = path[:-4] + ("aaaa" if path[-4:] != "aaaa" else "bbbb")
    assert post_form(client, forged).status_code == 409


def test_a_mail_about_seats_has_the_link(rows: Session, talk: HubActivity) -> None:
    actor = builders.actor(rows)
    found = registering.register(rows, actor, talk.id)
    notices = rows.exec(select(Notice).where(Notice.entity_id == found.id)).all()
    member = rows.get_one(Member, actor.member_id)
    mail = Mail(member_id=member.id, created_at=clock.now(), due_at=clock.now())
    made = message(Letter(mail, member, actor, "Myndigheten", notices, frozenset(), 1))
    for part in ("plain", "html"):
        assert declining_address(found.id) in made.get_body((part,)).get_content()


def test_by_the_api_a_host_initiates_sets_moves_and_cancels(client: Client, rows: Session, bearer: Bearer) -> None:
    hub = hubs.hub(rows)
    host = builders.member(rows, rows.get_one(Organisation, hub.organisation_id), roles=["hub_host"])
    rows.commit()
    headers = bearer(host)
    said = {
        "form": "breakfast",
        "audience": "everybody",
        "title": "Onsdagsfrukost",
        "starts": builders.at(9, 8).isoformat(),
        "ends": builders.at(9, 9).isoformat(),
    }
    made = client.post("/api/v1/activities", json={"hubId": str(hub.id), "activity": said}, headers=headers)
    assert made.status_code == 201, made.text
    path = made.headers["location"]
    assert client.post(f"{path}/proposal", headers=headers).json()["state"] == "proposed"
    assert client.post(f"{path}/setting", headers=headers).json()["state"] == "set"
    beside = client.post("/api/v1/activities", json={"hubId": str(hub.id), "activity": said}, headers=headers)
    other = beside.headers["location"]
    client.post(f"{other}/proposal", headers=headers)
    refused = client.post(f"{other}/setting", headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (409, "beside_breakfast")
    moved = client.put(path, json=said | {"title": "Frukost"}, headers=headers | {"If-Match": '"1"'})
    assert moved.status_code == 412
    answer = client.post(f"{path}/cancellation", json={"words": "Vi är sjuka"}, headers=headers)
    assert answer.json()["state"] == "cancelled"
    row = rows.get_one(HubActivity, answer.json()["id"])
    rows.refresh(row)
    assert row.state is ActivityState.CANCELLED
