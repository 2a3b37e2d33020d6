"""How long every kind of page takes, as a multiple of a bare page of the same framework in the same run.

The product and a bare application are served as processes on loopback, and asked by so many clients at once. What the
processor spends on a page in the server's process is told beside the seconds: on a machine that does other things too,
it is the one figure to compare, and only with that of the bare page asked for at the same time.
"""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any

import httpx
import psutil
from litestar import Litestar, get
from sqlmodel import Session, col, select

from benchmarks.experiments.visitor import sign_in, visitor
from benchmarks.harness.reports import Row, show
from core.database import db
from core.time import clock
from marketplace.bookings.models import Booking
from marketplace.offers.models import Offer, OfferState, Visibility
from marketplace.organisations.models import Member
from marketplace.proposals.models import Proposal
from marketplace.requests.models import Request
from marketplace.runs.models import MatchingRun

BARE = "a bare page"
START_S = 180
PRODUCT = (sys.executable, "-m", "api.cli.main", "serve", "--port")
TURNS = 4
"""How often page and bare page take turns while the processor's time is looked at."""


@dataclass(frozen=True, slots=True)
class Look:
    """A page, and how many times as long as the bare one it is to take at most."""

    name: str
    path: str
    most: float


@get("/", sync_to_thread=True, media_type="text/html")
def _bare() -> str:
    return "<!doctype html><title>Bare</title><p>Nothing."


def bare() -> Litestar:
    """An application of one page with nothing on it."""
    return Litestar([_bare], openapi_config=None)


def measured(clients: Sequence[int], times: int) -> list[Row]:
    """Ask for each page so many times by each number of clients at once; seconds a page, and as ratio to the bare."""
    with db.unit_of_work() as session:
        member = visitor(session)
        looks = looks_of(session)
    empty = [sys.executable, "-m", "uvicorn", "--factory", f"{__name__}:bare", "--log-level", "warning", "--port"]
    with served(empty, "/") as empty_server, served(PRODUCT, "/health/ready") as server:
        cookies = _cookies(server.port, member)
        basis = {count: _seconds_each(empty_server, "/", "", count, times) for count in clients}
        rows: list[Row] = [{"page": BARE, "most": 1.0, "seconds": basis, "ratios": dict.fromkeys(clients, 1.0)}]
        for look in looks:
            spent = {count: _seconds_each(server, look.path, cookies, count, times) for count in clients}
            ratios = {count: spent[count] / basis[count] for count in clients}
            processor, bare_processor = _processor_each(server, empty_server, look.path, cookies, times)
            rows.append(
                {"page": look.name, "most": look.most, "seconds": spent, "ratios": ratios}
                | {"processor": processor, "processor_ratio": processor / bare_processor}
            )
    return rows


def looks_of(session: Session) -> list[Look]:
    """Return the pages to look at: of one query, lists, and one of each thing that there is."""
    ones: list[tuple[str, Any]] = [
        ("offers", select(Offer).where(col(Offer.state) == OfferState.OPEN, col(Offer.visibility) == Visibility.ALL)),
        ("requests", select(Request)),
        ("proposals", select(Proposal)),
        ("bookings", select(Booking)),
        ("runs", select(MatchingRun)),
    ]
    found = [(name, session.exec(rows.limit(1)).first()) for name, rows in ones]
    lists = ("", "offers", "offers?text=projektor", "requests", "proposals", "bookings", "notices", "runs")
    year = clock.today().year + 1
    return [
        Look("/accessibility", "/accessibility", 8),
        *(Look(f"/{path}", f"/{path}", 20) for path in lists),
        Look("/offers?from&until", f"/offers?from={year}-03-01&until={year}-03-05", 20),
        *(Look(f"one of /{name}", f"/{name}/{one.id}", 25) for name, one in found if one is not None),
        *(Look("a run at a glance", f"/runs/{one.id}/overview", 40) for name, one in found if one and name == "runs"),
        *(Look(f"/timeline, {units} units", f"/timeline?units={units}", 40) for units in (50, 500)),
    ]


