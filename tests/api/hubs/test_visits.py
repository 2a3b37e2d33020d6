"""Visiting a hub over HTTP: by anybody without signing in, by the link in a mail, and what hosts read of it."""

from datetime import timedelta
from urllib.parse import urlparse

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlmodel import Session, select

from api.mail.jobs import sweep_mail
from core.time import clock
from hubs.places.models import Hub, HubOpenHouse
from hubs.visits.links import visit_address
from hubs.visits.models import HubVisit, VisitKind, VisitState
from marketplace.mail.models import Mail
from marketplace.organisations.models import Member, Organisation
from tests import builders
from tests.api.conftest import HTML, Bearer, SignIn, post_form, text_of
from tests.hubs import rows as hubs
from tests.hubs.presence.community import joined

Client = TestClient[Litestar]
SOON = clock.today() + timedelta(days=8)
SAID = {"day": str(SOON), "firstName": "Kim", "email": "kim@kommunen.se", "comesFrom": "Kommunen"}


@pytest.fixture
def hub(rows: Session) -> Hub:
    """A hub that has an open house in eight days."""
    made = hubs.hub(rows)
    builders.added(rows, HubOpenHouse(hub_id=made.id, first=SOON, last=SOON))
    rows.commit()
    return made


def test_somebody_without_an_account_comes_to_an_open_house_and_not_after_all(
    client: Client, rows: Session, signed_in: SignIn, hub: Hub
) -> None:
    path = f"/hubs/{hub.id}/visits"
    assert str(SOON) in client.get(path, headers=HTML).text
    assert post_form(client, path, SAID).status_code == 303
    [row] = rows.exec(select(HubVisit)).all()
    sweep_mail()
    sent = rows.exec(select(Mail).where(Mail.of_id == row.id)).one()
    assert sent.sent_at is not None
    link = urlparse(visit_address(row.id)).path
    asked = text_of(client.get(link, headers=HTML).text)
    assert ("Kim" in asked, "Ja, jag kommer" in asked) == (True, True)
    rows.refresh(row)
    assert row.state is VisitState.ASKED, "looking at a link answers nothing"
    assert post_form(client, link, {"answer": "yes"}).status_code == 303
    host = builders.member(rows, rows.get_one(Organisation, hub.organisation_id), roles=["hub_host"])
    rows.commit()
    signed_in(client, host)
    told = text_of(client.get(path, headers=HTML).text)
    assert ("kim@kommunen.se" in told, "Kommunen" in told) == (True, True)
    assert post_form(client, link, {"answer": "no"}).status_code == 303
    assert "kim@kommunen.se" not in client.get(path, headers=HTML).text
    assert client.get(link, headers=HTML).status_code == 409
    forged = link[:-4] + ("aaaa" if link[-4:] != "aaaa" else "bbbb")
    assert post_form(client, forged, {"answer": "yes"}).status_code == 409


def test_behind_the_link_stands_that_a_visit_is_called_off(client: Client, rows: Session, hub: Hub) -> None:
    said = {"first_name": "Kim", "email": "kim@kommunen.se", "language": "sv", "state": VisitState.CALLED_OFF}
    said["kind"] = VisitKind.OPEN_HOUSE
    row = builders.added(rows, HubVisit(hub_id=hub.id, day=SOON, **said))
    rows.commit()
    link = urlparse(visit_address(row.id)).path
    told = text_of(client.get(link, headers=HTML).text)
    assert ("tar ändå inte emot besökare" in told, "Ja, jag kommer" in told) == (True, False)
    assert post_form(client, link, {"answer": "yes"}).status_code == 409
    assert post_form(client, link, {"answer": "no"}).status_code == 303


def test_who_comes_is_for_hosts_and_the_answer_says_nothing_of_who_is_known(
    client: Client, rows: Session, signed_in: SignIn, hub: Hub
) -> None:
    path = f"/hubs/{hub.id}/visits"
    for _twice in range(2):
        assert post_form(client, path, SAID).headers["location"] == path
    told = text_of(client.get(path, headers=HTML).text)
    assert ("kim@" in told, "Vilka som kommer" in told) == (False, False)
    member = builders.member(rows)
    hubs.hub_member(rows, hub, member, hubs.membership(rows, [hub], member), first_name="Alex")
    rows.commit()
    signed_in(client, member)
    assert (
        post_form(client, f"{path}/invitations", SAID | {"firstName": "Robin", "email": "robin@x.se"}).status_code
        == 303
    )
    told = text_of(client.get(path, headers=HTML).text)
    assert ("Robin" in told, "Kim" in told, "kom inte fram" in told) == (True, False, False)
    robin = rows.exec(select(HubVisit).where(HubVisit.first_name == "Robin")).one()
    rows.exec(select(Mail).where(Mail.of_id == robin.id)).one().failed_at = clock.now()
    rows.commit()
    assert "Mejlet till robin@x.se kom inte fram." in text_of(client.get(path, headers=HTML).text)


def test_a_member_invites_by_the_api_and_hosts_alone_read_who_comes(
    client: Client, rows: Session, bearer: Bearer, hub: Hub
) -> None:
    member, _ = joined(rows, hub)
    other, _ = joined(rows, hub)
    host = builders.member(rows, rows.get_one(Organisation, hub.organisation_id), roles=["hub_host"])
    here = f"/api/v1/hubs/{hub.id}"
    said = {"day": str(SOON), "firstName": "Kim", "email": "Kim@kommunen.se", "comesFrom": "Kommunen"}
    assert client.post(f"{here}/invitations", json=said, headers=bearer(host)).status_code == 404, "hosts invite nobody"
    assert client.post(f"{here}/invitations", json=said, headers=bearer(member)).status_code == 201

    def read(reader: Member, what: str) -> list[tuple[str, ...]]:
        answer = client.get(f"{here}/{what}", headers=bearer(reader))
        return (
            [(each["email"], each["kind"], each["state"]) for each in answer.json()["items"]]
            if answer.is_success
            else []
        )

    assert read(member, "invitations") == [("kim@kommunen.se", "invited", "asked")]
    assert (read(other, "invitations"), read(host, "visits")) == ([], []), "nobody else is told who is asked"
    rows.exec(select(HubVisit)).one().state = VisitState.COMES
    assert read(host, "visits") == [("kim@kommunen.se", "invited", "comes")]
    assert client.get(f"{here}/visits", headers=bearer(member)).status_code == 403
    wrong = client.post(
        f"{here}/invitations", json=said | {"day": str(clock.today() - timedelta(days=1))}, headers=bearer(member)
    )
    assert [each["property"] for each in wrong.json()["invalid-parameters"]] == ["day"]


def test_what_is_wrong_with_a_visit_is_told_at_the_fields_and_kept(client: Client, hub: Hub) -> None:
    answer = post_form(client, f"/hubs/{hub.id}/visits", SAID | {"email": "ingen adress", "day": str(clock.today())})
    assert answer.status_code == 422
    assert ("ingen adress" in answer.text, "namn@myndigheten.se" in answer.text) == (True, True)
