"""Log lines: readable on a terminal, one JSON object each for a collector, and without anybody's secrets."""

import json

import pytest
import structlog
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from core.database import db
from core.settings import Settings
from core.telemetry import logs


@pytest.fixture(autouse=True)
def _as_before():
    yield
    structlog.reset_defaults()


def _fail() -> None:
    token = "plats_secret"  # noqa: F841 - a local variable that must not be logged
    raise ValueError("no")


@pytest.mark.parametrize("form", ["console", "json"])
def test_an_error_is_logged_with_its_traceback_and_without_local_variables(monkeypatch, capsys, form):
    monkeypatch.setattr(logs, "settings", lambda: Settings(log_format=form))
    logs.configure_logs()
    try:
        _fail()
    except ValueError:
        structlog.get_logger().exception("failed", path="/x")
    said = capsys.readouterr().err
    assert "ValueError: no" in said
    assert "plats_secret" not in said.replace('token = "plats_secret"', "")
    if form == "json":
        assert json.loads(said)["path"] == "/x"


def test_what_is_below_the_level_is_left_out(monkeypatch, capsys):
    monkeypatch.setattr(logs, "settings", lambda: Settings(log_level="warning"))
    logs.configure_logs()
    structlog.get_logger().info("small talk")
    structlog.get_logger().warning("listen")
    said = capsys.readouterr().err
    assert "small talk" not in said
    assert "listen" in said


ADDRESS = "Hemliga gatan 7"


@pytest.mark.parametrize(
    "statement",
    [
        "insert into member (id, name) values (gen_random_uuid(), :said)",  # the failing row is told by the database
        "select cast(:said as integer)",
        "select no_such_column from member where name = :said",
        "insert into kept_form (id, page) values (null, :said)",
    ],
)
def test_what_the_database_refuses_is_logged_without_its_values(session, capsys, statement):
    logs.configure_logs()
    try:
        session.execute(text(statement), {"said": ADDRESS})
    except DBAPIError as error:
        structlog.get_logger().error("failed", exc_info=error)
        db.meaning_of(error)
    said = capsys.readouterr().err
    assert "failed" in said
    assert ADDRESS not in said
