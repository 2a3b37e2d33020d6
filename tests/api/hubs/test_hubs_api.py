"""Hubs over the API: what each door answers, and that what is read may be sent back."""

from typing import Any

from litestar import Litestar
from litestar.testing import TestClient
from sqlmodel import Session

from marketplace.organisations.models import Organisation
from tests import builders
from tests.api.conftest import Bearer
from tests.hubs import rows as hubs

Client = TestClient[Litestar]


def test_a_hub_from_its_making_to_its_first_member(client: Client, rows: Session, bearer: Bearer) -> None:
    site = builders.site(rows)
    room, home = builders.space(rows, site), rows.get_one(Organisation, site.organisation_id)
    host = bearer(builders.member(rows, home, roles=["hub_host"]))
    admin = builders.member(rows, roles=["admin"])
    person = bearer(builders.member(rows, rows.get_one(Organisation, admin.organisation_id)))
    boss = bearer(admin)

    def post(path: str, who: dict[str, str], status: int = 200, **body: Any) -> Any:
        answer = client.post(f"/api/v1/{path}", json=body or None, headers=who)
        assert answer.status_code == status, answer.text
        return answer.json()

    made = post("hubs", host, 201, siteId=str(site.id), name="Hubben", phase="run", seats=1)
    key = made["id"]
    said = {name: made[name] for name in ("name", "phase", "seats")}
    said["zones"] = [{"resourceId": str(room.id), "use": "quiet"}]
    said["roles"] = [{"role": "principal", "organisationId": str(home.id)}]
    changed = client.put(f"/api/v1/hubs/{key}", json=said, headers=host | {"If-Match": '"1"'})
    assert changed.json()["zones"] == [{"resourceId": str(room.id), "use": "quiet", "name": room.name}]
    assert client.put(f"/api/v1/hubs/{key}", json=said, headers=host | {"If-Match": '"1"'}).status_code == 412
    assert post(f"hubs/{key}/manifestos", host, words="Vi delar.")["number"] == 1

    wanted = {"hubIds": [key], "employees": 300, "starts": "2026-01-01", "signatory": "GD"}
    asked = post("hub-memberships", boss, 201, **wanted)
    assert post("hub-memberships", boss, 409, **wanted)["code"] == "membership_exists"
    agreed = post(f"hub-memberships/{asked['id']}/agreement", host, feeSek=10_000)
    assert (agreed["state"], agreed["covers"][0]["hubId"], agreed["taken"]) == ("agreed", key, 0)
    seat = post("hub-members", person, 201, hubId=key, aims="Lära", contribution="Dela", firstName="Kim")
    assert post(f"hub-members/{seat['id']}/admission", host)["state"] == "active"
    signed = post(f"hub-members/{seat['id']}/signature", person, number=1)
    assert list(signed["signed"]) == ["1"]
    assert post(f"hub-members/{seat['id']}/signature", person, 409, number=2)["code"] == "manifesto_changed"
    listed = client.get(f"/api/v1/hubs/{key}/members", headers=host).json()
    assert [each["firstName"] for each in listed["items"]] == ["Kim"]
    second = post("hub-members", boss, 201, hubId=key, aims="a", contribution="b", firstName="Bo")
    assert post(f"hub-members/{second['id']}/admission", host, 409)["code"] == "no_seat"
    assert post(f"hub-members/{seat['id']}/leaving", person)["state"] == "left"
    post(f"hub-members/{second['id']}/admission", host)
    read = client.get(f"/api/v1/hubs/{key}", headers=person).json()
    assert [each["id"] for each in read["organisations"]] == [str(admin.organisation_id)]
    assert (read["manifesto"]["words"], read["done"]) == ("Vi delar.", [])


def test_one_agreement_for_two_hubs_is_agreed_by_both_hosts(client: Client, rows: Session, bearer: Bearer) -> None:
    here, there = hubs.hub(rows), hubs.hub(rows)
    hosts = [
        bearer(builders.member(rows, rows.get_one(Organisation, each.organisation_id), roles=["hub_host"]))
        for each in (here, there)
    ]
    boss = bearer(builders.member(rows, roles=["admin"]))
    wanted = {"hubIds": [str(here.id), str(there.id)], "employees": 1, "starts": "2026-01-01", "signatory": "GD"}
    asked = client.post("/api/v1/hub-memberships", json=wanted, headers=boss).json()
    path = f"/api/v1/hub-memberships/{asked['id']}"
    assert client.post(f"{path}/agreement", json={"feeSek": 0}, headers=hosts[1]).status_code == 403
    client.post(f"{path}/agreement", json={"feeSek": 0}, headers=hosts[0])
    covered = client.post(f"{path}/coverage", json={"hubId": str(there.id)}, headers=hosts[1]).json()
    assert all(each["agreedAt"] for each in covered["covers"])
    applied = {"hubId": str(there.id), "aims": "a", "contribution": "b", "firstName": "Kim"}
    assert client.post("/api/v1/hub-members", json=applied, headers=boss).status_code == 201
