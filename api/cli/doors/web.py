"""`serve`: the web processes, in the foreground. Apart from `processes`, which would load all pages for nothing."""

import gc
import os
import signal
import socket
from typing import Annotated

import typer
import uvicorn
from litestar import Litestar

from api.app import create_app
from api.cli import supervisor
from api.cli.processes import check_role, listen
from api.http.patience import PatientProtocol
from core.database import db
from core.database.postgres import embedded
from core.settings import check_serves, settings
from core.telemetry.export import export_traces
from core.telemetry.listening import MOST_WEB_PROCESSES, place_of_web, show_metrics


def serve(
    host: Annotated[str | None, typer.Option(help="Left out: the setting.")] = None,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="Left out: the setting.")] = None,
    workers: Annotated[
        int, typer.Option(min=1, max=MOST_WEB_PROCESSES, help="Processes that answer; as many as cores are to be used.")
    ] = 1,
) -> None:
    """Serve pages and API."""
    host = host or settings().host
    check_serves(host)
    with listen(host, port or settings().port) as listener, embedded.database():
        check_role()
        app = create_app()
        gc.collect()
        gc.freeze()  # what is loaded stays for good, and is not to be looked through while somebody waits
        if workers == 1:
            _answer(app, listener)
        else:
            _answer_in_forks(app, listener, workers)


def _answer(app: Litestar, listener: socket.socket, number: int = 0) -> None:
    """Answer what comes until told to stop, and what has come by then for some seconds more."""
    show_metrics(place_of_web(number))
    export_traces()
    config = uvicorn.Config(
        app,
        http=PatientProtocol,
        log_config=None,
        access_log=False,
        proxy_headers=bool(settings().trusted_proxies),
        forwarded_allow_ips=settings().trusted_proxies,
        timeout_graceful_shutdown=5,
    )
    uvicorn.Server(config).run([listener])


def _answer_in_forks(app: Litestar, listener: socket.socket, workers: int) -> None:
    """Let so many processes answer. They are forked from this one, and so count together what is limited."""
    parent = os.getpid()
    db.engine().dispose()  # each has connections of its own

    def answer(number: int) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the parent too, which stops all
        supervisor.stop_with(parent)
        _answer(app, listener, number)

    supervisor.keep_forks(answer, workers)
