"""Whoever the directory says has left is out from that moment; what the rules of the house are holds for it, too."""

from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import true
from sqlmodel import Session, col, select

from core.database.audit import AuditEntry
from core.rate_limits import POSTS
from marketplace.organisations import provisioned_groups, provisioning, queries
from marketplace.organisations.models import AccessToken, Member, WebSession
from tests import builders
from tests.api.conftest import HTML, Bearer, SignIn
from tests.api.scim.conftest import GROUP, USER, Connect, Directory
from tests.counting import counted

OUT = {"op": "Replace", "path": "active", "value": "False"}
IN = {"op": "Replace", "path": "active", "value": "True"}


@pytest.mark.parametrize("by", ["patch", "put", "delete"])
def test_sessions_end_and_tokens_are_worthless_at_once(
    directory: Directory, rows: Session, client: TestClient[Litestar], bearer: Bearer, signed_in: SignIn, by: str
) -> None:
    roles = ["lister", "coordinator"]  # the employer keeps out also who coordinates
    member = builders.member(rows, directory.home, roles=roles, issuer="https://i", subject="1")
    token = bearer(member)
    signed_in(client, member)
    assert client.get("/requests", headers=HTML).status_code == 200
    assert client.get("/api/v1/offers", headers=token).status_code == 200
    path = f"/Users/{member.id}"
    whole = {"schemas": [USER], "userName": member.email, "displayName": member.name, "active": False}
    answer = {
        "patch": lambda: directory.patch(path, OUT),
        "put": lambda: directory.ask("PUT", path, whole),
        "delete": lambda: directory.ask("DELETE", path),
    }[by]()
    assert answer.status_code in {200, 204}, answer.text
    assert "/sign-in" in client.get("/requests", headers=HTML).headers["location"]
    assert client.get("/api/v1/offers", headers=token).status_code == 401
    assert rows.exec(select(WebSession)).first() is None
    rows.refresh(member)
    assert (member.active, bool(member.roles), member.subject) == (
        False,
        by != "delete",
        "1" if by != "delete" else None,
    )
    done = rows.exec(
        select(AuditEntry).where(AuditEntry.entity_id == member.id, AuditEntry.to_state == "inactive")
    ).one()
    assert done.actor_id == directory.admin.id


def test_who_is_let_in_again_has_its_roles_and_tokens(directory: Directory, rows: Session, bearer: Bearer) -> None:
    member = builders.member(rows, directory.home, roles=["lister"])
    token = bearer(member)
    for operation, status in ((OUT, 401), (IN, 200)):
        assert directory.patch(f"/Users/{member.id}", operation).json()["active"] is (status == 200)
        assert directory.client.get("/api/v1/offers", headers=token).status_code == status
    boss = builders.member(rows, directory.home, roles=["coordinator"], active=False)
    rows.commit()
    refused = directory.patch(f"/Users/{boss.id}", IN)
    assert (refused.status_code, refused.json()["status"]) == (403, "403")


def test_an_address_that_comes_again_is_somebody_else(directory: Directory, rows: Session, bearer: Bearer) -> None:
    first = directory.add("a@kommun.se", externalId="1")
    token = bearer(rows.get_one(Member, first["id"]))
    lister = directory.group("lister")
    directory.patch(f"/Groups/{lister['id']}", {"op": "add", "path": "members", "value": [{"value": first["id"]}]})
    assert directory.ask("DELETE", f"/Users/{first['id']}").status_code == 204
    for method in ("GET", "PATCH", "PUT", "DELETE"):
        assert directory.ask(method, f"/Users/{first['id']}", {} if method[0] == "P" else None).status_code == 404
    assert directory.ask("GET", '/Users?filter=userName eq "a@kommun.se"').json()["totalResults"] == 0
    second = directory.add("A@kommun.se", externalId="1")
    assert second["id"] != first["id"]
    assert "groups" not in second
    assert directory.client.get("/api/v1/offers", headers=token).status_code == 401
    admin = bearer(directory.admin)
    again = directory.client.post(f"/api/v1/members/{first['id']}/activation", headers=admin)
    assert (again.status_code, again.json()["code"]) == (409, "already_exists")
    assert directory.ask("DELETE", f"/Users/{second['id']}").status_code == 204
    assert directory.client.post(f"/api/v1/members/{first['id']}/activation", headers=admin).status_code == 200
    assert directory.client.get("/api/v1/offers", headers=token).status_code == 401, "revoked for good"
    assert directory.read(first["id"])["userName"] == "a@kommun.se"


