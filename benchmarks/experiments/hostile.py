"""`python -m benchmarks.experiments.hostile`: what an organisation that stores all it may costs the others.

A made-up market in an embedded PostgreSQL, measured twice: as it is, and with one organisation more that has as many
offers, closed periods and needs as it may, each with the longest texts and the most opening hours, over all the years
that may be planned, and shown to all. Half of the rooms of the others are used, as rooms are. Measured are the pages
and lists of another organisation, in seconds and in those of the processor, PostgreSQL's too, and what a run does for
the others. Each run replaces what one before it proposed.
"""

import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import psutil
import typer
from litestar.testing import TestClient
from sqlalchemy import create_engine, func, insert, select, text
from sqlmodel import Session, col
from uuid_utils.compat import uuid7

from api.app import create_app
from api.cli.database import ready
from benchmarks.experiments import pages, whole_run
from benchmarks.experiments.visitor import sign_in, visitor
from benchmarks.harness.reports import Row, seconds, show, write
from core import limits
from core.database import db
from core.database.postgres import roles
from core.serialization import to_json
from core.settings import settings
from core.time import clock, opening, timing, years
from core.time.interval import Interval, to_range
from core.time.timing import LONGEST_PATTERN_DAYS, MOST_STARTS, Flexible, Timing, Weekly
from marketplace.demo import service as demo
from marketplace.offers.models import Offer, OfferState, Visibility
from marketplace.organisations.models import Member, Organisation, OrganisationKind
from marketplace.organisations.rules import Scope
from marketplace.organisations.service import issue_token
from marketplace.requests.models import Need, Request, RequestState
from marketplace.runs.models import NeedOutcome
from marketplace.runs.queries import latest_published
from resources.drafts import ResourceDraft
from resources.families.space import Fitting, SpaceFacts, SpaceRequirements
from resources.models import Claim, ClaimSource, Resource, ResourceUnit, Site, Unit
from resources.vocabulary import Access

HOSTILE_EMAIL = "hostile@example.se"
API = (
    "offers",
    "offers?limit=100",
    "offers?family=space",
    "offers?text=projektor",
    "offers?near=%C3%96stersund&km=500",
    "offers?from={first}&until={last}",
    "requests",
    "resources",
    "sites",
    "proposals",
    "organisations",
)
PAGES = ("", "offers", "offers?text=projektor", "offers?from={day}&until={day}", "requests", "requests?text=rum")
REPEATED = 15
USED_DAYS = 10
DAYS_AHEAD = 30
"""When a period begins that is looked for, in the middle of what is closed."""


