"""The embedded PostgreSQL: a real server from a Python wheel, in a folder of ours, for one machine."""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import URL, make_url

from core.database import db
from core.database.postgres.server import PostgresServer, PostmasterInfo, start_again, started
from core.errors import StorageFull, Unavailable
from core.settings import settings

DATABASE = ROLE = "platsverket"
"""Of the database, and of the role that the application has in it; the owner is the server's own."""
OWNER_URL = "PLATSVERKET_DATABASE_OWNER_URL"
_running: list[PostgresServer] = []
"""The server that this process has started or joined, while it is used."""
LEAST_FREE_MB = 300  # a new cluster takes about 60 MB, its write-ahead log up to 200 more


@contextmanager
def database() -> Iterator[str]:
    """Give the URL of a running database: the configured one, or an embedded one that this process starts or joins.

    Inside the block the settings name it, here and in the processes started from here. The embedded server stops
    when the last process that uses it has left the block.

    Raises
    ------
    StorageFull
        When the disk under the data folder has no room for a database.
    Unavailable
        When the embedded server does not start.
    """
    if settings().database_url is not None:
        yield settings().database_url or ""
        return
    server = _start(settings().data_dir / "postgres")
    _running.append(server)
    try:
        _use(*_created(server))
        yield os.environ["PLATSVERKET_DATABASE_URL"]
    finally:
        _running.remove(server)
        db.engine().dispose()
        _use(None, None)
        server.cleanup()


def revive() -> bool:
    """Start the embedded server of this process again where it has ended; tell whether that was needed.

    It comes back at the same address, so that whoever uses it finds it again.

    Raises
    ------
    StorageFull, Unavailable
        It does not start now.
    """
    dead = [server for server in _running if not _is_alive(server)]
    for server in dead:
        _check_room(server.pgdata)
        try:
            start_again(server)
        except Exception as error:  # as in `_start`
            raise Unavailable(f"The embedded PostgreSQL in {server.pgdata} does not start again: {error}") from error
    return bool(dead)


def _is_alive(server: PostgresServer) -> bool:
    info = PostmasterInfo.read_from_pgdata(server.pgdata)
    if info is None:
        return False
    with suppress(ChildProcessError):  # where nobody else buries the dead, as in a container
        os.waitpid(info.pid, os.WNOHANG)
    return _lives(info.pid)


def _start(folder: Path) -> PostgresServer:
    _check_room(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _forget_the_dead(folder / ".handle_pids.json")
        return started(folder)
    except Exception as error:  # the wheel raises whatever its commands do
        _check_room(folder)
        raise Unavailable(f"The embedded PostgreSQL in {folder} does not start: {error}") from error


def _forget_the_dead(users: Path) -> None:
    """Strike out processes that were killed: the wheel stops its server with the last user, and waits for them."""
    if users.exists():
        users.write_text(json.dumps([pid for pid in json.loads(users.read_text()) if _lives(pid)]))


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # somebody else's
        return True
    return True


def _check_room(folder: Path) -> None:
    existing = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    free_mb = shutil.disk_usage(existing).free // 1_000_000
    if free_mb < LEAST_FREE_MB:
        raise StorageFull(
            f"The disk under the data folder {folder.parent} has {free_mb} MB left; {LEAST_FREE_MB} MB are needed. "
            "Free some space, or choose another folder with PLATSVERKET_DATA_DIR."
        )


def _created(server: PostgresServer) -> tuple[str, str]:
    """Return the database as the application and as its owner see it; made where there is none."""
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        # Its own log has no rows and values that were refused.
        connection.execute("alter system set log_error_verbosity = terse")
        connection.execute("select pg_reload_conf()")
        known = connection.execute("select 1 from pg_database where datname = %s", [DATABASE]).fetchone()
        if known is None:
            connection.execute(sql.SQL("create database {}").format(sql.Identifier(DATABASE)))
    owner = make_url(server.get_uri(DATABASE))
    return written(owner.set(username=ROLE)), written(owner)


def written(url: URL) -> str:
    """Return a URL as a setting has it, its password included."""
    return url.render_as_string(hide_password=False)


def _use(url: str | None, owner: str | None) -> None:
    for name, value in (("PLATSVERKET_DATABASE_URL", url), (OWNER_URL, owner)):
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
    settings.cache_clear()
    db.engine.cache_clear()
