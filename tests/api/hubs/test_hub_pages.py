"""Hubs on pages: everybody reads one, its host describes it and answers, an organisation and its people join."""

import re
from datetime import timedelta
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlmodel import Session, select

from core.time import clock
from hubs.membership.models import HubMember, HubMembership, HubMembershipState, HubMemberState
from hubs.membership.queries import is_member, signed_by
from hubs.places.models import Hub, HubPhase, HubRole, HubRoleHolder, HubZone
from marketplace.organisations.models import Member, Organisation
from tests import builders
from tests.api.conftest import HTML, SignIn
from tests.hubs import rows as hubs

Client = TestClient[Litestar]


@pytest.fixture
def hub(rows: Session) -> Hub:
    made = hubs.hub(rows, name="Hubben Öst", about="Här möts vi.")
    rows.commit()
    return made


def host_of(rows: Session, hub: Hub) -> Member:
    made = builders.member(rows, rows.get_one(Organisation, hub.organisation_id), roles=["hub_host"])
    rows.commit()
    return made


def read(client: Client, path: str) -> str:
    answer = client.get(path, headers=HTML | {"accept-language": "sv"})
    assert answer.status_code == 200, answer.text[:500]
    return answer.text


def send(client: Client, path: str, status: int = 303, **fields: Any) -> str:
    client.get("/accessibility", headers=HTML)
    form = {"_csrf_token": client.cookies["platsverket_form"], **fields}
    answer = client.post(path, data=form, headers=HTML | {"accept-language": "sv"})
    assert answer.status_code == status, answer.text[:2000]
    return answer.text


def test_everybody_reads_a_hub_and_only_its_members_who_answers_for_what(
    client: Client, rows: Session, signed_in: SignIn, hub: Hub
) -> None:
    manager = host_of(rows, hub)
    held = {"organisation_id": hub.organisation_id, "member_id": manager.id}
    builders.added(rows, HubRoleHolder(hub_id=hub.id, role=HubRole.COMMUNITY_MANAGER, **held))
    hubs.hub(rows, name="Hemlig", phase=HubPhase.PREPARE)
    member, stranger = builders.member(rows), builders.member(rows)
    hubs.hub_member(rows, hub, member, hubs.membership(rows, [hub], member), first_name="Kim")
    rows.commit()
    listed, shown = read(client, "/hubs"), read(client, f"/hubs/{hub.id}")
    assert "Hubben Öst" in listed
    assert "Hemlig" not in listed
    assert rows.get_one(Organisation, member.organisation_id).name in shown
    for who, told in ((None, False), (stranger, False), (member, True), (manager, True)):
        client.cookies.clear()
        if who is not None:
            signed_in(client, who)
        assert (f"{manager.name}, " in read(client, f"/hubs/{hub.id}")) is told
        assert "Kim" not in read(client, f"/hubs/{hub.id}")


def test_a_host_makes_a_hub_and_says_what_it_is(client: Client, rows: Session, signed_in: SignIn) -> None:
    site = builders.site(rows)
    room = builders.space(rows, site)
    home = rows.get_one(Organisation, site.organisation_id)
    host = builders.member(rows, home, roles=["hub_host"])
    rows.commit()
    signed_in(client, host)
    assert "fyll i" in send(client, "/hubs/new", 422, siteId=str(site.id), name="").lower()
    send(client, "/hubs/new", siteId=str(site.id), name="Hubben")
    made = rows.exec(select(Hub)).one()
    (version,) = re.findall('name="version" value="([^"]*)"', read(client, f"/hubs/{made.id}/change"))
    said = {"name": "Hubben", "phase": "run", "version": version, f"zones.{room.id}": "quiet"}
    said |= {"done.start": "manifesto"}
    said |= {"fees.0.employeesFrom": "1", "fees.0.feeSek": "10 000", "roles.1.role": "principal"}
    again = send(client, f"/hubs/{made.id}/change", 422, **said | {"openHouses.2.first": "2027-03-05"})
    assert 'value="10 000"' in again
    assert 'href="#f-roles.1.holder"' in again
    assert 'href="#f-openHouses.2.last"' in again
    said |= {"roles.1.holder": str(host.id), "openHouses.2.first": "2027-03-05", "openHouses.2.last": "2027-03-01"}
    assert 'href="#f-openHouses.2.last"' in send(client, f"/hubs/{made.id}/change", 422, **said)
    said["openHouses.2.last"] = "2027-03-09"
    send(client, f"/hubs/{made.id}/change", **said)
    rows.expire_all()
    assert (made.phase, made.done, made.fees) == (
        HubPhase.RUN,
        ["manifesto"],
        [{"employees_from": 1, "fee_sek": 10_000}],
    )
    assert rows.exec(select(HubZone.resource_id)).all() == [room.id]
    assert rows.exec(select(HubRoleHolder.member_id)).all() == [host.id]
    overtaken = send(client, f"/hubs/{made.id}/change", 412, **said | {"name": "Hubben 2"})
    assert "Hubben 2" in overtaken
    send(client, f"/hubs/{made.id}/manifestos", manifesto="Vi delar.")
    client.cookies.clear()
    assert "Vi delar." in read(client, f"/hubs/{made.id}")


