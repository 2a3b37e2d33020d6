"""Organisations, members and tokens over the JSON API."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlmodel import Session, select

from api.schemas.organisations import MemberIn, OrganisationIn, TokenIn
from core.database.audit import history
from core.time import clock
from marketplace.organisations.models import AccessToken, Member, Organisation
from tests import builders
from tests.api.conftest import Bearer

Client = TestClient[Litestar]
ORGANISATIONS = "/api/v1/organisations"


@pytest.fixture
def coordinator(rows: Session, bearer: Bearer) -> dict[str, str]:
    return bearer(builders.member(rows, roles=["coordinator"]))


@pytest.fixture
def admin(rows: Session) -> Member:
    return builders.member(rows, roles=["admin"])


def body(example: type[msgspec.Struct]) -> dict[str, Any]:
    said: dict[str, Any] = msgspec.to_builtins(example.example())  # type: ignore[attr-defined]
    return said


def test_the_documented_organisation_is_registered_and_found(client: Client, coordinator: dict[str, str]) -> None:
    answer = client.post(ORGANISATIONS, json=body(OrganisationIn), headers=coordinator)
    made = answer.json()
    assert (answer.status_code, answer.headers["location"]) == (201, f"{ORGANISATIONS}/{made['id']}")
    assert made["countyCode"] == "01"
    assert client.get(answer.headers["location"], headers=coordinator).json() == made
    found = client.get(f"{ORGANISATIONS}?text=vinn&kind=state_agency&countyCode=01", headers=coordinator).json()
    assert [each["id"] for each in found["items"]] == [made["id"]]
    again = client.post(ORGANISATIONS, json=body(OrganisationIn), headers=coordinator)
    assert (again.status_code, again.json()["code"]) == (409, "already_exists")


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"number": "202100-5217"}, "number"),
        ({"municipalityCode": "Atlantis"}, "municipalityCode"),
        ({"kind": "club"}, "kind"),
    ],
)
def test_wrong_organisations(client: Client, coordinator: dict[str, str], change: dict[str, Any], wrong: str) -> None:
    answer = client.post(ORGANISATIONS, json=body(OrganisationIn) | change, headers=coordinator)
    assert answer.status_code == 400
    assert answer.json()["invalid-parameters"][0]["property"] == wrong


def test_changing_compares_the_version(client: Client, coordinator: dict[str, str]) -> None:
    made = client.post(ORGANISATIONS, json=body(OrganisationIn), headers=coordinator).json()
    address = f"{ORGANISATIONS}/{made['id']}"
    changed = body(OrganisationIn) | {"shortName": "V"}
    answer = client.put(address, json=changed, headers=coordinator | {"If-Match": '"1"'})
    assert (answer.status_code, answer.json()["version"]) == (200, 2)
    assert client.put(address, json=changed, headers=coordinator | {"If-Match": '"1"'}).status_code == 412


def test_only_coordinators_register_and_make_partners(
    client: Client, rows: Session, bearer: Bearer, admin: Member, coordinator: dict[str, str]
) -> None:
    other = builders.organisation(rows)
    headers = bearer(admin)
    assert client.post(ORGANISATIONS, json=body(OrganisationIn), headers=headers).status_code == 403
    address = f"{ORGANISATIONS}/{admin.organisation_id}/partners"
    partner = {"partnerId": str(other.id)}
    assert client.post(address, json=partner, headers=headers).status_code == 403
    assert client.post(address, json=partner, headers=coordinator).status_code == 200
    assert [each["id"] for each in client.get(address, headers=headers).json()["items"]] == [str(other.id)]


def test_an_admin_adds_and_changes_members_whom_others_do_not_see(
    client: Client, rows: Session, bearer: Bearer, admin: Member
) -> None:
    headers, stranger = bearer(admin), bearer(builders.member(rows))
    address = f"{ORGANISATIONS}/{admin.organisation_id}/members"
    made = client.post(address, json=body(MemberIn), headers=headers | {"Idempotency-Key": "one"})
    assert made.status_code == 201, made.text
    assert client.post(address, json=body(MemberIn), headers=headers | {"Idempotency-Key": "one"}).json() == made.json()
    assert client.get(address, headers=headers).json()["_meta"]["total"] == 2
    assert client.get(address, headers=stranger).json()["_meta"]["total"] == 0
    member = f"/api/v1/members/{made.json()['id']}"
    changed = client.put(member, json=body(MemberIn) | {"department": "HR"}, headers=headers)
    assert (changed.status_code, changed.json()["department"]) == (200, "HR")
    assert client.get(member, headers=headers).json() == changed.json()
    assert client.get(member, headers=stranger).status_code == 404
    for method, at in (("POST", address), ("PUT", member)):  # whichever door, and whether it gets roles or loses some
        for roles in (["lister", "hr"], ["hr"]):
            silent = body(MemberIn) | {"roles": roles, "reason": " ", "email": "n@example.se"}
            refused = client.request(method, at, json=silent, headers=headers)
            told = refused.json()["invalid-parameters"]
            assert (refused.status_code, [each["property"] for each in told]) == (400, ["reason"]), refused.text
    kept = body(MemberIn) | {"department": None, "reason": ""}
    assert client.put(member, json=kept, headers=headers).status_code == 200, "roles that it has need no new reason"
    grand = body(MemberIn) | {"email": "s@example.se", "roles": ["coordinator"]}
    assert client.post(address, json=grand, headers=headers).status_code == 403


def test_a_token_works_until_it_is_revoked(client: Client, rows: Session, bearer: Bearer) -> None:
    headers = bearer(builders.member(rows))
    made = client.post("/api/v1/access-tokens", json=body(TokenIn), headers=headers)
    assert made.status_code == 200
    token = made.json()["token"]
    machine = {"Authorization": f"Bearer {token}"}
    assert client.get(ORGANISATIONS, headers=machine).status_code == 200
    listed = client.get("/api/v1/access-tokens", headers=headers)
    assert "Bokningssystemet" in listed.text
    assert token not in listed.text
    revoked = client.post(f"/api/v1/access-tokens/{made.json()['details']['id']}/revocation", headers=headers)
    assert revoked.json()["revokedAt"] is not None
    assert client.get(ORGANISATIONS, headers=machine).status_code == 401
    assert client.post("/api/v1/access-tokens", json=body(TokenIn) | {"days": 0}, headers=headers).status_code == 400


def test_a_member_is_kept_out_and_let_in(client: Client, rows: Session, bearer: Bearer, admin: Member) -> None:
    member = builders.member(rows, rows.get_one(Organisation, admin.organisation_id))
    theirs, headers = bearer(member), bearer(admin)
    address = f"/api/v1/members/{member.id}"
    listed = client.get(f"{address}/access-tokens", headers=headers).json()["items"]
    assert [each["name"] for each in listed] == ["test"]
    assert client.post(f"{address}/deactivation", headers=theirs).status_code == 403
    assert client.post(f"{address}/deactivation", headers=headers).json()["active"] is False
    assert client.get(address, headers=theirs).status_code == 401
    assert client.post(f"{address}/activation", headers=headers).json()["active"] is True
    assert client.get(address, headers=theirs).status_code == 200


def test_a_token_makes_none_that_is_stronger(client: Client, rows: Session, bearer: Bearer) -> None:
    headers = bearer(builders.member(rows), "write")  # for a day
    answer = client.post("/api/v1/access-tokens", json=body(TokenIn), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")
    made = client.post("/api/v1/access-tokens", json=body(TokenIn) | {"scopes": ["write"] * 3}, headers=headers).json()
    assert made["details"]["scopes"] == ["write"]
    assert datetime.fromisoformat(made["details"]["expiresAt"]) <= clock.now() + timedelta(days=1)


@pytest.mark.parametrize("role", ["admin", "coordinator"])
def test_no_token_acts_as_another_member(client: Client, rows: Session, bearer: Bearer, role: str) -> None:
    other = builders.member(rows)
    maker = builders.member(rows, rows.get_one(Organisation, other.organisation_id), roles=[role])
    headers = bearer(maker)
    for key in (str(other.id), "01980000-0000-7000-8000-000000000001"):  # there or not, the answer is the same
        answer = client.post("/api/v1/access-tokens", json=body(TokenIn) | {"memberId": key}, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "not_yourself")
    own = client.post("/api/v1/access-tokens", json=body(TokenIn) | {"memberId": str(maker.id)}, headers=headers)
    assert own.status_code == 200


def test_tokens_end_with_the_one_that_made_them_and_are_named_in_the_audit(
    client: Client, rows: Session, bearer: Bearer
) -> None:
    maker = builders.member(rows, roles=["coordinator"])
    first = bearer(maker)
    made = client.post(
        "/api/v1/access-tokens", json=body(TokenIn) | {"scopes": ["read", "write"]}, headers=first
    ).json()
    second = {"Authorization": f"Bearer {made['token']}"}
    third = client.post("/api/v1/access-tokens", json=body(TokenIn), headers=second).json()
    listed = {each["id"]: each for each in client.get("/api/v1/access-tokens", headers=second).json()["items"]}
    assert listed[third["details"]["id"]]["madeByTokenId"] == made["details"]["id"]
    assert listed[made["details"]["id"]]["lastUsedAt"] is not None
    assert listed[third["details"]["id"]]["lastUsedAt"] is None
    [entry] = history(rows, "access_token", UUID(third["details"]["id"]))
    assert (entry.actor_id, entry.details["token"]) == (maker.id, made["details"]["id"])
    assert client.post(f"/api/v1/access-tokens/{made['details']['id']}/revocation", headers=first).status_code == 200
    for ended in (second, {"Authorization": f"Bearer {third['token']}"}):
        assert client.get(ORGANISATIONS, headers=ended).status_code == 401
    assert client.get(ORGANISATIONS, headers=first).status_code == 200


def test_the_use_of_a_token_is_noted_once_a_minute(client: Client, rows: Session, bearer: Bearer) -> None:
    maker = builders.member(rows)
    headers, began = bearer(maker), clock.now()

    def noted(seconds: int) -> datetime:
        with clock.frozen(began + timedelta(seconds=seconds)):
            # What is refused was a use as well.
            assert (
                client.get(f"{ORGANISATIONS}/01980000-0000-7000-8000-000000000001", headers=headers).status_code == 404
            )
        rows.expire_all()
        return rows.exec(select(AccessToken.last_used_at)).one()

    assert [noted(seconds) - began for seconds in (1, 59, 61)] == [timedelta(seconds=each) for each in (1, 1, 61)]


def test_nothing_without_a_token(client: Client) -> None:
    for address in (ORGANISATIONS, "/api/v1/access-tokens"):
        assert client.get(address).status_code == 401
