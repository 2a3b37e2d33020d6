"""A request's work is committed before its answer is sent, or is not done at all."""

import gc
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from litestar import Litestar, get, post
from litestar.di import NamedDependency, Provide
from litestar.testing import TestClient
from sqlalchemy import Engine, text
from sqlmodel import Session
from uuid_utils.compat import uuid7

from api.errors import tell
from api.http import unit_of_work
from api.http.unit_of_work import provide_session
from api.pages.rendering import page, template_config
from core.database import db
from core.errors import BadInput, Conflict
from marketplace.organisations.models import Organisation, OrganisationKind
from tests import builders


def _organisation(name: str) -> Organisation:
    return Organisation(name=name, kind=OrganisationKind.REGION, municipality_code="2380", county_code="23")


@post("/works", sync_to_thread=True)
def works(session: NamedDependency[Session]) -> dict[str, str]:
    session.add(_organisation("Regionen"))
    return {"said": "done"}


@post("/fails", sync_to_thread=True)
def fails(session: NamedDependency[Session]) -> dict[str, str]:
    session.add(_organisation("Regionen"))
    session.flush()
    raise BadInput("name", "Regionen", "no")


@post("/driver-fails", sync_to_thread=True)
def driver_fails(session: NamedDependency[Session]) -> dict[str, str]:
    session.execute(text("set local lock_timeout = '1ms'"))
    session.add_all([_organisation("Regionen"), _organisation("Regionen")])
    session.flush()
    return {"said": "done"}


@get("/template-fails", sync_to_thread=True)
def template_fails(session: NamedDependency[Session]) -> Any:
    session.add(_organisation("Regionen"))
    return page("errors/error.html")  # lacks what the template needs


@pytest.fixture
def client(engine: Engine):
    app = Litestar(
        [works, fails, driver_fails, template_fails],
        dependencies={"session": Provide(provide_session)},
        exception_handlers={Exception: tell},
        template_config=template_config(),
        openapi_config=None,
        logging_config=None,
    )
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


def _count(engine: Engine) -> int:
    with engine.connect() as connection:
        return connection.execute(text("select count(*) from organisation")).scalar_one()


def test_what_a_handler_did_is_committed_once_its_answer_is_there(client, engine):
    assert client.post("/works").status_code == 201
    assert _count(engine) == 1


@pytest.mark.parametrize("path", ["/fails", "/driver-fails"])
def test_a_handler_that_fails_leaves_nothing(client, engine, path):
    answer = client.post(path)
    assert answer.status_code == {"/fails": 400, "/driver-fails": 409}[path]
    assert _count(engine) == 0


def test_a_page_that_cannot_be_rendered_leaves_nothing(client, engine):
    assert client.get("/template-fails").status_code == 500
    assert _count(engine) == 0


@pytest.mark.parametrize(
    ("error", "status"),
    [(Conflict("busy", "Try again."), 409), (RuntimeError("the cable was cut"), 500)],
)
def test_a_commit_that_fails_is_never_told_as_success(client, engine, monkeypatch, error, status):
    def commit(_session: Session) -> None:
        raise error

    monkeypatch.setattr(Session, "commit", commit)
    answer = client.post("/works")
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert "cable" not in answer.text
    assert _count(engine) == 0


def test_a_commit_that_the_database_refuses_becomes_the_answer(client, engine, owner):
    """A deferred trigger fires at COMMIT: the last moment at which anything can go wrong."""
    with owner.begin() as connection:
        connection.execute(
            text("""
            create function refuse() returns trigger language plpgsql as
            $$ begin raise exception 'no' using errcode = '40001'; end $$""")
        )
        connection.execute(
            text("""
            create constraint trigger refuse_late after insert on organisation
            deferrable initially deferred for each row execute function refuse()""")
        )
    try:
        answer = client.post("/works")
        assert (answer.status_code, answer.json()["code"]) == (409, "busy")
        assert _count(engine) == 0
    finally:
        with owner.begin() as connection:
            connection.execute(text("drop trigger refuse_late on organisation; drop function refuse()"))