def test_the_last_admin_stays(directory: Directory, rows: Session) -> None:
    me, admins = directory.admin.id, directory.group("admin")
    path, other = f"/Groups/{admins['id']}", directory.add()["id"]
    assert [each["value"] for each in admins["members"]] == [str(me)]
    tried = (
        lambda: directory.patch(f"/Users/{me}", OUT),
        lambda: directory.ask("DELETE", f"/Users/{me}"),
        lambda: directory.patch(path, {"op": "remove", "path": "members"}),
        lambda: directory.ask("PUT", path, {"schemas": [GROUP], "displayName": "admin", "members": []}),
    )
    for each in tried:
        answer = each()
        assert (answer.status_code, "admin" in answer.json()["detail"]) == (409, True), answer.text
    whole = {"schemas": [GROUP], "displayName": "admin", "members": [{"value": other}]}
    assert directory.ask("PUT", path, whole).status_code == 200, "another one takes over"
    assert directory.ask("GET", "/Users").status_code == 403, "whose token it is, is no admin any more"
    rows.expire_all()
    granted = rows.get_one(Member, other).grants["admin"]
    assert (granted["reason"], granted["grantedBy"]) == ("SCIM", str(me))


def test_a_role_that_the_directory_gave_goes_with_its_group(directory: Directory, rows: Session) -> None:
    by_hand = builders.member(rows, directory.home, roles=["lister"])
    rows.commit()
    given, group = directory.add()["id"], directory.group("lister")
    assert [each["value"] for each in group["members"]] == [str(by_hand.id)]
    path = f"/Groups/{group['id']}"
    directory.patch(path, {"op": "add", "path": "members", "value": [{"value": given}]})
    assert queries.actor_for(rows, rows.get_one(Member, given).id).roles == {"lister"}
    assert directory.ask("DELETE", path).status_code == 204
    assert directory.ask("GET", path).status_code == 404
    rows.expire_all()
    assert [rows.get_one(Member, key).roles for key in (given, by_hand.id)] == [[], ["lister"]]
    assert directory.group("lister")["id"] != group["id"]


def test_other_groups_give_nothing(directory: Directory, rows: Session) -> None:
    key = directory.add()["id"]
    said = {"schemas": [GROUP], "displayName": "Server-admin", "externalId": "1", "members": [{"value": key}]}
    made = directory.ask("POST", "/Groups", said).json()
    assert [each["value"] for each in made["members"]] == [key]
    assert rows.get_one(Member, key).roles == []
    for name in ("admin", "Administratör", "SG_Platsverket_admin"):
        taken = directory.ask("POST", "/Groups", {"schemas": [GROUP], "displayName": name})
        assert (taken.status_code, taken.json()["scimType"]) == (409, "uniqueness"), name
        renamed = directory.patch(f"/Groups/{made['id']}", {"op": "replace", "path": "displayName", "value": name})
        assert (renamed.status_code, renamed.json()["scimType"]) == (409, "uniqueness"), name
    assert {each["displayName"] for each in directory.ask("GET", "/Groups").json()["Resources"]} == {
        "lister", "requester", "approver", "hr", "manager", "hub_host", "admin", "auditor", "Server-admin",
    }  # fmt: skip