def store_all_that_may_be(session: Session, offers: int, closed_periods: int, needs: int) -> Member:
    """Write an organisation with so much as its limits allow of each thing; return who asks for it."""
    home = Organisation(name="x" * 200, kind=OrganisationKind.MUNICIPALITY, municipality_code="2380", county_code="23")
    session.add(home)
    session.flush()
    member = Member(organisation_id=home.id, name="x" * 200, email=HOSTILE_EMAIL, roles=["lister", "requester"])
    session.add(member)
    session.flush()
    each = min(closed_periods // offers, limits.MOST_CLOSED_PERIODS)
    for rows in (list(_offered(home, n)) for n in range(offers)):
        for row in rows:
            session.add(row)
            session.flush()
        _close(session, rows[2], each)
    for first in range(0, needs, limits.MOST_NEEDS):
        _ask(session, member, first, min(limits.MOST_NEEDS, needs - first))
    return member


def _offered(home: Organisation, number: int) -> Iterator[Any]:
    """Yield a site, a room with its unit and the offer of it, each as long as it may be."""
    site_id, resource_id, unit_id = uuid7(), uuid7(), uuid7()
    yield Site(
        id=site_id,
        organisation_id=home.id,
        name=f"{number}".ljust(limits.LONGEST_NAME, "s"),
        address="a" * limits.LONGEST_NAME,
        municipality_code="2380",
        latitude=63.1767,
        longitude=14.6361,
        access=sorted(Access),
        opening_hours=opening.to_json(hours(number)),
    )
    facts = SpaceFacts(5000, 10_000.0, frozenset(Fitting), frozenset(Access), "v" * limits.LONGEST_TEXT)
    text = "projektor ".ljust(limits.LONGEST_TEXT, "d")
    name = f"{number}".ljust(limits.LONGEST_NAME, "r")
    draft = ResourceDraft("space", "meeting_room", name, facts, text, site_id, hours(number + 1))
    yield Resource(
        id=resource_id,
        organisation_id=home.id,
        site_id=site_id,
        family=draft.family,
        kind=draft.kind,
        name=draft.name,
        description=draft.description,
        facts=to_json(facts),
        opening_hours=opening.to_json(hours(number + 1)),
    )
    yield Unit(id=unit_id, resource_id=resource_id, name="meeting_room", capacity=1)
    yield ResourceUnit(resource_id=resource_id, unit_id=unit_id, amount=1)
    yield Offer(
        organisation_id=home.id,
        resource_id=resource_id,
        state=OfferState.OPEN,
        during=to_range(Interval(clock.now(), datetime(years.last_year(), 12, 31, tzinfo=clock.STOCKHOLM))),
        visibility=Visibility.ALL,
        conditions="c" * limits.LONGEST_TEXT,
    )


def hours(number: int) -> opening.OpeningHours:
    """Return hours that nobody else has: as many a day as may be, and as many deviations, over all the years."""
    at, till = number % 60, number // 60 % 60
    most = limits.MOST_HOURS_A_DAY
    day = tuple(opening.Hours(_clock(4 * n, at), _clock(4 * n + 2, till)) for n in range(most))
    first = clock.today()
    length = (date(years.last_year(), 12, 31) - first).days // limits.MOST_DEVIATIONS
    left = limits.MOST_HOURS - 7 * most
    deviations = []
    for n in range(limits.MOST_DEVIATIONS):
        some = tuple(
            opening.Hours(_clock(4 * k, (at + n) % 60), _clock(4 * k + 3, till)) for k in range(min(most, left))
        )
        days = first + timedelta(days=n * length), first + timedelta(days=(n + 1) * length - 1)
        deviations.append(opening.Deviation(*days, some))
        left -= len(some)
    return opening.OpeningHours((day,) * 7, tuple(deviations), closed_on_holidays=True)


def _clock(hour: int, minute: int) -> Any:
    return datetime(2000, 1, 1, hour, minute).time()  # noqa: DTZ001 (a time of day)


def _close(session: Session, unit: Unit, many: int) -> None:
    begun = datetime.combine(clock.today() + timedelta(days=DAYS_AHEAD), _clock(0, 10), clock.STOCKHOLM)
    rows = [
        {
            "unit_id": unit.id,
            "unit_capacity": 1,
            "amount": 1,
            "during": to_range(Interval(start, start + timedelta(minutes=30))),
            "source": ClaimSource.OWNER,
            "note": "n" * limits.LONGEST_WORDS,
        }
        for start in (begun + timedelta(hours=n) for n in range(many))
    ]
    if rows:
        session.execute(insert(Claim), rows)


def use_rooms(session: Session) -> None:
    """Let every other room that there is be taken twice a day in the weeks around the period that is looked for."""
    rooms = session.scalars(
        select(Unit).join(Resource, col(Resource.id) == col(Unit.resource_id)).where(col(Resource.family) == "space")
    ).all()
    first = clock.today() + timedelta(days=DAYS_AHEAD - 2)
    starts = [
        datetime.combine(first + timedelta(days=day), _clock(hour, 0), clock.STOCKHOLM)
        for day in range(USED_DAYS)
        for hour in (9, 13)
    ]
    taken = [{"during": to_range(Interval(start, start + timedelta(hours=2)))} for start in starts]
    whole = [{"unit_id": each.id, "unit_capacity": each.capacity, "amount": each.capacity} for each in rooms[::2]]
    for unit in whole:
        session.execute(insert(Claim), [unit | each | {"source": ClaimSource.OWNER} for each in taken])


def _ask(session: Session, member: Member, first: int, many: int) -> None:
    asked = Request(
        organisation_id=member.organisation_id,
        member_id=member.id,
        title=f"{first}".ljust(limits.LONGEST_NAME, "t"),
        purpose="rum ".ljust(limits.LONGEST_TEXT, "p"),
        state=RequestState.OPEN,
        opened_at=clock.now(),
    )
    session.add(asked)
    session.flush()
    needs = []
    for number in range(many):
        wanted = longest_timing(first + number)
        needs.append(
            Need(
                request_id=asked.id,
                position=number + 1,
                title="n" * limits.LONGEST_NAME,
                family="space",
                amount=1,
                timing=timing.to_json(wanted),
                ends_at=timing.end_of(wanted),
                requirements=to_json(SpaceRequirements(people=2)),
                municipality_code="2380",
            )
        )
    session.add_all(needs)
    session.flush()


def longest_timing(number: int) -> Timing:
    """Return the times that take the most to look through: the most starts, or dates of three years, in any year."""
    ahead = number % (years.YEARS_AHEAD - 4)
    day = clock.today() + timedelta(days=1 + 365 * ahead)
    if number % 2:
        return Weekly(day, day + timedelta(days=LONGEST_PATTERN_DAYS - 1), tuple(range(7)), _clock(8, 0), _clock(9, 0))
    start = datetime.combine(day, _clock(8, 0), clock.STOCKHOLM)
    step = 4 * 365 * 24 * 60 // MOST_STARTS
    return Flexible(start, start + timedelta(minutes=60 + step * (MOST_STARTS - 1)), 60, step)


def others_pages(session: Session) -> dict[str, Callable[[], bytes]]:
    """Return what another organisation looks at: what each gives, by its name."""
    member = visitor(session)
    token, _row = issue_token(session, None, member.id, "benchmark", scopes=list(Scope), days=2)
    session.commit()
    client = TestClient(create_app()).__enter__()  # ends with the process
    day = clock.today() + timedelta(days=DAYS_AHEAD)
    words = {"day": day, "first": f"{day}T00:00:00Z", "last": f"{day + timedelta(days=7)}T00:00:00Z"}

    def api(path: str) -> bytes:
        return _sent(client, f"/api/v1/{path.format(**words)}", {"authorization": f"Bearer {token}"})

    def page(path: str) -> bytes:
        return _sent(client, f"/{path.format(**words)}", {"accept": "text/html"})

    sign_in(client, member)
    told: dict[str, Callable[[], bytes]] = {f"GET /api/v1/{path}": partial(api, path) for path in API}
    return told | {f"GET /{path}": partial(page, path) for path in PAGES}


def _sent(client: TestClient[Any], path: str, headers: dict[str, str]) -> bytes:
    answer = client.get(path, headers=headers)
    assert answer.status_code == 200, f"{path}: {answer.status_code} {answer.text[:300]}"
    return answer.content


def _backends() -> list[pages.Server]:
    """The processes of the embedded PostgreSQL."""
    postmaster = int((settings().data_dir / "postgres" / "postmaster.pid").read_text().split()[0])
    return [pages.Server(each, 0) for each in psutil.Process(postmaster).children()]


def pages_measured() -> list[Row]:
    """The seconds, processor seconds and bytes of each page of another organisation."""
    with db.unit_of_work() as session:
        looks = others_pages(session)
    rows = []
    for name, look in looks.items():
        size, taken, spent = len(look()), [], []
        backends = _backends()
        for _ in range(REPEATED):
            before = time.process_time() + sum(each.processor_s for each in backends)
            begun = time.perf_counter()
            look()
            taken.append(time.perf_counter() - begun)
            spent.append(time.process_time() + sum(each.processor_s for each in backends) - before)
        middle = statistics.median(taken), statistics.median(spent)
        rows.append({"what": name, "seconds": middle[0], "processor": middle[1], "bytes": size})
    return rows


def measured(run_s: float) -> list[Row]:
    """What each page of another organisation takes, and what a run of so many seconds does for others."""
    rows = pages_measured()
    phases = {row["step"]: row["seconds"] for row in whole_run.measured(run_s, workers=2)}
    prepared = sum(phases[step] for step in ("loading", "building", "keeping"))
    rows += [{"what": f"a run of {run_s:g} s {what}", "seconds": each} for what, each in phases.items()]
    return [*rows, {"what": f"a run of {run_s:g} s prepares", "seconds": prepared}]


def know_what_there_is() -> None:
    """Let the planner know what was written, as autovacuum does within a minute."""
    owner = create_engine(roles.owner_url(), isolation_level="AUTOCOMMIT")
    with owner.connect() as connection:
        connection.execute(text("analyze"))
    owner.dispose()


def others_served() -> int:
    """How many needs of other organisations the latest run has served."""
    with db.unit_of_work() as session:
        found = latest_published(session)
        assert found is not None
        own = select(col(Member.organisation_id)).where(col(Member.email) == HOSTILE_EMAIL).scalar_subquery()
        served = (
            select(func.count())
            .select_from(NeedOutcome)
            .join(Need, col(Need.id) == col(NeedOutcome.need_id))
            .join(Request, col(Request.id) == col(Need.request_id))
            .where(
                col(NeedOutcome.run_id) == found.id,
                col(NeedOutcome.served),
                col(Request.organisation_id).is_distinct_from(own),
            )
        )
        return session.scalars(served).one()


def main(
    organisations: Annotated[int, typer.Option(min=1)] = 300,
    offers: Annotated[int, typer.Option(min=1)] = 7000,
    requests: Annotated[int, typer.Option(min=1)] = 15300,
    seconds_: Annotated[float, typer.Option("--seconds", min=1, help="What each run is given.")] = 60,
    to: Annotated[Path, typer.Option("--to", help="The folder for results.")] = Path("bench-results"),
) -> None:
    """Measure a country's market without and with an organisation that stores all that it may."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"PLATSVERKET_DATA_DIR": folder, "PLATSVERKET_ENVIRONMENT": "development"}
        with ready():
            with db.unit_of_work() as session:
                demo.generate(session, organisations=organisations, offers=offers, requests=requests)
                use_rooms(session)
            whole_run.measured(seconds_, workers=2)
            know_what_there_is()
            without, served = measured(seconds_), others_served()
            with db.unit_of_work() as session:
                most = settings()
                store_all_that_may_be(
                    session, most.organisation_offers, most.organisation_closed_periods, most.organisation_needs
                )
            know_what_there_is()
            rows = [
                each
                | {"with": other["seconds"], "processor_with": other.get("processor"), "bytes_with": other.get("bytes")}
                for each, other in zip(without, measured(seconds_), strict=True)
            ]
            typer.echo(f"Needs of others that a run served: {served} without, {others_served()} with it.")
    print_table(rows)
    write(to, "hostile", rows)


def print_table(rows: list[Row]) -> None:
    """Each page without and with it."""
    lines = [
        [
            row["what"],
            seconds(row["seconds"]),
            seconds(row["with"]),
            f"{row['with'] / row['seconds']:.2f}",
            f"{row['processor_with'] / row['processor']:.2f}" if "processor" in row else "–",
            str(row.get("bytes", "–")),
            str(row.get("bytes_with") or "–"),
        ]
        for row in rows
    ]
    columns = ("what", "without", "with", "ratio", "of the processor", "bytes", "bytes with")
    show("One organisation that stores all it may", columns, lines)


if __name__ == "__main__":
    typer.run(main)