def test_an_organisation_joins_its_person_applies_signs_and_is_welcomed(
    client: Client, rows: Session, signed_in: SignIn, hub: Hub
) -> None:
    host, admin = host_of(rows, hub), builders.member(rows, roles=["admin"])
    person = builders.member(rows, rows.get_one(Organisation, admin.organisation_id))
    manifesto = hubs.manifesto(rows, hub)
    rows.commit()
    page, today = f"/hubs/{hub.id}/membership", clock.today().isoformat()
    signed_in(client, admin)
    wrong = send(client, page, 422, employees="0", starts=today, signatory="")
    assert 'href="#f-employees"' in wrong
    assert 'href="#f-signatory"' in wrong
    send(client, page, employees="300", seats="1", starts=today, signatory="Generaldirektören")
    asked = rows.exec(select(HubMembership)).one()

    signed_in(client, host)
    assert "Generaldirektören" in read(client, f"/hubs/{hub.id}/people")
    ends = (clock.today() + timedelta(days=365)).isoformat()
    send(client, f"/hub-memberships/{asked.id}/agreement", feeSek="25000", seats="1", ends=ends)

    signed_in(client, person)
    assert "Generaldirektören" not in read(client, page)
    assert 'href="#f-aims"' in send(
        client, f"/hubs/{hub.id}/application", 422, aims="", contribution="x", firstName="Kim"
    )
    send(client, f"/hubs/{hub.id}/application", aims="Lära", contribution="Facilitera", firstName="Kim")
    seat = rows.exec(select(HubMember)).one()

    signed_in(client, host)
    assert "Facilitera" in read(client, f"/hubs/{hub.id}/people")
    send(client, f"/hub-members/{seat.id}/admission")
    send(client, f"/hub-members/{seat.id}/welcome", welcomed="clothes_peg")
    assert "Ta emot" not in send(client, f"/hub-members/{seat.id}/admission", 409)

    signed_in(client, person)
    assert "manifest" in read(client, page).lower()
    assert "ändrats sedan du läste det" in send(client, f"/hubs/{hub.id}/signature", 409, number="7")
    send(client, f"/hubs/{hub.id}/signature", number=str(manifesto.number))
    rows.expire_all()
    assert (seat.state, seat.welcomed) == (HubMemberState.ACTIVE, ["clothes_peg"])
    assert list(signed_by(rows, [seat.id])[seat.id]) == [1]
    assert is_member(rows, hub.id, person.id)

    signed_in(client, admin)
    send(client, f"/hub-memberships/{asked.id}/ending")
    rows.expire_all()
    assert (asked.state, seat.state) == (HubMembershipState.ENDED, HubMemberState.ENDED)


def test_what_is_answered_is_read_by_the_hub_s_hosts_alone(
    client: Client, rows: Session, signed_in: SignIn, hub: Hub
) -> None:
    """Field × audience: the answers and the first name; the fee and who signs; each by page."""
    host, admin = host_of(rows, hub), builders.member(rows, roles=["admin"])
    home = rows.get_one(Organisation, admin.organisation_id)
    person, colleague = builders.member(rows, home), builders.member(rows, home)
    agreed = hubs.membership(rows, [hub], admin, fee_sek=77_777, signatory="Rektorn")
    own = {"aims": "Hemligt mål", "contribution": "Hemligt bidrag", "first_name": "Kim"}
    hubs.hub_member(rows, hub, person, agreed, **own)
    hubs.hub_member(rows, hub, colleague, agreed)
    other_host = host_of(rows, hubs.hub(rows))
    rows.commit()
    paths = [f"/hubs/{hub.id}{part}" for part in ("", "/membership", "/people", "/change")] + ["/hubs"]
    told = {}
    readers = {"host": host, "admin": admin, "person": person, "colleague": colleague, "other": other_host}
    for name, reader in readers.items():
        client.cookies.clear()
        signed_in(client, reader)
        text = "".join(client.get(path, headers=HTML).text for path in paths).replace("\N{NO-BREAK SPACE}", " ")
        text = text.replace("\N{NARROW NO-BREAK SPACE}", " ")
        told[name] = [each in text for each in ("Hemligt mål", "Hemligt bidrag", "Rektorn", "77 777")]
    assert told == {
        "host": [True, True, True, True],
        "admin": [False, False, True, True],
        "person": [True, True, False, False],
        "colleague": [False, False, False, False],
        "other": [False, False, False, False],
    }