def test_nothing_of_another_organisation_is_seen_or_touched(connect: Connect, rows: Session) -> None:
    ours, theirs = connect(), connect()
    key, group = theirs.add("a@kommun.se", externalId="1")["id"], theirs.group("lister")["id"]
    assert ours.ask("GET", '/Users?filter=userName eq "a@kommun.se"').json()["totalResults"] == 0
    assert ours.add("a@kommun.se", externalId="1")["id"] != key, "an address elsewhere cannot be tested"
    for path in (f"/Users/{key}", f"/Groups/{group}", "/Users/nobody"):
        for method in ("GET", "PUT", "PATCH", "DELETE"):
            answer = ours.ask(method, path, {} if method[0] == "P" else None)
            assert (answer.status_code, answer.json()["status"]) == (404, "404"), (method, path)
    lister = ours.group("lister")["id"]
    add = {"op": "add", "path": "members", "value": [{"value": key}]}
    refused, missing = (
        ours.patch(f"/Groups/{lister}", add),
        {"op": "add", "path": "members", "value": [{"value": group}]},
    )
    assert (refused.status_code, refused.json()["scimType"]) == (400, "invalidValue")
    assert ours.patch(f"/Groups/{lister}", missing).json()["detail"].replace(group, key) == refused.json()["detail"]
    nobody = ours.patch(f"/Groups/{lister}", {"op": "add", "path": "members", "value": [{"value": "nobody"}]})
    assert (nobody.status_code, nobody.json()["scimType"]) == (400, "invalidValue")
    assert rows.exec(select(Member).where(col(Member.email) == "a@kommun.se")).all()[0].roles == []


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"userName": "19811218-9876@kommun.se"}, "userName"),
        ({"userName": "198112189876", "emails": [{"value": "a@kommun.se"}]}, "userName"),
        ({"externalId": "811218-9876"}, "externalId"),
        ({"displayName": "Lokal 811218-9876"}, "displayName"),
        ({"emails": [{"value": "8112189876@kommun.se"}]}, "emails"),
        ({"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"department": "811218-9876"}}, "department"),
        ({"emails": [{"value": "nobody"}]}, "emails"),
        ({"userName": "a1"}, "emails"),
        ({"userName": "x" * 300, "emails": [{"value": "a@kommun.se"}]}, "userName"),
        ({"externalId": "x" * 300}, "externalId"),
        ({"active": "kanske"}, "active"),
    ],
)
def test_what_cannot_be_right_is_refused_wherever_it_stands(
    directory: Directory, said: dict[str, Any], field: str
) -> None:
    whole = {"schemas": [USER], "userName": "a@kommun.se", "displayName": "A"} | said
    answer = directory.ask("POST", "/Users", whole)
    assert (answer.status_code, answer.json()["scimType"]) == (400, "invalidValue"), answer.text
    assert field in answer.json()["detail"]
    assert "9876" not in answer.json()["detail"].replace("****", "")
    assert directory.ask("GET", "/Users").json()["totalResults"] == 1


