"""The listeners that Prometheus asks: one for each process, for this machine alone unless the settings say so."""

import os
from enum import IntEnum

from prometheus_client import start_http_server

from core.errors import Conflict
from core.settings import settings
from core.telemetry.metrics import REGISTRY

MOST_WEB_PROCESSES = 64
"""Of one `serve`."""


class Place(IntEnum):
    """Which port a process listens on, counted from the one in the settings: so all may run on one machine."""

    WEB = 0
    WORKER = 1
    SCHEDULER = 2


def place_of_web(number: int) -> int:
    """Return the place of one of several web processes, counted from 0: the others come after the scheduler."""
    return Place.SCHEDULER + number if number else Place.WEB


def show_metrics(place: int) -> None:
    """Show what this process counts at `/metrics`, if the settings ask for it.

    Raises
    ------
    Conflict
        Somebody else listens there.
    """
    host, first = settings().metrics_host, settings().metrics_port
    if first is None:
        return
    port = first + place
    try:
        server, _thread = start_http_server(port, host, REGISTRY)
    except OSError as error:
        raise Conflict(
            "port_in_use",
            f"Metrics cannot be shown on {host}:{port}: {error.strerror}. "
            "Choose another port with PLATSVERKET_METRICS_PORT; the web process listens on it, a worker on the next, "
            "the scheduler on the one after, and further web processes on those that follow.",
        ) from error
    os.register_at_fork(after_in_child=server.socket.close)  # a worker's processes would hold the port after its end
