"""`worker` and `scheduler`: processes of the running product, each in the foreground. The third is `serve`."""

import socket
from contextlib import suppress
from typing import Annotated

import typer

from core import jobs
from core.database import db
from core.database.postgres import embedded, roles
from core.errors import Conflict, Unavailable
from core.settings import settings
from core.telemetry import metrics
from core.telemetry.listening import Place, show_metrics
from core.telemetry.logs import configure_logs
from marketplace.runs.figures import InstallationFigures


def worker(
    concurrency: Annotated[
        int, typer.Option(min=1, help="Jobs at a time; with two, sweeps go on during a long run.")
    ] = 2,
    ping: Annotated[
        bool,
        typer.Option(help="Only ask whether a worker answers; exit 1 where none does. Not with the embedded broker."),
    ] = False,
) -> None:
    """Work off jobs, such as matching runs."""
    if ping:
        raise typer.Exit(0 if jobs.app.control.ping(timeout=3) else 1)
    configure_logs()
    with embedded.database():
        check_role()
        jobs.make_queues()
        show_metrics(Place.WORKER)
        jobs.app.worker_main(
            [
                "worker",
                f"--concurrency={concurrency}",
                f"--queues={','.join(jobs.QUEUES)}",
                f"--loglevel={settings().log_level}",
                "--without-gossip",
                "--without-mingle",
                "--without-heartbeat",
            ]
        )


def scheduler() -> None:
    """Send off what is due by the clock: lost runs and passed deadlines. Run exactly one."""
    configure_logs()
    settings().data_dir.mkdir(parents=True, exist_ok=True)
    for left in settings().data_dir.glob(f"{jobs.BEAT_SCHEDULE}*"):
        left.unlink()  # nothing is due by the clock of an earlier process
    with embedded.database():
        check_role()
        jobs.make_queues()
        metrics.REGISTRY.register(InstallationFigures())
        show_metrics(Place.SCHEDULER)
        jobs.app.conf.include = ()  # jobs are sent by name: what does them takes seconds to load
        jobs.app.Beat(loglevel=settings().log_level, quiet=True).run()


def check_role() -> None:
    """Refuse to run in production as a role that could change the audit; a database that is away comes back later."""
    if settings().environment == "production":
        with suppress(Unavailable), db.unit_of_work() as session:
            roles.check_parted(session)


def check_port(host: str, port: int) -> None:
    """Raise `Conflict` where somebody else listens already."""
    listen(host, port).close()


def listen(host: str, port: int) -> socket.socket:
    """Listen at an address.

    Raises
    ------
    Conflict
        Somebody else does already, or it is none of this machine's.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        raise Conflict(
            "port_in_use",
            f"Nothing can listen on {host}:{port}: {error.strerror}. "
            "Stop what uses the port, or choose another with PLATSVERKET_PORT.",
        ) from error
    # What is accepted inherits it, and asyncio sets it only where a socket names its protocol. Without it the text of
    # a page waits up to 40 ms for the client to acknowledge its headers.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener
