"""Log lines: readable on a terminal, one JSON object each for a collector, and without anybody's secrets."""

import json

import pytest
import structlog

from core import logs
from core.settings import Settings


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
