"""How long a coordinator waits for the first answer to each kind of change of a run, beside a list of the product.

The product is served as a process on loopback. What is timed is what one waits for: the form of the change is sent,
and the draft's page with its answer comes back. A page of a list, asked for in between, is the measure.
"""

import re
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

import httpx

from benchmarks.experiments.pages import PRODUCT, Server, served
from benchmarks.experiments.visitor import sign_in, visitor
from benchmarks.harness.reports import Row, show
from core.database import db
from marketplace.organisations.models import Member
from marketplace.runs.queries import latest_published
from marketplace.scenarios.solving.applied import weighable
from marketplace.scenarios.solving.base import Base, read_base

LIST = "/requests"
KINDS = ("keep", "give", "forbid", "close", "add", "weigh")
PATIENCE_S = 120


def measured(times: int) -> list[Row]:
    """Try each kind of change so many times, each of another need; what one waited for, and what the list took."""
    with db.unit_of_work() as session:
        member, run = visitor(session), latest_published(session)
        if run is None:
            raise RuntimeError("no run in this database has published; `platsverket bench run` makes one")
        run_id, tried = str(run.id), list(_tried(read_base(session, run), times))
    with served(PRODUCT, "/health/ready") as server, _visiting(server, member) as client:
        page = client.get(LIST).raise_for_status().text
        token = {"_csrf_token": re.findall(r'name="_csrf_token" value="([^"]+)"', page)[0]}
        spent: dict[str, list[Spent]] = {kind: [] for kind in (LIST, *KINDS)}
        for kind, address, fields in tried:
            made = client.post("/scenarios/new", data=token | {"run": run_id, "name": kind}).raise_for_status()
            draft = f"/scenarios/{made.url.path.split('/')[2]}"
            spent[LIST].append(_timed(server, partial(client.get, LIST)))
            spent[kind].append(_timed(server, partial(client.post, f"{draft}/{address}", data=token | fields)))
            client.post(f"{draft}/discarding", data=token).raise_for_status()
    return [{"what": what, **_figures(each, spent[LIST])} for what, each in spent.items()]


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds that one waited, and of the server's processor."""

    waited: float
    processor: float


def _timed(server: Server, ask: Callable[[], httpx.Response]) -> Spent:
    begun, before = time.perf_counter(), server.processor_s
    ask().raise_for_status()
    return Spent(time.perf_counter() - begun, server.processor_s - before)


def _figures(spent: list[Spent], plain: list[Spent]) -> Row:
    waited, processor = ([getattr(each, name) for each in spent] for name in ("waited", "processor"))
    times = statistics.median(processor) / statistics.median(each.processor for each in plain)
    return {
        "asked": len(spent),
        "seconds": statistics.median(waited),
        "longest": max(waited),
        "processor": statistics.median(processor),
        "most_processor": max(processor),
        "times": times,
    }


@contextmanager
def _visiting(server: Server, member: Member) -> Iterator[httpx.Client]:
    """Somebody signed in, who goes on to the page that a form leads to."""
    address = f"http://127.0.0.1:{server.port}"
    with httpx.Client(base_url=address, timeout=PATIENCE_S, follow_redirects=True) as client:
        client.headers["accept"] = "text/html"
        sign_in(client, member)
        yield client


def _tried(base: Base, times: int) -> Iterator[tuple[str, str, dict[str, str]]]:
    """So many changes of each kind; offers are closed and added to that are given to the most needs."""
    given = dict(zip(base.demands_at(base.taken[:, 0]).tolist(), base.taken[:, 0].tolist(), strict=True))
    has = {base.arrays.need_ids[demand].partition("@")[0]: base.offer_of(option) for demand, option in given.items()}
    needs = [need for need, offer in has.items() if _another(base, need, offer)]
    holder = {offer: need for need, offer in has.items()}
    popular = [offer for offer, _ in Counter(has.values()).most_common(times)]
    points = {name: str(getattr(base.policy.weights, name)) for name in weighable(base.policy)}
    for n, need in enumerate(needs[:: max(1, len(needs) // times)][:times]):
        offer, weighed = popular[n % len(popular)], list(points)[n % len(points)]
        yield "keep", "changes", {"code": "lock", "need": need}
        yield "give", "changes", {"code": "lock", "need": need, "offer": _another(base, need, has[need])}
        yield "forbid", "changes", {"code": "forbid", "need": need, "offer": has[need]}
        yield "close", "changes", {"code": "close", "need": holder[offer], "offer": offer}
        yield "add", "changes", {"code": "add", "need": holder[offer], "offer": offer, "amount": "3"}
        yield "weigh", "weights", points | {weighed: "0"}


def _another(base: Base, need_id: str, offer: str) -> str:
    """The first offer that could serve a need instead; nothing where there is none."""
    need = base.need(need_id)
    return next((each for each in need.offers if each != offer), "") if need else ""


def print_table(rows: list[Row]) -> None:
    """The list first, then each kind of change."""
    columns = ("what", "tried", "s, median", "s, longest", "processor s", "at most", "times the list, processor")
    lines = [
        [
            row["what"],
            str(row["asked"]),
            *(f"{row[name]:.3f}" for name in ("seconds", "longest", "processor", "most_processor")),
            f"{row['times']:.1f}",
        ]
        for row in rows
    ]
    show("The first answer to a change of a run", columns, lines)
