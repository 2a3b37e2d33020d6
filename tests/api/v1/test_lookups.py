"""Skills and municipalities over the JSON API."""

from typing import Any
from urllib.parse import quote

import pytest
from litestar.testing import TestClient
from sqlmodel import Session

from api.schemas.lookups import MunicipalityOut, SkillOut
from competence.service import add_skills
from tests import builders
from tests.api.conftest import Bearer


@pytest.fixture
def headers(rows: Session, bearer: Bearer) -> dict[str, str]:
    add_skills(rows)
    return bearer(builders.member(rows), "read")


def test_skills_are_searched_and_read(client: TestClient[Any], headers: dict[str, str]) -> None:
    everything = client.get("/api/v1/skills?limit=100", headers=headers).json()
    assert everything["_meta"]["total"] == len(everything["items"]) >= 60
    found = client.get(f"/api/v1/skills?text={quote('rätt')}", headers=headers).json()["items"]
    assert {"administrative_law", "labour_law"} <= {skill["code"] for skill in found}
    example = SkillOut.example()
    read = client.get("/api/v1/skills/procurement", headers=headers).json()
    assert (read["uri"], read["labelSv"], read["ssyk"]) == (example.uri, example.label_sv, example.ssyk)
    assert client.get("/api/v1/skills/juggling", headers=headers).status_code == 404


def test_municipalities_are_listed_by_county_and_read(client: TestClient[Any], headers: dict[str, str]) -> None:
    everything = client.get("/api/v1/municipalities?page=2&limit=100", headers=headers).json()
    assert (everything["_meta"]["total"], len(everything["items"])) == (290, 100)
    county = client.get("/api/v1/municipalities?countyCode=23", headers=headers).json()["items"]
    assert [each["name"] for each in county][-2:] == ["Åre", "Östersund"]
    read = client.get("/api/v1/municipalities/2380", headers=headers).json()
    assert (read["name"], read["countyName"]) == (MunicipalityOut.example().name, MunicipalityOut.example().county_name)
    for code in ("9999", "Lund"):
        assert client.get(f"/api/v1/municipalities/{code}", headers=headers).status_code == 404


def test_nothing_is_told_without_a_token(client: TestClient[Any]) -> None:
    for path in ("skills", "skills/law", "municipalities", "municipalities/2380", "sites", "resources"):
        assert client.get(f"/api/v1/{path}").status_code == 401
