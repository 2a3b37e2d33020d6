"""What directories in use send, as they send it: docs/provisioning.md has the table."""

from typing import Any
from uuid import UUID

import pytest
from sqlmodel import Session

from core.actor import Role
from marketplace.organisations.grants import grants_of
from marketplace.organisations.models import Member
from tests.api.scim.conftest import ENTERPRISE, GROUP, USER, Directory

PERSON = {
    "schemas": [USER, ENTERPRISE],
    "externalId": "7ecf6707-8d1f-4751-bf47-03134215a6fe",
    "userName": "Samordnare@Kommun.se",
    "active": True,
    "displayName": "Lokalsamordnare",
    "emails": [{"primary": True, "type": "work", "value": "lokaler@kommun.se"}],
    "meta": {"resourceType": "User"},
    "name": {"formatted": "Lokal Samordnare", "familyName": "Samordnare", "givenName": "Lokal"},
    "phoneNumbers": [{"type": "work", "value": "+46 60 19 10 00"}],
    "preferredLanguage": "sv-SE",
    "title": "Samordnare",
    ENTERPRISE: {"department": "Lokaler", "employeeNumber": "7", "manager": "b8f0"},
}
"""As Entra writes it."""

HABITS: dict[str, tuple[list[dict[str, Any]], dict[str, Any]]] = {
    "false as text": ([{"op": "Replace", "path": "active", "value": "False"}], {"active": False}),
    "true as text": ([{"op": "Add", "path": "active", "value": "True"}], {"active": True}),
    "without a path": ([{"op": "replace", "value": {"active": False}}], {"active": False}),
    "without a path, as text": (
        [{"op": "Replace", "value": {"active": "False", "displayName": "N"}}],
        {"active": False},
    ),
    "the whole name": ([{"op": "replace", "path": f"{USER}:active", "value": False}], {"active": False}),
    "capitals": ([{"op": "REPLACE", "path": "displayName", "value": "Ny"}], {"displayName": "Ny"}),
    "work address": ([{"op": "Add", "path": 'emails[type eq "work"].value', "value": "ny@kommun.se"}], {"email": "ny"}),
    "primary": ([{"op": "replace", "path": "emails[primary eq true].value", "value": "ny@kommun.se"}], {"email": "ny"}),
    "list": ([{"op": "add", "path": "emails", "value": [{"value": "ny@kommun.se", "type": "work"}]}], {"email": "ny"}),
    "filter as key": (
        [{"op": "Add", "value": {'emails[type eq "work"].value': "ny@kommun.se", "displayName": "Ny"}}],
        {"email": "ny", "displayName": "Ny"},
    ),
    "department": ([{"op": "Replace", "path": f"{ENTERPRISE}:department", "value": "IT"}], {"department": "IT"}),
    "no department": ([{"op": "Remove", "path": f"{ENTERPRISE}:department"}], {"department": None}),
    "key of the extension": ([{"op": "add", "value": {f"{ENTERPRISE}:department": "IT"}}], {"department": "IT"}),
    "externalId": ([{"op": "Replace", "path": "externalId", "value": "ny"}], {"externalId": "ny"}),
    "nothing that is kept": (
        [
            {"op": "Replace", "path": "name.givenName", "value": "Ny"},
            {"op": "Add", "path": 'phoneNumbers[type eq "mobile"].value', "value": "070"},
            {"op": "Add", "path": 'addresses[type eq "work"].locality', "value": "Umeå"},
            {"op": "Add", "path": 'roles[primary eq "True"].value', "value": "x"},
            {"op": "Add", "path": f"{ENTERPRISE}:manager", "value": "b8f0"},
            {"op": "Add", "value": {"name.familyName": "Ny", "nickName": "N", "title": "T"}},
        ],
        {"displayName": "Lokalsamordnare", "active": True},
    ),
}