@dataclass(frozen=True, slots=True)
class Server:
    """A process that answers on a port of loopback."""

    process: psutil.Process
    port: int

    @property
    def processor_s(self) -> float:
        """What the processor has spent on it, to the nanosecond: the clock that `clock_getcpuclockid(3)` names."""
        return time.clock_gettime((~self.process.pid << 3) | 2)


@contextmanager
def served(command: Sequence[str], ready: str) -> Iterator[Server]:
    """Start a server on a free port of loopback, which its command ends with; end it afterwards."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    environment = os.environ | {"PLATSVERKET_SEARCHES_PER_MINUTE": "1000000", "PLATSVERKET_LOG_LEVEL": "warning"}
    process = subprocess.Popen([*command, str(port)], env=environment, stdin=subprocess.DEVNULL)  # noqa: S603
    try:
        _until_ready(process, f"http://127.0.0.1:{port}{ready}")
        yield Server(psutil.Process(process.pid), port)
    finally:
        process.terminate()
        process.wait()


def _until_ready(process: subprocess.Popen[bytes], address: str) -> None:
    until = time.monotonic() + START_S
    while process.poll() is None and time.monotonic() < until:
        try:
            if httpx.get(address, timeout=5).is_success:
                return
        except httpx.TransportError:
            time.sleep(0.2)
    raise RuntimeError(f"{address} does not answer")


def _cookies(port: int, member: Member) -> str:
    with httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
        sign_in(client, member)
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in client.cookies.jar)


def _processor_each(server: Server, bare: Server, path: str, cookies: str, times: int) -> tuple[float, float]:
    """Processor seconds of a page and of the bare one, asked for in turn."""
    spent = {server: 0.0, bare: 0.0}
    for _ in range(TURNS):
        for each, address in ((server, path), (bare, "/")):
            before = each.processor_s
            _ask(each, address, cookies, times // TURNS + 1)
            spent[each] += each.processor_s - before
    asked = TURNS * (times // TURNS + 1)
    return spent[server] / asked, spent[bare] / asked


def _seconds_each(server: Server, path: str, cookies: str, clients: int, times: int) -> float:
    """Seconds from the first question to the last answer, divided by how many there were."""
    _ask(server, path, cookies, 3)  # what is made once is not the page's
    each = max(1, times // clients)
    with ThreadPoolExecutor(clients) as threads:
        begun = time.perf_counter()
        for done in [threads.submit(_ask, server, path, cookies, each) for _ in range(clients)]:
            done.result()
        return (time.perf_counter() - begun) / (each * clients)


def _ask(server: Server, path: str, cookies: str, times: int) -> None:
    connection = HTTPConnection("127.0.0.1", server.port, timeout=120)
    for _ in range(times):
        connection.request("GET", path, headers={"accept": "text/html", "accept-language": "sv", "cookie": cookies})
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{path} answered {answer.status}")
    connection.close()


def print_table(rows: Sequence[Row]) -> None:
    """Seconds and multiples for each number of clients, beside the multiple that is aimed at."""
    clients = list(rows[0]["seconds"])
    columns = (
        *("page", *(f"{count} at once, ms" for count in clients), *(f"times, {count}" for count in clients)),
        *("processor, ms", "times, processor", "aim"),
    )
    lines = [
        [
            row["page"],
            *(f"{1000 * row['seconds'][count]:.1f}" for count in clients),
            *(f"{row['ratios'][count]:.1f}" for count in clients),
            f"{1000 * row['processor']:.1f}" if "processor" in row else "–",
            f"{row['processor_ratio']:.1f}" if "processor_ratio" in row else "–",
            f"{row['most']:g}",
        ]
        for row in rows
    ]
    show("Pages", columns, lines)
