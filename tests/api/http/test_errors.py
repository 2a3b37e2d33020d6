"""Errors: problem+json to programs, a page in the reader's language to people, and never anything from inside."""

from uuid import UUID

import pytest
from litestar import Litestar, Router, get, post
from litestar.exceptions import HTTPException, InternalServerException
from litestar.params import FromQuery, JSONBody
from litestar.testing import TestClient
from msgspec import field
from psycopg import errors as pg
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from api.app import _takes_json
from api.errors import tell
from api.http.problem_details import CODES, TITLES, problem_of
from api.pages import about
from api.schemas.base import Wire
from core import errors
from tests.api.conftest import HTML, post_form, text_of

ID = UUID("01980000-0000-7000-8000-000000000001")

EVERY_ERROR = [
    (errors.BadInput("seats", 0, "it has to be 1 or more"), 400, "bad_input"),
    (errors.NotFound("offer", ID), 404, "not_found"),
    (errors.NotAllowed("not_a_party", "No."), 403, "not_a_party"),
    (errors.Conflict("taken", "It is taken."), 409, "taken"),
    (errors.StateChanged("offer", ID, "closed", "open"), 409, "state_changed"),
    (errors.VersionChanged("offer", ID), 412, "version_changed"),
    (errors.CapacityExceeded("It is taken."), 409, "capacity_exceeded"),
    (errors.Unavailable("Wait."), 503, "unavailable"),
    (errors.StorageFull("Full."), 507, "storage_full"),
    (ExceptionGroup("while closing", [errors.Conflict("taken", "It is taken.")]), 409, "taken"),
    (ZeroDivisionError("secret"), 500, "internal"),
    (errors.PlatsverketError("secret"), 500, "internal"),
    (OperationalError("select secret", {}, pg.OperationalError("secret")), 503, "unavailable"),
    (PoolTimeout("secret"), 503, "unavailable"),
    (HTTPException("That is a lot.", status_code=413), 413, "too_large"),
    (HTTPException("", status_code=418), 418, "bad_input"),
    (InternalServerException("client disconnected prematurely"), 400, "bad_input"),
]


@pytest.mark.parametrize(("error", "status", "code"), EVERY_ERROR, ids=lambda value: type(value).__name__)
def test_each_error_has_its_status_and_code(error, status, code):
    refusal = problem_of(error)
    assert (refusal.status, refusal.code) == (status, code)
    assert refusal.title == TITLES.get(status, TITLES[400])
    assert "secret" not in refusal.detail


def test_every_error_of_the_core_is_mapped():
    def all_below(kind: type) -> set[type]:
        return {kind}.union(*map(all_below, kind.__subclasses__()))

    ours = {kind for kind in all_below(errors.PlatsverketError) if kind.__module__ == errors.__name__}
    told = {type(error) for error, _status, _code in EVERY_ERROR}
    assert ours <= told


class Inner(Wire):
    amount: int


class Outer(Wire):
    title: str
    inner: list[Inner] = field(default_factory=list)


@post("/things", sync_to_thread=True)
def make(data: JSONBody[Outer]) -> dict[str, str]:
    return {}


@get("/things", sync_to_thread=True)
def read(page: FromQuery[int]) -> dict[str, str]:
    return {}


@pytest.fixture
def api():
    router = Router("/api/v1", route_handlers=[make, read], guards=[_takes_json])
    app = Litestar([router], exception_handlers={Exception: tell}, openapi_config=None, logging_config=None)
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


@pytest.mark.parametrize(
    ("body", "property_", "value", "reason"),
    [
        ('{"title": 3}', "title", 3, "it has to be text"),
        ('{"title": "a", "inner": [{"amount": "x"}]}', "inner[0].amount", "x", "it has to be a whole number"),
        ('{"inner": []}', "title", None, "it is required"),
        ('{"title": "a", "colour": "red"}', "colour", "red", "there is no such field"),
        ('{"title": "a", "inner": [{}]}', "inner[0].amount", None, "it is required"),
        ('{"title": ', "body", None, "it is not JSON: Input data was truncated"),
        ("", "body", None, "it is required"),
        ("[]", "body", None, "it has to be an object"),
    ],
)
def test_a_body_that_is_wrong_is_told_by_field(api, body, property_, value, reason):
    answer = api.post("/api/v1/things", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 400, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    [wrong] = answer.json()["invalid-parameters"]
    assert (wrong["property"], wrong["value"]) == (property_, value)
    assert wrong["reason"] == reason


def test_a_query_that_is_wrong_is_told_by_parameter(api):
    [wrong] = api.get("/api/v1/things?page=x").json()["invalid-parameters"]
    assert wrong["property"] == "page"
    [wrong] = api.get("/api/v1/things").json()["invalid-parameters"]
    assert wrong["property"] == "page"


def test_a_body_of_another_kind_is_refused(api):
    answer = api.post(
        "/api/v1/things", content="title=a", headers={"content-type": "application/x-www-form-urlencoded"}
    )
    assert (answer.status_code, answer.json()["code"]) == (415, CODES[415])


def test_a_method_or_address_that_is_not_there(api):
    answer = api.delete("/api/v1/things")
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
    assert "GET" in answer.headers["allow"]
    assert api.request("TRACE", "/api/v1/things").status_code == 405
    answer = api.get("/api/v1/nothing")
    assert (answer.status_code, answer.json()["instance"]) == (404, "/api/v1/nothing")


def test_developers_read_every_operation_in_their_language(client):
    words = text_of(client.get("/developers", headers=HTML).text)
    assert "/api/v1/api-info" in words
    assert "Om detta API" in words
    assert "About this API" not in words
    english = text_of(client.get("/developers", headers=HTML | {"accept-language": "en"}).text)
    assert "About this API" in english


def test_the_type_of_a_problem_leads_to_its_explanation(client):
    page = client.get("/developers", headers=HTML).text
    for code in CODES.values():
        assert f'id="problem-{code.replace("_", "-")}"' in page


def test_people_get_a_page_in_their_language(client):
    swedish = client.get("/no/such/page", headers=HTML)
    assert swedish.status_code == 404
    assert "Det du söker finns inte" in text_of(swedish.text)
    english = client.get("/no/such/page", headers=HTML | {"accept-language": "en"})
    assert "What you are looking for" in text_of(english.text)
    assert 'lang="en"' in english.text


def test_programs_get_json_from_pages_too(client):
    assert client.get("/no/such/page").headers["content-type"] == "application/problem+json"


def test_a_form_without_its_token_is_refused_and_gets_a_new_one(client):
    client.get("/accessibility")
    answer = client.post("/sign-out", headers=HTML, data={})
    assert answer.status_code == 403
    assert "form_too_old" in answer.text
    assert "platsverket_form=" in answer.headers["set-cookie"]
    assert post_form(client, "/sign-out").status_code == 303


@pytest.mark.parametrize(
    "error", [each for each in EVERY_ERROR if isinstance(each[0], errors.PlatsverketError)], ids=str
)
def test_people_read_no_inner_words_of_what_we_refuse(error, monkeypatch, client):
    def refuse() -> None:
        raise error[0]

    monkeypatch.setattr(about, "operations", lambda _app: refuse())
    answer = client.get("/developers", headers=HTML)
    assert answer.status_code == error[1]
    assert str(ID) not in answer.text
    assert f"{error[1]} {error[2]}" in text_of(answer.text)