def test_a_database_that_is_away_is_told_and_found_again(client, engine, monkeypatch):
    def away() -> Engine:
        return _unreachable

    _unreachable = db.create_engine("postgresql+psycopg://nobody@127.0.0.1:1/none", connect_args={"connect_timeout": 1})
    with monkeypatch.context() as patched:
        patched.setattr(db, "engine", away)
        answer = client.post("/works")
        assert answer.status_code == 503
        assert answer.headers["retry-after"] == "5"
    assert client.post("/works").status_code == 201


def test_more_than_can_be_answered_at_once_wait_or_are_told(client, monkeypatch):
    monkeypatch.setattr(unit_of_work, "PATIENCE_S", 0.01)
    monkeypatch.setattr(db, "greatest_connections", lambda: 0)
    unit_of_work._rooms.clear()
    answer = client.post("/works")
    unit_of_work._rooms.clear()
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")


def test_one_caller_never_takes_the_sessions_of_others(engine):
    """Thirty-two requests of one token hold five sessions at most; another's request goes between them."""
    held, most = 0, 0
    lock = threading.Lock()

    @get("/counts", sync_to_thread=True)
    def counts(session: NamedDependency[Session]) -> None:
        nonlocal held, most
        with lock:
            held += 1
            most = max(most, held)
        session.execute(text("select pg_sleep(0.02)"))
        with lock:
            held -= 1

    app = Litestar([counts], dependencies={"session": Provide(provide_session)}, exception_handlers={Exception: tell})
    with TestClient(app) as client, ThreadPoolExecutor(32) as threads:
        asked = [threads.submit(client.get, "/counts", headers={"authorization": "Bearer a"}) for _ in range(32)]
        assert client.get("/counts", headers={"authorization": "Bearer b"}).status_code == 200
        assert {each.result().status_code for each in asked} == {200}
    assert most <= unit_of_work.most_at_once() + 1


def test_who_asks_too_much_is_told_so_and_nobody_else(engine, monkeypatch):
    monkeypatch.setattr(unit_of_work, "PATIENCE_S", 0.05)
    monkeypatch.setattr(unit_of_work, "most_at_once", lambda: 1)
    entered, leave = threading.Event(), threading.Event()

    @get("/stays", sync_to_thread=True)
    def stays(session: NamedDependency[Session]) -> None:
        entered.set()
        leave.wait(30)

    @get("/passes", sync_to_thread=True)
    def passes(session: NamedDependency[Session]) -> None:
        session.execute(text("select 1"))

    app = Litestar(
        [stays, passes], dependencies={"session": Provide(provide_session)}, exception_handlers={Exception: tell}
    )
    with TestClient(app) as client, ThreadPoolExecutor(1) as threads:
        staying = threads.submit(client.get, "/stays", headers={"authorization": "Bearer a"})
        assert entered.wait(30)
        second = client.get("/passes", headers={"authorization": "Bearer a"})
        assert (second.status_code, second.json()["code"]) == (429, "too_many_requests")
        assert second.headers["retry-after"]
        assert client.get("/passes", headers={"authorization": "Bearer b"}).status_code == 200
        leave.set()
        assert staying.result().status_code == 200


@pytest.mark.parametrize("refused", [{"if-match": "x"}, {"authorization": "Bearer wrong"}, {"if-match": "*\u00e5"}])
def test_a_request_that_is_refused_before_it_is_handled_gives_its_session_back(app, engine, rows, bearer, refused):
    """Litestar leaves the session's dependency open then; twenty refusals more than there are sessions are answered."""
    member = builders.member(rows)
    headers = {name.encode(): value.encode() for name, value in (bearer(member) | refused).items()}
    with TestClient(app, raise_server_exceptions=False) as client:
        gc.disable()
        try:
            path, body = f"/api/v1/offers/{uuid7()}", {"start": "2027-01-01T00:00:00Z"}
            said = {client.put(path, json=body, headers=headers).status_code for _ in range(20)}
        finally:
            gc.enable()
        assert said <= {400, 401, 404}
        assert db.engine().pool.checkedout() <= 1  # that of the test
