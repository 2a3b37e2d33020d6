"""Files that programs send."""

import base64
from uuid import UUID

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlmodel import Session

from marketplace.organisations.models import Organisation
from marketplace.uploads import rules, work
from tests import builders
from tests.api.conftest import Bearer

ROOMS = "plats;namn;typ;sittplatser\nHuset;Rum 1;{kind};8\n"


def sent(kind: str) -> dict[str, str]:
    return {"name": "lokaler.csv", "content": base64.b64encode(ROOMS.format(kind=kind).encode()).decode()}


def test_a_program_sends_a_file_follows_it_and_has_it_read_in(
    client: TestClient[Litestar], rows: Session, bearer: Bearer, monkeypatch: pytest.MonkeyPatch
) -> None:
    member = builders.member(rows, roles=["lister"])
    builders.site(rows, rows.get_one(Organisation, member.organisation_id), name="Huset")
    head = bearer(member)
    again = {"idempotency-key": "1"}

    answer = client.post("/api/v1/uploads", json=sent("motesrum"), headers=head | again)
    assert (answer.status_code, answer.json()["state"]) == (201, "checking")
    assert client.post("/api/v1/uploads", json=sent("motesrum"), headers=head | again).json() == answer.json()
    work.work_on(UUID(answer.json()["id"]))
    told = client.get(answer.headers["location"], headers=head).json()
    assert (told["state"], told["rows"]) == ("refused", 1)
    assert [(each["row"], each["column"], each["value"]) for each in told["errors"]] == [(2, "typ", "motesrum")]

    one = client.post("/api/v1/uploads", json=sent("mötesrum"), headers=head).json()
    work.work_on(UUID(one["id"]))
    address = f"/api/v1/uploads/{one['id']}"
    assert client.get(address, headers=head).json()["created"] == 1
    assert client.post(f"{address}/writing", headers=head).json()["state"] == "writing"
    work.work_on(UUID(one["id"]))
    assert client.get(address, headers=head).json()["state"] == "written"
    assert client.post(f"{address}/discarding", headers=head).status_code == 409
    listed = client.get("/api/v1/uploads", headers=head).json()
    assert [each["id"] for each in listed["items"]] == [one["id"], answer.json()["id"]]

    large = sent("x") | {"content": base64.b64encode(b"x" * (rules.LARGEST_BYTES + 1)).decode()}
    assert client.post("/api/v1/uploads", json=large, headers=head).status_code == 400
    assert client.post("/api/v1/uploads", json={"name": "a", "content": "no Base64!"}, headers=head).status_code == 400


def test_what_a_program_gets_as_a_file_it_sends_again_and_nothing_differs(
    client: TestClient[Litestar], rows: Session, bearer: Bearer
) -> None:
    member = builders.member(rows, roles=["lister"])
    home = rows.get_one(Organisation, member.organisation_id)
    builders.offer(rows, builders.space(rows, builders.site(rows, home, name="Huset"), name="=Rummet"))
    head = bearer(member)
    for form in ("csv", "xlsx"):
        file = client.get(f"/api/v1/uploads/exports/spaces?format={form}", headers=head).json()
        assert file["name"] == f"lokaler.{form}"
        one = client.post("/api/v1/uploads", json={"name": file["name"], "content": file["content"]}, headers=head)
        work.work_on(UUID(one.json()["id"]))
        told = client.get(one.headers["location"], headers=head).json()
        assert [told[each] for each in ("rows", "created", "changed", "unchanged")] == [1, 0, 0, 1], told
    assert client.get("/api/v1/uploads/exports/secrets", headers=head).status_code == 404
