"""Everything that is wrong with the shape of a body is told at once, each with its place."""

import json
from typing import Any

import msgspec
import pytest
from litestar.testing import TestClient
from sqlmodel import Session

from api.http.faults import MOST_LOOKED_AT, body_faults
from api.schemas.offers import OfferIn
from api.schemas.planning.matching_runs import RunIn
from api.schemas.requests import RequestIn
from api.schemas.resources import ResourceIn
from api.schemas.sites import SiteIn
from core.errors import MOST_FAULTS, BadInput
from tests import builders
from tests.api.conftest import Bearer

FIXED = {"type": "fixed", "start": "2027-03-01T08:00:00Z", "end": "2027-03-01T09:00:00Z"}
NEED = {"family": "space", "timing": FIXED}


@pytest.mark.parametrize(
    ("kind", "body", "told"),
    [
        (RequestIn, [], {"body": "it has to be an object"}),
        (RequestIn, {"needs": 3}, {"needs": "it has to be a list", "title": "it is required"}),
        (
            RequestIn,
            {"title": 3, "needs": [NEED | {"amount": "two", "colour": 1}], "priority": "high"},
            {
                "title": "it has to be text",
                "needs[0].amount": "it has to be a whole number",
                "needs[0].colour": "there is no such field",
                "priority": "it has to be one of crisis, statutory, ordinary, exploratory",
            },
        ),
        (
            RequestIn,
            {"title": "T", "needs": [{"family": "boat"}, {"family": "staff", "timing": {"type": "period"}}, 7, NEED]},
            {
                "needs[0].family": "it has to be one of space, furniture, vehicle, equipment, staff",
                "needs[1].timing.first": "it is required",
                "needs[2]": "it has to be an object",
            },
        ),
        (
            OfferIn,
            {
                "start": "soon",
                "resource": {
                    "name": "R",
                    "facts": {"family": "space", "kind": "hall", "seats": "8"},
                    "openingHours": {"weekly": {"xx": [], "mo": [{"fromTime": "25:00", "untilTime": 9}]}},
                },
            },
            {
                "start": "it has to be an instant with its offset, such as 2027-03-01T08:00:00+01:00",
                "resource.facts.seats": "it has to be a whole number",
                "resource.openingHours.weekly.xx": "it has to be one of mo, tu, we, th, fr, sa, su",
                "resource.openingHours.weekly.mo[0].fromTime": "it has another form than the description says",
                "resource.openingHours.weekly.mo[0].untilTime": "it has to be text",
            },
        ),
    ],
)
def test_all_at_once(kind: Any, body: Any, told: dict[str, str]) -> None:
    assert {each.property: each.reason for each in body_faults(kind, json.dumps(body).encode())} == told


NIGHT = {"weekly": {"mo": [{"fromTime": "18:00", "untilTime": "08:00"}]}}


@pytest.mark.parametrize(
    ("kind", "wrong", "told"),
    [
        (
            SiteIn,
            {"name": "", "municipalityCode": "9999", "latitude": 99, "openingHours": NIGHT},
            {"name", "municipalityCode", "latitude", "openingHours.weekly.mo[0].untilTime"},
        ),
        (
            OfferIn,
            {"end": "9999-01-01T00:00:00Z", "widens": [{"fromDate": "2032-02-01", "visibility": "region"}]}
            | {"priceSek": -3, "conditions": "811218-9876"},
            {"end", "widens", "priceSek", "conditions"},
        ),
        (
            RunIn,
            {"countyCode": "99", "policy": "none", "seed": -1, "timeLimitS": 0, "name": "x" * 300},
            {"countyCode", "policy", "seed", "timeLimitS", "name"},
        ),
    ],
)
def test_whose_shape_is_right_is_told_all_at_once_what_cannot_be_meant(
    kind: Any, wrong: dict[str, object], told: set[str]
) -> None:
    body = json.loads(msgspec.json.encode(kind.example())) | wrong
    with pytest.raises(BadInput) as caught:
        msgspec.convert(body, kind).draft()
    assert {each.property for each in caught.value.parameters} == told


def test_the_parts_of_what_has_wrong_facts_are_told_too() -> None:
    body = json.loads(msgspec.json.encode(ResourceIn.example()))
    body["facts"]["seats"] = 0
    body["parts"] = [{"name": "a", "seats": 5}, {"name": "a", "seats": 5}]
    with pytest.raises(BadInput) as caught:
        msgspec.convert(body, ResourceIn).draft()
    assert {each.property for each in caught.value.parameters} == {"facts.seats", "parts"}  # only a hall divides


def test_what_is_right_or_no_json_has_none() -> None:
    assert body_faults(RequestIn, json.dumps({"title": "T", "needs": [NEED]}).encode()) == []
    assert body_faults(RequestIn, b'{"title": ') == []


def test_no_more_is_told_than_anybody_reads() -> None:
    many = [{"family": "space"} for _ in range(10 * MOST_LOOKED_AT)]
    assert len(body_faults(RequestIn, json.dumps({"title": "T", "needs": many}).encode())) == MOST_FAULTS


@pytest.mark.parametrize(
    ("language", "code", "title"),
    [
        (None, "en", "it has to be text"),
        ("en-GB", "en", "it has to be text"),
        ("sv-SE,sv;q=0.9", "sv", "det ska vara en text"),
    ],
)
def test_they_are_told_in_the_readers_language(
    client: TestClient[Any], rows: Session, bearer: Bearer, language: str | None, code: str, title: str
) -> None:
    headers = bearer(builders.member(rows)) | ({"accept-language": language} if language else {})
    answer = client.post("/api/v1/requests", json={"title": 3, "needs": [{}]}, headers=headers)
    told = {each["property"]: each["reason"] for each in answer.json()["invalid-parameters"]}
    assert (answer.status_code, answer.headers["content-language"], told["title"]) == (400, code, title)
    assert "needs[0].family" in told
