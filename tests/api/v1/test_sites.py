"""Sites over the JSON API."""

from typing import Any

import msgspec
import pytest
from litestar.testing import TestClient
from sqlmodel import Session

from api.schemas.sites import SiteIn
from marketplace.organisations.models import Member
from tests import builders
from tests.api.conftest import Bearer

SITES = "/api/v1/sites"
EXAMPLE: dict[str, Any] = msgspec.to_builtins(SiteIn.example(), str_keys=True)


@pytest.fixture
def member(rows: Session) -> Member:
    return builders.member(rows)


@pytest.fixture
def headers(member: Member, bearer: Bearer) -> dict[str, str]:
    return bearer(member)


def test_the_documented_example_is_added_read_and_changed(client: TestClient[Any], headers: dict[str, str]) -> None:
    made = client.post(SITES, json=EXAMPLE, headers=headers)
    assert (made.status_code, made.headers["location"]) == (201, f"{SITES}/{made.json()['id']}"), made.text
    assert EXAMPLE.items() <= made.json().items()
    address, tag = made.headers["location"], made.headers["etag"]
    read = client.get(address, headers=headers)
    assert (read.json(), read.headers["etag"]) == (made.json(), tag)
    changed = client.put(address, json=EXAMPLE | {"name": "Annat"}, headers=headers | {"If-Match": tag})
    assert (changed.status_code, changed.json()["name"], changed.json()["version"]) == (200, "Annat", 2)
    late = client.put(address, json=EXAMPLE, headers=headers | {"If-Match": tag})
    assert (late.status_code, late.json()["code"]) == (412, "version_changed")


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"name": " "}, "name"),
        ({"municipalityCode": "9999"}, "municipalityCode"),
        ({"latitude": 14.6, "longitude": 63.2}, "latitude"),
        ({"access": ["stairs"]}, "access[0]"),
        (
            {"openingHours": {"weekly": {"mo": [{"fromTime": "17:00", "untilTime": "08:00"}]}}},
            "openingHours.weekly.mo[0].untilTime",
        ),
        ({"floor": 3}, "floor"),
    ],
)
def test_what_is_wrong_is_named(
    client: TestClient[Any], headers: dict[str, str], change: dict[str, Any], place: str
) -> None:
    answer = client.post(SITES, json=EXAMPLE | change, headers=headers)
    assert answer.status_code == 400
    assert answer.json()["invalid-parameters"][0]["property"] == place


def test_ones_own_sites_and_no_others(
    client: TestClient[Any], rows: Session, member: Member, headers: dict[str, str], bearer: Bearer
) -> None:
    other = builders.site(rows)
    home = rows.get_one(builders.Organisation, member.organisation_id)
    mine = [builders.site(rows, home, name=name) for name in ("B", "A")]
    rows.commit()
    listed = client.get(SITES, headers=headers).json()
    assert [item["id"] for item in listed["items"]] == [str(mine[1].id), str(mine[0].id)]
    assert client.get(f"{SITES}/{other.id}", headers=headers).status_code == 404
    reader = bearer(builders.member(rows, home, roles=["requester"]))
    refused = client.post(SITES, json=EXAMPLE, headers=reader)
    assert (refused.status_code, refused.json()["code"]) == (403, "lister_only")
