"""What `up` says before it starts anything, when it must not."""

import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.cli.main import app, exit_code
from core.settings import settings

PRODUCTION = {
    "PLATSVERKET_ENVIRONMENT": "production",
    "PLATSVERKET_SECRET_KEY": "9fQ2xV7mZ0sK4tLw8RbYc3NdH6uJp1Ga",
    "PLATSVERKET_PUBLIC_URL": "https://platsverket.example",
}


@pytest.fixture(autouse=True)
def _own_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A data folder of its own, and signals and settings as they were afterwards: `up` is a process otherwise."""
    kept = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    with monkeypatch.context() as own:
        own.setenv("PLATSVERKET_DATA_DIR", str(tmp_path))
        yield
        assert not list(tmp_path.iterdir()), "something was started"
    settings.cache_clear()
    for number, handler in kept.items():
        signal.signal(number, handler)


@pytest.mark.parametrize(
    ("arguments", "environment", "code", "words"),
    [
        ([], {"PLATSVERKET_PORT": "eighty"}, 2, ("PLATSVERKET_PORT", "eighty")),
        (
            [],
            {**PRODUCTION, "PLATSVERKET_DEVELOPMENT_SIGN_IN": "true"},
            2,
            ("development_sign_in cannot be on in production",),
        ),
        (["--samples"], PRODUCTION, 1, ("it is not loaded in production",)),
    ],
)
def test_a_setting_that_is_wrong_is_said_plainly(
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    environment: dict[str, str],
    code: int,
    words: tuple[str, ...],
) -> None:
    _refused(monkeypatch, arguments, environment, code, *words)


def test_a_port_in_use_is_said_plainly(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        _refused(monkeypatch, [], {"PLATSVERKET_PORT": port}, 3, f"127.0.0.1:{port}", "PLATSVERKET_PORT")


def _refused(
    monkeypatch: pytest.MonkeyPatch, arguments: list[str], environment: dict[str, str], code: int, *words: str
) -> None:
    for name, value in ({"PLATSVERKET_ENVIRONMENT": "development"} | environment).items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    error = CliRunner().invoke(app, ["up", *arguments]).exception
    assert isinstance(error, Exception)
    assert exit_code(error) == code
    assert all(each in str(error) for each in words), str(error)