def test_each_habit_of_changing_a_user(directory: Directory) -> None:
    """In one market: each begins with the user as it was."""
    made = directory.ask("POST", "/Users", PERSON)
    assert made.status_code == 201, made.text
    key = made.json()["id"]
    assert made.headers["location"] == made.json()["meta"]["location"]
    assert made.headers["location"].endswith(f"/scim/v2/Users/{key}")
    wrong = []
    for habit, (operations, wanted) in HABITS.items():
        again = directory.ask("PUT", f"/Users/{key}", PERSON)
        assert again.status_code == 200, again.text
        answer = directory.patch(f"/Users/{key}", *operations)
        said = answer.json()
        found = {"department": said.get(ENTERPRISE, {}).get("department"), **said}
        found["email"] = said["emails"][0]["value"].partition("@")[0] if answer.status_code == 200 else answer.text
        wrong += [f"{habit}: {name} is {found.get(name)}" for name, value in wanted.items() if found.get(name) != value]
        assert len(said.get("emails", "?")) == 1
    assert not wrong, "\n".join(wrong)
    for unkept in ("+46", "sv-SE", "employeeNumber", "b8f0"):
        assert unkept not in directory.ask("GET", f"/Users/{key}").text


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ({"userName": "a@kommun.se"}, ("a@kommun.se", "a@kommun.se")),
        ({"userName": "a1", "emails": [{"value": "a@kommun.se"}], "displayName": "A"}, ("a@kommun.se", "A")),
        ({"userName": "a@kommun.se", "name": {"givenName": "A", "familyName": "B"}}, ("a@kommun.se", "A B")),
        (
            {"userName": "a1", "emails": [{"value": "p@k.se", "primary": True}, {"value": "h@k.se", "type": "home"}]},
            ("p@k.se", "a1"),
        ),
        (
            {"userName": "a1", "emails": [{"value": "w@k.se", "type": "work"}, {"value": "p@k.se", "primary": True}]},
            ("w@k.se", "a1"),
        ),
    ],
)
def test_what_follows_from_the_rest_may_be_left_out(
    directory: Directory, said: dict[str, Any], kept: tuple[str, str]
) -> None:
    made = directory.add(said.pop("userName"), **said)
    assert (made["emails"][0]["value"], made["displayName"], made["active"]) == (*kept, True)


def test_how_users_are_looked_for(directory: Directory) -> None:
    key = directory.ask("POST", "/Users", PERSON).json()["id"]
    found = [
        'userName eq "samordnare@kommun.SE"',
        f'externalId eq "{PERSON["externalId"]}"',
        f'id eq "{key}"',
        'emails.value eq "lokaler@kommun.se"',
        'emails[type eq "work" and value eq "lokaler@kommun.se"]',
        'emails eq "lokaler@kommun.se"',
        'displayName sw "lokal" and active eq true',
        'userName co "ordnare" and not (displayName ew "x")',
        f'{USER}:userName eq "samordnare@kommun.se"',
        f'externalId pr and {ENTERPRISE}:department ne "IT"',
    ]
    none = [
        'userName eq "a5b0c2fe-1f7e-4dd2-a35c-4d0d4a1a6a1b"',
        f'externalId eq "{str(PERSON["externalId"]).upper()}"',
        'id eq "nobody"',
        'userName eq "%"',
        'displayName sw "_okal"',
    ]
    for asked, number in [*((each, 1) for each in found), *((each, 0) for each in none)]:
        answer = directory.ask("GET", f"/Users?filter={asked}&startIndex=1&count=10".replace(" ", "%20"))
        assert answer.status_code == 200, (asked, answer.text)
        assert (asked, answer.json()["totalResults"]) == (asked, number)
    for asked in ("userName eq", 'nonsense eq "x"', 'userName gt "a"', 'active eq "maybe"', "userName eq 7", "(" * 400):
        answer = directory.ask("GET", f"/Users?filter={asked}")
        assert (answer.status_code, answer.json().get("scimType")) == (400, "invalidFilter"), (asked, answer.text)
    for asked in ('userName eq "a\\u0000"', 'userName eq "\\ud800"', 'displayName co "\\u0000"'):
        assert directory.ask("GET", f"/Users?filter={asked}").json()["totalResults"] == 0, asked
    body = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"], "filter": 'userName sw "SAM"'}
    assert directory.ask("POST", "/Users/.search", body).json()["totalResults"] == 1
    long = directory.ask("POST", "/Users/.search", body | {"filter": " or ".join(["userName pr"] * 5000)})
    assert (long.status_code, long.json()["scimType"]) == (400, "invalidValue")
    assert directory.ask("GET", f"/Users?startIndex={10**30}").json()["itemsPerPage"] == 0
    assert directory.ask("GET", "/Users?startIndex=-1&count=-1").json()["totalResults"] == 2
    few = directory.ask("GET", "/Users?startIndex=2&count=1&attributes=userName").json()
    assert (few["totalResults"], few["startIndex"], few["itemsPerPage"]) == (2, 2, 1)
    assert set(few["Resources"][0]) == {"schemas", "id", "userName"}
    assert directory.ask("GET", "/Users?count=0").json()["totalResults"] == 2