def test_what_is_told_of_odd_requests(directory: Directory, bearer: Bearer, rows: Session) -> None:
    directory.add("a@kommun.se", externalId="1")
    key = directory.add("b@kommun.se")["id"]
    taken = directory.ask("POST", "/Users", {"schemas": [USER], "userName": "A@KOMMUN.SE"})
    assert (taken.status_code, taken.json()["scimType"]) == (409, "uniqueness")
    again = directory.patch(f"/Users/{key}", {"op": "add", "path": "externalId", "value": "1"})
    assert (again.status_code, again.json()["scimType"]) == (409, "uniqueness")
    path = f"/scim/v2/Users/{key}"
    bodies = [
        (b"{", "invalidSyntax"),
        (b"[]", "invalidSyntax"),
        (b"\xff", "invalidSyntax"),
        (b'{"Operations": 7}', None),
        (b'{"schemas": [], "Operations": [{"op": "dance"}]}', None),
        (b'{"Operations": [{"op": "replace", "path": "a[", "value": 1}]}', "invalidPath"),
        (b'{"Operations": [{"op": "remove", "path": "displayName"}]}', None),
        (b'{"Operations": [{"op": "replace", "path": "id", "value": "x"}]}', None),
        (b'{"Operations": [{"op": "replace", "path": "active", "value": [[1]]}]}', None),
        (b'{"Operations": [' + b'{"op":"remove","path":"title"},' * 1100 + b'{"op":"remove","path":"title"}]}', None),
        (b'{"a":' * 5000 + b"1" + b"}" * 5000, "invalidSyntax"),
        (b'{"Operations": [{"op": "replace", "path": "displayName", "value": "a\\u0000b"}]}', None),
    ]
    for body, kind in bodies:
        for method in ("PATCH", "PUT"):
            answer = directory.client.request(method, path, content=body, headers=directory.headers)
            said = answer.json()
            assert said["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:Error"], (body[:90], said)
            assert answer.status_code == 400, (method, body[:90], said)
            assert answer.headers["content-type"] == "application/scim+json"
            if method == "PATCH" and kind:
                assert said["scimType"] == kind, (body[:90], said)
    deep = b'{"Operations": [{"op": "replace", "value": ' + b'{"a":' * 400 + b"1" + b"}" * 400 + b"}]}"
    assert directory.client.patch(path, content=deep, headers=directory.headers).status_code == 200, "not kept"
    large = directory.client.post("/scim/v2/Users", content=b"x" * 1_100_000, headers=directory.headers)
    assert (large.status_code, large.json()["status"]) == (413, "413")
    other = directory.client.post("/scim/v2/Users", data={"a": "b"}, headers=directory.headers)
    assert (other.status_code, other.json()["status"]) == (415, "415")
    swedish = directory.ask("POST", "/Users", {"schemas": [USER], "userName": "x"} | {"emails": [{"value": "x"}]},
                            **{"accept-language": "sv"})  # fmt: skip
    assert "adress" in swedish.json()["detail"]
    assert directory.client.get("/scim/v2/nothing").json()["status"] == "404"


def test_a_token_provisions_or_does_all_else(directory: Directory, bearer: Bearer, rows: Session) -> None:
    client = directory.client
    assert client.get("/api/v1/offers", headers=directory.headers).status_code == 403
    reading = bearer(directory.admin)
    assert client.get("/scim/v2/Users", headers=reading).status_code == 403
    assert client.get("/scim/v2/Users").json()["status"] == "401"
    asked = {"name": "Katalogen", "scopes": ["provision"], "days": 30}
    assert client.post("/api/v1/access-tokens", headers=bearer(directory.admin, "read"), json=asked).status_code == 403
    made = client.post("/api/v1/access-tokens", headers=reading, json=asked)
    assert made.status_code == 200, made.text
    shown = {"Authorization": f"Bearer {made.json()['token']}"}
    assert client.get("/scim/v2/Users", headers=shown).status_code == 200
    assert client.get("/scim/v2/ServiceProviderConfig", headers=shown).json()["patch"] == {"supported": True}
    lister = bearer(builders.member(rows, directory.home, roles=["lister"]))
    assert client.post("/api/v1/access-tokens", headers=lister, json=asked).status_code == 403
    client.post(f"/api/v1/access-tokens/{made.json()['details']['id']}/revocation", headers=reading)
    assert client.get("/scim/v2/Users", headers=shown).status_code == 401
    assert rows.exec(select(AccessToken).where(col(AccessToken.name) == "Katalogen")).one().hash not in made.text


def test_too_many_at_once_have_to_wait(directory: Directory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(POSTS, "per_minute", lambda: 1)
    directory.ask("POST", "/Users", {"schemas": [USER], "userName": "a@kommun.se"})
    answer = directory.ask("POST", "/Users", {"schemas": [USER], "userName": "b@kommun.se"})
    assert (answer.status_code, answer.json()["status"]) == (429, "429")
    assert int(answer.headers["retry-after"]) > 0


def test_a_list_takes_as_many_statements_for_many_as_for_few(session: Session) -> None:
    home = builders.organisation(session)
    admin = builders.actor(session, home, roles=["admin"])
    numbers = []
    for _ in range(2):
        for _ in range(5):
            builders.member(session, home, roles=["lister"])
        with counted(session) as sent:
            _total, rows = provisioning.members(session, admin, true(), 0, 100)
            provisioned_groups.groups_of(session, admin, rows)
            provisioned_groups.groups(session, admin, true(), 0, 100)
        numbers.append(len(sent))
    assert numbers[1] <= numbers[0] <= 13
