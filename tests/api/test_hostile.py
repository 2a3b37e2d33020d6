"""One organisation stores all that it may: what others ask for takes no more queries, and their answers stay small."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from litestar.testing import TestClient
from sqlalchemy import Engine, event
from sqlmodel import Session, select

from benchmarks.experiments.hostile import hours, longest_timing, store_all_that_may_be
from core.limits import LONGEST_LISTED, LONGEST_TEXT, MOST_DEVIATIONS, MOST_DEVIATIONS_LISTED
from core.settings import settings
from core.time import clock, opening, timing
from marketplace.offers.models import Offer
from marketplace.organisations.models import Organisation
from marketplace.planning.encoding.build import build
from marketplace.planning.options.policy import DEFAULT, policy_named
from marketplace.planning.snapshot import load
from marketplace.requests.models import Request
from resources.models import Resource, Site
from tests import builders
from tests.api.conftest import HTML, Bearer, SignIn
from tests.counting import counted

OFFERS, NEEDS = 20, 6
LARGEST_ITEM = 2 * LONGEST_TEXT
"""Bytes of an offer in a list: the beginnings of three texts, hours, and all else."""
LISTS = ("offers", "offers?family=space", "offers?text=projektor", "requests", "sites", "resources", "notices")
PAGES = ("/", "/offers", "/offers?text=projektor", "/requests", "/proposals")
DAY = clock.today().replace(year=clock.today().year + 1, month=3, day=2)
LISTS += (f"offers?from={DAY}T00:00:00Z&until={DAY}T22:00:00Z",)

Sizes = dict[str, tuple[int, int]]


@contextmanager
def statements(engine: Engine) -> Iterator[list[str]]:
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield sent
    event.remove(engine, "before_cursor_execute", note)


@contextmanager
def rows_read(engine: Engine) -> Iterator[list[int]]:
    read: list[int] = []

    def note(_connection: Any, cursor: Any, *_rest: Any) -> None:
        read.append(max(cursor.rowcount, 0))

    event.listen(engine, "after_cursor_execute", note)
    yield read
    event.remove(engine, "after_cursor_execute", note)


@pytest.fixture
def limit(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str, int], None]]:
    """Let an organisation have so many of something."""

    def set_to(what: str, most: int) -> None:
        monkeypatch.setenv(f"PLATSVERKET_ORGANISATION_{what.upper()}", str(most))
        settings.cache_clear()

    yield set_to
    monkeypatch.undo()
    settings.cache_clear()


def test_others_pages_and_lists(
    client: TestClient[Any], engine: Engine, rows: Session, bearer: Bearer, signed_in: SignIn
) -> None:
    asking = builders.member(rows, roles=["lister", "requester", "coordinator"])
    for _ in range(OFFERS):
        builders.offer(rows)
    builders.need(rows, builders.request(rows))
    headers = bearer(asking)
    signed_in(client, asking)

    def sizes() -> Sizes:
        found = {}
        for path, sent in {**{f"/api/v1/{each}": headers for each in LISTS}, **dict.fromkeys(PAGES, HTML)}.items():
            with statements(engine) as queries:
                answer = client.get(path, headers=sent)
            assert answer.status_code == 200, (path, answer.text[:300])
            found[path] = (len(queries), len(answer.content))
        return found

    before = sizes()
    store_all_that_may_be(rows, OFFERS, 3 * OFFERS, NEEDS)
    rows.commit()
    for path, (queries, size) in sizes().items():
        assert queries <= before[path][0] + 1, path
        assert size < before[path][1] + OFFERS * LARGEST_ITEM, path
    offer = client.get("/api/v1/offers", headers=headers).json()["items"][0]
    shown = offer["offered"]
    assert shown["openingHours"]["shortened"]
    assert len(shown["openingHours"]["exceptions"]) == MOST_DEVIATIONS_LISTED
    one = client.get(f"/api/v1/offers/{offer['id']}", headers=headers).json()
    for in_list, told in (
        (offer["conditions"], one["conditions"]),
        (shown["description"], one["offered"]["description"]),
        (shown["facts"]["visitorRules"], one["offered"]["facts"]["visitorRules"]),
    ):
        assert (len(in_list), len(told)) == (LONGEST_LISTED, LONGEST_TEXT)
        assert told == in_list.removesuffix(" […]") + told[LONGEST_LISTED - 4 :]
    site = client.get("/api/v1/sites?limit=100", headers=headers).json()["items"][0]
    whole = client.get(f"/api/v1/sites/{site['id']}", headers=headers).json()
    assert site["openingHours"]["shortened"]
    assert len(whole["openingHours"]["exceptions"]) == MOST_DEVIATIONS
    assert not whole["openingHours"]["shortened"]


def test_what_a_list_shortens_is_not_taken_in(client: TestClient[Any], rows: Session, bearer: Bearer) -> None:
    """What was read in a list and is sent back would replace all of it."""
    owner = builders.member(rows)
    home = rows.get_one(Organisation, owner.organisation_id)
    house = builders.site(rows, home, opening_hours=opening.to_json(hours(1)))
    builders.offer(rows, builders.space(rows, house), conditions="ord " * 1000)
    headers = bearer(owner)

    def sent(path: str, names: Sequence[str], changes: dict[str, Any], *, whole: bool) -> Any:
        found = client.get(f"/api/v1/{path}", headers=headers).json()["items"][0]
        there = f"/api/v1/{path}/{found['id']}"
        said = client.get(there, headers=headers).json() if whole else found
        body = {name: said[name] for name in names} | changes
        return client.put(there, json=body, headers=headers | {"accept-language": "sv"})

    site = ("name", "municipalityCode", "latitude", "longitude", "openingHours"), {}
    offer = ("start", "end", "conditions"), {"visibility": "all"}
    for path, (names, changes), name in (("sites", site, "openingHours.shortened"), ("offers", offer, "conditions")):
        refused = sent(path, names, changes, whole=False)
        [fault] = refused.json()["invalid-parameters"]
        assert (refused.status_code, fault["property"]) == (400, name)
        assert "läs in" in fault["reason"]
        assert sent(path, names, changes, whole=True).status_code == 200


WORDS = "projektor rum dator whiteboard skrivbrod parkering hiss lokall elbil stolar bord kontorr"
"""As many as are looked for, of which some are misspelled."""
YEAR = f"from={DAY}T00:00:00Z&until={DAY.replace(year=DAY.year + 1)}T00:00:00Z"
OWN = (
    *(f"/api/v1/{each}{'&' if '?' in each else '?'}limit=100" for each in LISTS),
    *(f"/api/v1/offers?{each}" for each in (f"text={WORDS}", YEAR, f"{YEAR}&text={WORDS}", f"from={DAY}T00:00:00Z")),
    *("/api/v1/offers/facets?family=space", f"/api/v1/offers/facets?{YEAR}"),
    "/api/v1/resources/{resource}/closed-periods",
    f"/api/v1/resources/{{resource}}/free-periods?first={DAY}&last={DAY.replace(year=DAY.year + 1, month=2)}",
    *("/api/v1/requests/{request}", "/api/v1/offers/{offer}", "/api/v1/sites/{site}"),
    *(*PAGES, f"/offers?text={WORDS}", f"/offers?from={DAY}", "/offers/map", "/timeline", "/uploads"),
    *("/offers/{offer}", "/offers/{offer}/change", "/offers/{offer}/resource", "/offers/new/space"),
    *("/requests/{request}", "/requests/{request}/change", "/requests/new", "/requests/{request}/case"),
)
MOST_STATEMENTS, MOST_ROWS = 15, 5 * OFFERS


def test_what_it_asks_for_itself_takes_no_more_work_than_what_there_is(
    client: TestClient[Any], engine: Engine, rows: Session, bearer: Bearer, signed_in: SignIn
) -> None:
    """Each list, search and form at its largest: bounded by statements and rows, whatever the machine."""
    member = store_all_that_may_be(rows, OFFERS, 3 * OFFERS, NEEDS)
    rows.commit()
    owned = {"offer": Offer, "resource": Resource, "site": Site, "request": Request}
    mine = {name: rows.exec(select(kind.id).limit(1)).one() for name, kind in owned.items()}
    headers = bearer(member)
    signed_in(client, member)
    beyond = {}
    for path in OWN:
        address = path.format(**mine)
        with statements(engine) as queries, rows_read(engine) as read:
            answer = client.get(address, headers=headers if path.startswith("/api") else HTML)
        assert answer.status_code == 200, (address, answer.text[:300])
        if len(queries) > MOST_STATEMENTS or sum(read) > MOST_ROWS:
            beyond[path] = len(queries), sum(read)
    assert not beyond


def test_a_run_reads_it_with_as_many_queries_and_leaves_nothing_out(session: Session) -> None:
    builders.offer(session)
    builders.need(session, builders.request(session))
    with counted(session) as before:
        load.load(session, None)
    store_all_that_may_be(session, 4, 12, NEEDS)
    with counted(session) as after:
        market = load.load(session, None)
    assert len(after) <= len(before) + 1
    assert (len(market.needs), len(market.set_aside)) == (NEEDS + 1, 0)
    built = build(market, policy_named(DEFAULT), name="test", seed=1)
    assert not built.set_aside


def test_what_it_stores_is_what_may_be_stored() -> None:
    for number in range(3):
        assert opening.from_json(opening.to_json(hours(number))) == hours(number)
        assert timing.from_json(timing.to_json(longest_timing(number))) == longest_timing(number)


def test_no_more_offers_than_there_may_be(
    client: TestClient[Any], rows: Session, bearer: Bearer, limit: Callable[[str, int], None]
) -> None:
    owner = builders.member(rows)
    house = builders.site(rows, rows.get_one(builders.Organisation, owner.organisation_id))
    builders.offer(rows, builders.space(rows, house))
    second, headers = builders.space(rows, house), bearer(owner)
    limit("offers", 1)
    body = {"resourceId": str(second.id), "start": f"{DAY}T00:00:00Z"}
    answer = client.post("/api/v1/offers", json=body, headers=headers | {"accept-language": "sv"})
    assert (answer.status_code, answer.json()["code"], answer.json()["details"]) == (
        409,
        "too_many_offers",
        {"most": 1},
    )
    assert "Stäng några" in answer.json()["detail"]
    limit("offers", 2)
    assert client.post("/api/v1/offers", json=body, headers=headers).status_code == 201


def test_no_more_closed_periods_than_there_may_be_of_all_resources(
    client: TestClient[Any], rows: Session, bearer: Bearer, limit: Callable[[str, int], None]
) -> None:
    owner, other = builders.member(rows), builders.member(rows)
    house = builders.site(rows, rows.get_one(Organisation, owner.organisation_id))
    first, second = (builders.space(rows, house).id for _ in range(2))
    elsewhere = builders.space(rows, builders.site(rows, rows.get_one(Organisation, other.organisation_id))).id
    headers = {each: bearer(who) for each, who in ((first, owner), (second, owner), (elsewhere, other))}

    def closed(resource: Any) -> Any:
        day = {"start": f"{DAY}T00:00:00Z", "end": f"{DAY}T22:00:00Z"}
        return client.post(f"/api/v1/resources/{resource}/closed-periods", json=day, headers=headers[resource])

    limit("closed_periods", 1)
    period = closed(first).json()["items"][0]["id"]
    refused = closed(second)
    assert (refused.status_code, refused.json()["code"]) == (409, "too_many_closed_periods")
    assert closed(elsewhere).status_code == 201, "others have their own"
    client.delete(f"/api/v1/resources/{first}/closed-periods/{period}", headers=headers[first])
    assert closed(second).status_code == 201


WEEKLY = {
    "type": "weekly",
    "first": str(DAY),
    "last": str(DAY.replace(day=29)),
    "weekdays": ["mo", "tu", "we", "th", "fr", "sa", "su"],
    "fromTime": "08:00",
    "untilTime": "09:00",
}


@pytest.mark.parametrize(
    ("most", "timing_", "status"),
    [(1, WEEKLY, 201), (27, WEEKLY | {"sameResource": False}, 409), (28, WEEKLY | {"sameResource": False}, 201)],
)
def test_no_more_needs_than_there_may_be_and_dates_that_are_served_apart_count(
    client: TestClient[Any],
    rows: Session,
    bearer: Bearer,
    limit: Callable[[str, int], None],
    most: int,
    timing_: dict[str, Any],
    status: int,
) -> None:
    headers = bearer(builders.member(rows))
    limit("needs", most)
    body = {"title": "Projekt", "needs": [{"family": "space", "timing": timing_}]}
    answer = client.post("/api/v1/requests", json=body, headers=headers)
    assert answer.status_code == status, answer.text
    if status == 409:
        assert answer.json()["code"] == "too_many_needs"
        draft = client.post("/api/v1/requests", json=body | {"open": False}, headers=headers).json()
        assert client.post(f"/api/v1/requests/{draft['id']}/opening", headers=headers).status_code == 409
    else:
        again = client.post("/api/v1/requests", json=body, headers=headers)
        assert (again.status_code, again.json()["code"]) == (409, "too_many_needs")


def test_no_more_searches_than_there_may_wait(
    client: TestClient[Any], rows: Session, bearer: Bearer, limit: Callable[[str, int], None]
) -> None:
    asker = builders.member(rows)
    asked = [builders.request(rows, asker) for _ in range(3)]
    for each in asked:
        builders.need(rows, each)
    headers, others = bearer(asker), builders.member(rows)
    theirs = builders.request(rows, others)
    builders.need(rows, theirs)
    limit("runs", 2)
    answers = [client.post(f"/api/v1/requests/{each.id}/matching-runs", headers=headers) for each in asked]
    assert [answer.status_code for answer in answers] == [201, 201, 409]
    assert answers[2].json()["code"] == "too_many_runs"
    answer = client.post(f"/api/v1/requests/{theirs.id}/matching-runs", headers=bearer(others))
    assert answer.status_code == 201, "others are not held up"
