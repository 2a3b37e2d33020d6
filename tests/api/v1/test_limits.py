"""What one request may send: every text, list, number and instant has a range, and what is out of it is told short."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from litestar.testing import TestClient
from sqlalchemy.dialects.postgresql import Range
from sqlmodel import Session, select

from core.time import clock
from marketplace.offers.models import Offer, OfferState
from tests import builders
from tests.api.conftest import HTML, Bearer, SignIn, post_form

LARGEST_ANSWER = 20_000
YEAR = clock.today().year
ROOM = {"family": "space", "kind": "meeting_room", "seats": 8}
HALL = {"family": "space", "kind": "hall", "seats": 4000}
PERIOD = {"type": "period", "first": f"{YEAR + 1}-03-01", "last": f"{YEAR + 1}-03-02"}
NEED = {"family": "space", "timing": PERIOD}
REQUEST = {"title": "Projekt", "needs": [NEED]}
OFFER = {"start": f"{YEAR + 1}-01-01T00:00:00Z"}
LONG = "x" * 100_000
HOURS = [{"fromTime": "08:00", "untilTime": "17:00"}]
DAYS = [{"first": f"{YEAR + 1}-01-01", "last": f"{YEAR + 1}-01-01", "hours": HOURS}] * 5000


def need(**values: Any) -> dict[str, Any]:
    return REQUEST | {"needs": [NEED | values]}


def timed(**values: Any) -> dict[str, Any]:
    return need(timing=values)


def site(**values: Any) -> dict[str, Any]:
    return {"name": "Huset", "municipalityCode": "2380", "latitude": 63.18, "longitude": 14.64} | values


def member(**values: Any) -> dict[str, Any]:
    return {"name": "Någon", "email": "nagon@example.se"} | values


def resource(**values: Any) -> dict[str, Any]:
    return {"name": "Rum", "siteId": "SITE", "facts": ROOM} | values


INSTANTS = [
    ("offers", OFFER | {"resource": resource(), "end": "9999-12-31T23:59:59Z"}, "end"),
    (
        "offers",
        OFFER | {"resource": resource(), "start": "1999-12-31T00:00:00Z", "end": "2999-01-01T00:00:00Z"},
        "start",
    ),
    ("offers", OFFER | {"resource": resource(), "start": "0001-01-01T00:00:00Z"}, "start"),
    (
        "offers",
        OFFER
        | {"resource": resource(), "visibility": "region", "widens": [{"fromDate": "9999-12-31", "visibility": "all"}]},
        "widens",
    ),
    ("requests", timed(type="period", first="2999-01-01", last="2999-01-02"), "needs[0].timing.first"),
    (
        "requests",
        timed(type="fixed", start="2150-01-01T08:00:00Z", end="2150-01-01T09:00:00Z"),
        "needs[0].timing.start",
    ),
    (
        "requests",
        timed(
            type="flexible",
            earliest=f"{YEAR}-01-01T08:00:00Z",
            latest="2999-01-01T09:00:00Z",
            durationMin=60,
            stepMin=10**7,
        ),
        "needs[0].timing.latest",
    ),
    (
        "sites",
        site(openingHours={"weekly": {}, "exceptions": [{"first": "0001-01-01", "last": "9999-12-31"}]}),
        "openingHours",
    ),
    ("resources/RESOURCE/closed-periods", {"start": "9999-12-31T00:00:00Z"}, "start"),
    ("resources/RESOURCE/closed-periods", OFFER | {"end": "9999-12-31T23:59:59Z"}, "end"),
]
NUL = [
    ("requests", need() | {"title": "A\0B"}, "title"),
    ("requests", need(title="A\0B"), "needs[0].title"),
    ("resources", resource(name="A\0B"), "name"),
    ("resources", resource(facts=ROOM | {"visitorRules": "\0"}), "facts.visitorRules"),
    ("matching-runs", {"policy": "balanced", "name": "a\0"}, "name"),
    ("access-tokens", {"name": "x\0", "scopes": ["read"], "days": 3}, "name"),
    ("organisations/HOME/members", member(department="\0"), "department"),
    ("sites", site(address="Gatan\0 1"), "address"),
]
NUMBERS = [
    ("requests", need(alternativeGroup=2**31), "needs[0].alternativeGroup"),
    ("requests", need(alternativeGroup=2**62), "needs[0].alternativeGroup"),
    ("requests", need(amount=2**31), "needs[0].amount"),
    ("requests", need(requirements={"people": 2**31}), "needs[0].requirements.people"),
    (
        "requests",
        timed(
            type="flexible",
            earliest=f"{YEAR + 1}-03-01T08:00:00Z",
            latest=f"{YEAR + 1}-03-02T08:00:00Z",
            durationMin=60,
            stepMin=2**70,
        ),
        "needs[0].timing.stepMin",
    ),
    ("offers", OFFER | {"resource": resource(), "priceBasis": "fixed", "priceSek": 2**31}, "priceSek"),
    ("resources", resource(facts=ROOM | {"seats": 2**31}), "facts.seats"),
    ("resources", resource(facts=ROOM | {"areaM2": 1e300}), "facts.areaM2"),
    ("matching-runs", {"seed": 2**31}, "seed"),
    ("access-tokens", {"name": "x", "scopes": ["read"], "days": 2**40}, "days"),
]
TEXTS_AND_LISTS = [
    ("organisations", {"name": "Kommunen", "kind": "region", "municipalityCode": LONG}, "municipalityCode"),
    ("sites", site(municipalityCode=LONG), "municipalityCode"),
    ("requests", need(municipalityCode=LONG), "needs[0].municipalityCode"),
    ("organisations/HOME/members", member(email="a@" + "b." * 16_000), "email"),
    ("organisations/HOME/members", member(name=LONG), "name"),
    ("organisations/HOME/members", member(department=LONG), "department"),
    ("requests", REQUEST | {"needs": [NEED] * 5000}, "needs"),
    ("requests", REQUEST | {"needs": [NEED | {"kind": "boat"}] * 50}, "needs[0].kind"),
    ("requests", need(kind=LONG), "needs[0].kind"),
    ("requests", need(title=LONG), "needs[0].title"),
    ("resources", resource(facts=HALL, parts=[{"name": f"Del {n}", "seats": 1} for n in range(1000)]), "parts"),
    ("resources", resource(facts=HALL, parts=[{"name": LONG, "seats": 1}] * 2), "parts[0].name"),
    ("resources", resource(openingHours={"weekly": {}, "exceptions": DAYS}), "openingHours.exceptions"),
    ("resources", resource(openingHours={"weekly": {"mo": HOURS * 5000}}), "openingHours.weekly.mo"),
    ("resources", resource(description=LONG), "description"),
    ("sites", site(openingHours={"weekly": {}, "exceptions": DAYS}), "openingHours.exceptions"),
    ("access-tokens", {"name": LONG, "scopes": ["read"], "days": 3}, "name"),
]  # fmt: skip


@pytest.fixture
def home(rows: Session) -> dict[str, str]:
    """What the addresses and bodies name, of a member with every role."""
    everything = builders.member(rows, roles=["lister", "requester", "coordinator", "admin", "hr"])
    house = builders.site(rows, rows.get_one(builders.Organisation, everything.organisation_id))
    room = builders.space(rows, house)
    rows.info["member"] = everything
    return {"HOME": str(everything.organisation_id), "SITE": str(house.id), "RESOURCE": str(room.id)}


def named(part: Any, names: dict[str, str]) -> Any:
    if isinstance(part, str):
        for name, value in names.items():
            part = part.replace(name, value) if len(part) < 200 else part
        return part
    if isinstance(part, dict):
        return {key: named(value, names) for key, value in part.items()}
    return [named(each, names) for each in part] if isinstance(part, list) else part


@pytest.mark.parametrize(
    "cases", [INSTANTS, NUL, NUMBERS, TEXTS_AND_LISTS], ids=["instants", "NUL", "numbers", "texts and lists"]
)
def test_what_is_out_of_range_is_named_and_told_short(
    client: TestClient[Any], rows: Session, bearer: Bearer, home: dict[str, str], cases: list[tuple[str, Any, str]]
) -> None:
    headers = bearer(rows.info["member"])
    for path, body, wrong in cases:
        answer = client.post(f"/api/v1/{named(path, home)}", json=named(body, home), headers=headers)
        assert answer.status_code == 400, (path, wrong, answer.status_code, answer.text[:500])
        places = [each["property"] for each in answer.json()["invalid-parameters"]]
        assert any(place.startswith(wrong) for place in places) or any(place.endswith(wrong) for place in places), (
            wrong,
            places,
        )
        assert len(answer.content) < LARGEST_ANSWER, (wrong, len(answer.content))


@pytest.mark.parametrize(
    "query",
    [
        "offers?text=%00",
        "offers?kind=%00",
        "requests?text=a%00b",
        "skills?text=%00",
        "offers?least=2147483648",
        "offers?least=99999999999999999999",
        "offers?from=9999-12-31T23:59:59Z&until=0001-01-01T00:00:00Z",
        f"offers?near={LONG[:20000]}",
        f"offers?municipalityCode={LONG[:20000]}",
        "requests?page=2147483648",
        "proposals?runId=null",
        "proposals?state=null&limit=5",
        "resources?siteId=NULL",
        "offers?least=null",
        "offers?least=1&least=2",
    ],
)  # fmt: skip
def test_a_query_out_of_range_is_refused(
    client: TestClient[Any], rows: Session, bearer: Bearer, home: dict[str, str], query: str
) -> None:
    answer = client.get(f"/api/v1/{query}", headers=bearer(rows.info["member"]))
    assert answer.status_code == 400, answer.text[:300]
    assert answer.json()["invalid-parameters"]
    assert len(answer.content) < LARGEST_ANSWER


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("offers?least=0", [("least", "0", "det ska vara från 1 till 100000")]),
        ("offers?least=" + "9" * 30, [("least", "9" * 30, "det ska vara från 1 till 100000")]),
        ("offers?km=0", [("km", "0", "det ska vara mer än 0 och högst 2000")]),
        (
            "offers?least=abc&organisationId=3&state=foo",
            [
                ("least", "abc", "det ska vara ett heltal"),
                ("organisationId", "3", "UUID"),
                ("state", "foo", "det ska vara något av draft, open, paused, closed"),
            ],
        ),
        ("requests?page=0&limit=x", [("page", "0", "från 1 till 1000000"), ("limit", "x", "det ska vara ett heltal")]),
        ("offers?text=" + "x" * 201, [("text", "x" * 99 + "…", "längre än 200 tecken")]),
    ],
)
def test_a_query_is_told_by_its_own_names_with_what_it_says_in_the_readers_language(
    client: TestClient[Any], rows: Session, bearer: Bearer, home: dict[str, str], query: str, told: list[Any]
) -> None:
    answer = client.get(f"/api/v1/{query}", headers=bearer(rows.info["member"]) | {"accept-language": "sv"})
    assert answer.status_code == 400
    found = {each["property"]: each for each in answer.json()["invalid-parameters"]}
    assert [(name, found[name]["value"]) for name, _, _ in told] == [(name, value) for name, value, _ in told]
    assert all(reason in found[name]["reason"] for name, _, reason in told), found


@pytest.mark.parametrize(
    ("digits", "reason"),
    [(4300, "it has to be from 1 through 2147483647"), (4301, "the number is too large"), (90_000, "is too large")],
)
def test_a_number_of_too_many_digits_names_its_field(
    client: TestClient[Any], rows: Session, bearer: Bearer, home: dict[str, str], digits: int, reason: str
) -> None:
    body = json.dumps(need(alternativeGroup=0)).replace('"alternativeGroup": 0', f'"alternativeGroup": {"9" * digits}')
    headers = bearer(rows.info["member"]) | {"content-type": "application/json"}
    answer = client.post("/api/v1/requests", content=body, headers=headers)
    [fault] = [each for each in answer.json()["invalid-parameters"] if reason in each["reason"]]
    assert (answer.status_code, fault["property"]) == (400, "needs[0].alternativeGroup")
    assert len(answer.content) < LARGEST_ANSWER


@pytest.mark.parametrize(
    "body", [b"[" * 500_000, b'{"title": ' + b"[" * 100_000, b'{"a":' * 100_000, b'"' + b"x" * 900_000 + b'"']
)
def test_a_body_that_is_no_request_is_refused(
    client: TestClient[Any], rows: Session, bearer: Bearer, home: dict[str, str], body: bytes
) -> None:
    headers = bearer(rows.info["member"]) | {"content-type": "application/json"}
    answer = client.post("/api/v1/requests", content=body, headers=headers)
    assert (answer.status_code, len(answer.content) < LARGEST_ANSWER) == (400, True)


def test_a_body_of_more_than_a_megabyte_is_not_read(
    client: TestClient[Any], rows: Session, bearer: Bearer, home: dict[str, str]
) -> None:
    answer = client.post(
        "/api/v1/requests", json=REQUEST | {"title": "x" * 1_000_001}, headers=bearer(rows.info["member"])
    )
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


def test_what_is_at_its_limit_is_taken(
    client: TestClient[Any], rows: Session, bearer: Bearer, home: dict[str, str]
) -> None:
    headers = bearer(rows.info["member"])
    parts = [{"name": f"Del {n}", "seats": 1} for n in range(50)]
    bodies = {
        "requests": REQUEST | {"needs": [NEED | {"title": "å" * 200}] * 50, "purpose": "å" * 4000},
        "offers": OFFER | {"end": f"{YEAR + 10}-12-31T22:00:00Z", "resource": resource(facts=HALL, parts=parts)},
        "sites": site(openingHours={"weekly": {"mo": HOURS}, "exceptions": DAYS[:100]}),
    }
    for path, body in bodies.items():
        answer = client.post(f"/api/v1/{path}", json=named(body, home), headers=headers)
        assert answer.status_code == 201, (path, answer.text[:500])


@pytest.mark.parametrize("state", [OfferState.OPEN, OfferState.CLOSED])
def test_an_offer_stored_until_the_end_of_the_calendar_hurts_nobody_and_can_be_mended(
    client: TestClient[Any], rows: Session, signed_in: SignIn, state: OfferState
) -> None:
    owner = builders.member(rows)
    room = builders.space(rows, builders.site(rows, rows.get_one(builders.Organisation, owner.organisation_id)))
    offer = builders.offer(rows, room)
    end = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
    offer.during, offer.state = Range(clock.now(), end, bounds="[)"), state
    for one in (builders.member(rows), builders.member(rows, roles=["coordinator"]), owner):
        signed_in(client, one)
        for path in ("/offers", "/offers?family=space", "/"):
            assert client.get(path, headers=HTML).status_code == 200, path
    assert client.get(f"/offers/{offer.id}", headers=HTML).status_code == 200
    assert client.get(f"/offers/{offer.id}/change", headers=HTML).status_code == 200
    if state is OfferState.OPEN:
        said = {
            "first": f"{YEAR + 1}-01-01",
            "last": f"{YEAR + 1}-02-01",
            "visibility": "all",
            "priceBasis": "none",
            "version": "1",
        }
        assert post_form(client, f"/offers/{offer.id}/change", said).status_code == 303


@pytest.mark.parametrize(
    ("typed", "field"),
    [({"last": "9999-12-31"}, "last"), ({"last": "2999-12-31"}, "last"), ({"name": "Rum\0"}, "name")],
)  # fmt: skip
def test_the_form_says_beside_the_field_what_is_out_of_range(
    client: TestClient[Any], rows: Session, signed_in: SignIn, home: dict[str, str], typed: dict[str, str], field: str
) -> None:
    signed_in(client, rows.info["member"])
    said = {
        "kind": "meeting_room", "name": "Rum", "seats": "8", "siteId": home["SITE"], "first": f"{YEAR + 1}-01-01",
        "visibility": "all", "priceBasis": "none",
    }  # fmt: skip
    answer = post_form(client, "/offers/new/space", said | typed)
    assert answer.status_code == 422, answer.text[:500]
    assert f'id="f-{field}-error"' in answer.text
    assert not rows.exec(select(Offer)).all()


def test_a_form_of_fifteen_hundred_needs_shows_no_more_than_fifty(
    client: TestClient[Any], rows: Session, signed_in: SignIn, home: dict[str, str]
) -> None:
    signed_in(client, rows.info["member"])
    typed = {f"needs.{n}.family": "staff" for n in range(1500)} | {"do": "add:staff"}
    answer = post_form(client, "/requests/new", typed)
    assert answer.status_code == 200
    assert 'name="needs.49.family"' in answer.text
    assert 'name="needs.50.family"' not in answer.text


def test_two_members_never_have_one_address(client: TestClient[Any], rows: Session, bearer: Bearer) -> None:
    real = builders.member(rows, email="Real.Person@example.se")
    home = rows.get_one(builders.Organisation, real.organisation_id)
    other = builders.member(rows, home, roles=["admin"])
    path = f"/api/v1/organisations/{home.id}/members"
    for email in ("real.person@example.se", "REAL.PERSON@EXAMPLE.SE", "Real.Person@example.se"):
        answer = client.post(path, json=member(email=email), headers=bearer(other))
        assert (answer.status_code, answer.json()["code"]) == (409, "already_exists")
    assert client.get("/api/v1/requests", headers=bearer(real)).status_code == 200
