"""What is told of a request to those who run the product: one line, and nobody's data in it."""

import json
import logging
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
import structlog
from prometheus_client import generate_latest
from sqlalchemy import create_engine, text

from api.v1 import offers
from core.database import db
from core.settings import Settings
from core.telemetry import logs, metrics, trace
from tests import builders
from tests.api.conftest import HTML, post_form

NAME, STREET, MAIL, PHONE = "Ödmjuk Ordförande", "Hemliga gatan 7", "odmjuk@kommunen.example", "070-174 06 05"
DATA = (NAME, "dmjuk", STREET, "Hemliga", MAIL, PHONE, "174 06")


@pytest.fixture
def told(monkeypatch, capsys):
    """What has been logged since the last time it was asked, as text and as one object a line."""
    monkeypatch.setattr(logs, "settings", lambda: Settings(log_format="json", log_level="debug"))
    logs.configure_logs()
    capsys.readouterr()
    yield lambda: capsys.readouterr().err
    structlog.reset_defaults()
    logging.getLogger().setLevel(logging.WARNING)


def requests_in(said: str) -> list[dict]:
    lines = [json.loads(line) for line in said.splitlines()]
    return [line for line in lines if line["event"] == "request"]


def test_a_request_is_one_line_with_its_route_and_its_trace(client, rows, bearer, told):
    headers = bearer(builders.member(rows))
    key = "0198c0de-0000-7000-8000-000000000000"
    given = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    answer = client.get(f"/api/v1/offers/{key}?note={MAIL}", headers=headers | {"traceparent": given})
    said = told()
    [line] = requests_in(said)
    assert {name: line[name] for name in ("method", "route", "status", "bytes", "level")} == {
        "method": "GET",
        "route": "/api/v1/offers/{key}",
        "status": answer.status_code,
        "bytes": len(answer.content),
        "level": "info",
    }
    assert line["trace"] == "0af7651916cd43dd8448eb211c80319c"
    assert answer.headers["traceparent"] == f"00-{line['trace']}-{line['span']}-01"
    assert datetime.fromisoformat(line["timestamp"]).utcoffset() == timedelta(0)
    assert line["ms"] >= 0
    assert key not in said
    assert MAIL not in said


def _of_people(client, rows, bearer, signed_in):
    """Send names and addresses through every door: address, query, headers, form, JSON, and wrong values of each."""
    person = builders.member(rows, name=NAME, email=MAIL, roles=["admin", "lister", "requester"])
    headers = bearer(person)
    signed_in(client, person)
    yield client.get(f"/{NAME}/{MAIL}", headers=HTML)
    yield client.get(f"/api/v1/members/{MAIL}", headers=headers)
    yield client.get("/offers", params={"text": f"{NAME} {STREET}", "near": STREET}, headers=HTML)
    yield client.get("/api/v1/offers", params={"text": STREET, "from": NAME}, headers=headers)
    yield client.get("/api/v1/offers", headers={"authorization": f"Bearer {MAIL}"})
    yield client.request(MAIL.partition("@")[0].upper(), f"/offers/{NAME}")
    yield client.post("/api/v1/sites", headers=headers, json={"name": NAME, "address": STREET, "contact": PHONE})
    yield client.post("/api/v1/sites", headers=headers, content=f'{{"name": "{NAME}", "address":'.encode())
    yield client.post("/api/v1/requests", headers=headers, json={"title": NAME, "contactEmail": MAIL, STREET: 1})
    yield post_form(client, "/requests/new", {"title": NAME, "contact_phone": PHONE, "contact_email": MAIL})
    yield post_form(client, "/members/new", {"name": NAME, "email": f"{MAIL}@", "reason": STREET})
    yield post_form(client, f"/language/{NAME}", {"next": f"/{STREET}"})


def test_no_request_leaves_names_or_addresses_in_the_log(client, rows, bearer, signed_in, told):
    statuses = {answer.status_code for answer in _of_people(client, rows, bearer, signed_in)}
    said = told()
    assert {400, 401, 404} <= statuses
    assert len(requests_in(said)) >= 12
    assert [each for each in DATA if each.lower() in said.lower()] == []


def _refused_by_database(*_args, **_named):
    with db.unit_of_work() as session:
        session.execute(text("insert into member (id, name, email) values (null, :n, :m)"), {"n": NAME, "m": MAIL})


def _quoted(*_args, **_named):
    try:
        int(NAME)
    except ValueError as error:
        raise KeyError(STREET) from error


def _addressed(*_args, **_named):
    raise LookupError(f"no such person: {MAIL}, call {PHONE}")


@pytest.mark.parametrize("fail", [_refused_by_database, _quoted, _addressed])
def test_an_unforeseen_error_is_logged_with_its_place_and_without_values(client, told, monkeypatch, rows, bearer, fail):
    headers = bearer(builders.member(rows))
    monkeypatch.setattr(offers, "search_offers", fail)
    answer = client.get("/api/v1/offers", headers=headers)
    said = told()
    assert answer.status_code == 500
    assert [each for each in ("Traceback", fail.__name__, ".py", *DATA) if each in answer.text] == []
    assert '"unforeseen_error"' in said
    assert f"in {fail.__name__}" in said
    assert [each for each in DATA if each.lower() in said.lower()] == []


def test_a_database_that_is_away_is_told_without_values(client, told, monkeypatch):
    away = create_engine("postgresql+psycopg://nobody@127.0.0.1:1/none", connect_args={"connect_timeout": 1})
    monkeypatch.setattr(db, "engine", lambda: away)
    assert client.get("/sign-in", params={"next": f"/{STREET}"}, headers=HTML).status_code == 503
    said = told()
    assert '"database_unavailable"' in said
    assert STREET not in said


def test_what_libraries_log_looks_the_same(told):
    with trace.span("job") as span:
        try:
            int(NAME)
        except ValueError as error:
            logging.getLogger("uvicorn.error").exception("It went wrong: %s", error)  # noqa: TRY401 (as libraries do)
    line = json.loads(told())
    assert line["event"] == "It went wrong: ValueError: invalid literal for int() with base 10: …"
    assert (line["level"], line["logger"], line["trace"]) == ("error", "uvicorn.error", span.trace.trace_id)
    assert "_libraries_log_looks" in line["exception"]
    assert NAME not in json.dumps(line, ensure_ascii=False)


def test_requests_are_counted_by_route_and_whatever_matches_none_together(client):
    before = generate_latest(metrics.REGISTRY).decode()
    for number in range(20):
        client.get(f"/api/v1/no-such-{number}")
        client.get(f"/no/such/{number}", headers=HTML)
        client.request(f"VERB{number}", "/offers")
        client.get(f"/offers/{uuid4()}", headers=HTML)
        client.get(f"/static/{number}.css")
    after = generate_latest(metrics.REGISTRY).decode()
    new = {line.partition(" ")[0] for line in after.splitlines()} - {
        line.partition(" ")[0] for line in before.splitlines()
    }
    assert len([each for each in new if each.startswith("platsverket_http_requests_total")]) <= 6
    assert "no-such" not in after
    assert "VERB" not in after
    assert 'route="/offers/{key}"' in after