def test_each_habit_of_changing_a_group(directory: Directory) -> None:
    one, other = (directory.add(f"{name}@kommun.se")["id"] for name in ("a", "b"))
    found = directory.ask("GET", '/Groups?excludedAttributes=members&filter=displayName eq "SG-Platsverket-lister"')
    group = found.json()["Resources"][0]
    path = f"/Groups/{group['id']}"
    assert directory.group("Platsverket Resursägare")["id"] == group["id"], "as the pages call it"
    steps: list[tuple[list[dict[str, Any]], set[str]]] = [
        ([{"op": "Replace", "path": "displayName", "value": "SG-Platsverket-lister"}], set()),
        ([{"op": "Add", "path": "members", "value": [{"$ref": None, "value": one}]}], {one}),
        ([{"op": "Add", "path": "members", "value": [{"value": one}, {"value": other}]}], {one, other}),
        ([{"op": "Remove", "path": "members", "value": [{"$ref": None, "value": one}]}], {other}),
        ([{"op": "Remove", "path": "members", "value": [{"$ref": None, "value": one}]}], {other}),
        ([{"op": "remove", "path": f'members[value eq "{other}"]'}], set()),
        ([{"op": "replace", "value": {"id": group["id"], "displayName": "lister"}}], set()),
        ([{"op": "replace", "path": "members", "value": [{"value": other, "display": "B"}]}], {other}),
        ([{"op": "add", "value": {"members": [{"value": one}]}}], {one, other}),
        ([{"op": "remove", "path": "members"}], set()),
    ]
    for operations, wanted in steps:
        answer = directory.patch(path, *operations)
        assert answer.status_code == 200, (operations, answer.text)
        assert {each["value"] for each in answer.json().get("members", [])} == wanted, operations
    whole = {"schemas": [GROUP], "displayName": "lister", "externalId": "9", "members": [{"value": one}]}
    assert directory.ask("PUT", path, whole).json()["externalId"] == "9"
    assert directory.read(one)["groups"] == [{"value": group["id"], "display": "lister"}]
    assert "groups" not in directory.read(other)


def test_groups_give_a_role_in_units(directory: Directory, rows: Session) -> None:
    """Who is in several has it in all of their units; who is in the role's own group, too, in the whole."""
    key = directory.add("a@kommun.se", **{ENTERPRISE: {"department": "Lokaler"}})["id"]
    directory.add("b@kommun.se", **{ENTERPRISE: {"department": "IT"}})

    def made(name: str, *members: str) -> Any:
        body = {"schemas": [GROUP], "displayName": name, "members": [{"value": each} for each in members]}
        return directory.ask("POST", "/Groups", body)

    def put(group: str, *operations: str) -> tuple[list[str], list[str] | None]:
        for each in operations:
            change = {"op": each, "path": "members", "value": [{"value": key}]}
            assert directory.patch(f"/Groups/{group}", change).status_code == 200
        rows.expire_all()
        member = rows.get_one(Member, UUID(key))
        grant = grants_of(member).get(Role.LISTER)
        groups = [each["display"] for each in directory.read(key).get("groups", ())]
        return sorted(groups), None if grant is None else list(grant.departments)

    whole = directory.group("lister")["id"]
    rooms, it = (made(name).json()["id"] for name in ("SG-Platsverket-lister (Lokaler)", "Resursägare: IT"))
    assert directory.group("Platsverket Lister: Lokaler")["id"] == rooms
    assert made("lister (IT)").json()["scimType"] == "uniqueness"
    assert made("lister (Ingen)", key).status_code == 400, "nobody and nothing is of this unit"
    assert made("admin (IT)", key).status_code == 201, "such a group is kept, and gives nothing"
    admin, first, second = "admin (IT)", "SG-Platsverket-lister (Lokaler)", "Resursägare: IT"
    steps = [
        (rooms, ["add"], [first, admin], ["Lokaler"]),
        (it, ["add", "add"], [second, first, admin], ["IT", "Lokaler"]),
        (whole, ["add"], [second, first, admin, "lister"], []),
        (rooms, ["remove"], [second, admin, "lister"], []),
        (whole, ["remove"], [second, admin], ["IT"]),
        (it, ["remove"], [admin], None),
    ]
    for group, operations, groups, units in steps:
        assert put(group, *operations) == (groups, units), (group, operations)
    assert put(it, "add")[1] == ["IT"]
    assert directory.ask("DELETE", f"/Groups/{it}").status_code == 204
    assert put(rooms)[1] is None
