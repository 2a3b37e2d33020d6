"""Calendars kept elsewhere become their owner's claims; what is booked stays, and is told as a conflict."""

import base64
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session, col, select

from core.errors import BadInput, Conflict, NotAllowed
from core.settings import settings
from core.time import clock
from core.time.interval import Interval, from_range
from marketplace.busy import expanding, queries, reading, service
from marketplace.busy.jobs import sweep_busy
from marketplace.busy.models import BusyCalendar
from marketplace.busy.reading import Access, Known, Unread
from marketplace.busy.rules import MOST_OF_RESOURCE, BusyFault, BusyKind, window
from marketplace.notices.models import Notice
from marketplace.organisations.models import Organisation
from resources.models import Claim, ClaimSource, Resource, Site
from tests import builders
from tests.marketplace.busy.servers import Feeds, radicale_running


@pytest.fixture
def rows(engine: Engine) -> Iterator[Session]:
    """A session that commits, as sweeps see what is committed."""
    with Session(engine, expire_on_commit=False) as session:
        yield session


def event(uid: str, days: int, first: int, last: int, *more: str) -> str:
    """An event on a day from now, from one hour to another by Sweden's clock."""
    day = f"{builders.at(days):%Y%m%d}"
    times = (f"DTSTART;TZID=Europe/Stockholm:{day}T{first:02}0000", f"DTEND;TZID=Europe/Stockholm:{day}T{last:02}0000")
    return "\r\n".join(("BEGIN:VEVENT", f"UID:{uid}", "DTSTAMP:20260101T000000Z", *times, *more, "END:VEVENT"))


def calendar(*events: str) -> bytes:
    return "\r\n".join(("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Test//", *events, "END:VCALENDAR", "")).encode()


def on(days: int, first: int, last: int) -> Interval:
    return Interval(builders.at(days, first), builders.at(days, last))


def added(session: Session, of: Resource, address: str, kind: BusyKind = BusyKind.FEED, **access: str) -> BusyCalendar:
    """Add a calendar as a lister of its resource would."""
    lister = builders.actor(session, session.get_one(Organisation, of.organisation_id))
    return service.add(session, lister, of.id, kind, Access(address, **access))


def claimed(session: Session, of: Resource) -> list[tuple[Interval, int]]:
    """What calendars hold of a resource's only unit."""
    session.expire_all()
    unit = builders.unit_of(session, of)
    held = select(Claim).where(
        Claim.unit_id == unit.id, Claim.source == ClaimSource.CALENDAR, col(Claim.released_at).is_(None)
    )
    found = session.exec(held.order_by(col(Claim.during))).all()
    return [(from_range(each.during), each.amount) for each in found]


def swept(session: Session, row: BusyCalendar) -> BusyCalendar:
    """Commit, let the calendar be due, sweep, and return what it became."""
    session.merge(row).due_at = clock.now() - timedelta(seconds=1)
    session.commit()
    sweep_busy()
    session.expire_all()
    return session.get_one(BusyCalendar, row.id)


def booked(session: Session, of: Resource, during: Interval, amount: int = 1) -> Claim:
    made = builders.booking(session, builders.need(session, builders.request(session)))
    its = {"source": ClaimSource.BOOKING, "booking_id": made.id, "amount": amount}
    return builders.claim(session, builders.unit_of(session, of), during, **its)


def test_a_feed_becomes_claims_and_what_is_booked_stays_and_is_told_once(rows: Session, feeds: Feeds) -> None:
    room = builders.space(rows)
    feeds.says(calendar(event("a", 3, 9, 12), event("b", 4, 9, 10), event("b2", 4, 10, 11)))
    booking = booked(rows, room, on(3, 10, 11))
    row = swept(rows, added(rows, room, f"{feeds.address}/rum.ics"))
    # Nine to twelve less ten to eleven; two events that touch are one time.
    assert claimed(rows, room) == [(on(3, 9, 10), 1), (on(3, 11, 12), 1), (on(4, 9, 11), 1)]
    assert (row.fault, row.failing_since, len(row.busy)) == (None, None, 2)
    lister = builders.actor(rows, rows.get_one(Organisation, room.organisation_id))
    (view,) = queries.calendars_page(rows, lister).items
    assert (view.conflicts.count, view.conflicts.first) == (1, [(booking.booking_id, on(3, 10, 11))])
    swept(rows, row)
    (notice,) = rows.exec(select(Notice)).all()
    assert (notice.code, notice.permission, notice.facts["bookings"]) == ("busy_conflict", "offer", 1)
    # When the booking is no more, what the calendar said of its time is the owner's.
    rows.merge(booking).released_at = clock.now()
    swept(rows, row)
    assert claimed(rows, room) == [(on(3, 9, 12), 1), (on(4, 9, 11), 1)]


def test_of_a_pool_what_is_left_is_claimed(rows: Session, feeds: Feeds) -> None:
    desks = builders.space(rows, capacity=12)
    feeds.says(calendar(event("a", 3, 9, 12)))
    booked(rows, desks, on(3, 10, 11), amount=5)
    swept(rows, added(rows, desks, feeds.address))
    assert claimed(rows, desks) == [(on(3, 9, 10), 12), (on(3, 10, 11), 7), (on(3, 11, 12), 12)]


def test_what_is_free_cancelled_or_our_own_booking_is_not_busy_and_repetitions_have_an_end(
    rows: Session, feeds: Feeds
) -> None:
    room = builders.space(rows)
    mine = booked(rows, room, on(5, 9, 10))
    feeds.says(
        calendar(
            event("free", 3, 9, 10, "TRANSP:TRANSPARENT"),
            event("off", 3, 11, 12, "STATUS:CANCELLED"),
            event(f"{mine.booking_id}-20261205T080000Z", 5, 9, 10),
            event("weekly", 2, 9, 10, "RRULE:FREQ=WEEKLY"),
        )
    )
    row = swept(rows, added(rows, room, feeds.address))
    # 366 days from now, from the day after tomorrow on: 52 times after the first.
    assert len(claimed(rows, room)) == len(row.busy) == 53
    assert queries.conflicts(rows, [row.id]) == {}


def test_hall_and_half_keep_their_calendars_apart(rows: Session, feeds: Feeds) -> None:
    hall = builders.hall(rows)
    half, other = rows.exec(select(Resource).where(Resource.part_of_id == hall.id).order_by(col(Resource.name))).all()
    told = {"/hall": calendar(event("a", 3, 9, 11)), "/half": calendar(event("b", 3, 10, 12))}
    feeds.answer = lambda path, _headers: (200, {}, told[path])
    of_hall, of_half = added(rows, hall, f"{feeds.address}/hall"), added(rows, half, f"{feeds.address}/half")
    swept(rows, of_hall)
    swept(rows, of_half)
    assert [during for during, _ in claimed(rows, half)] == [on(3, 9, 12)]
    assert [during for during, _ in claimed(rows, other)] == [on(3, 9, 11)]
    lister = builders.actor(rows, rows.get_one(Organisation, hall.organisation_id))
    service.remove(rows, lister, of_half.id)
    assert [during for during, _ in claimed(rows, half)] == [on(3, 9, 11)]


def test_a_feed_that_is_away_keeps_what_it_said_and_says_since_when(rows: Session, feeds: Feeds) -> None:
    room = builders.space(rows)
    feeds.says(calendar(event("a", 3, 9, 12)), etag='"1"')
    row = swept(rows, added(rows, room, feeds.address))
    read_at = row.read_at
    feeds.says(b"", status=503)
    row = swept(rows, row)
    since = row.failing_since
    assert (row.fault, row.failures, row.read_at) == (BusyFault.REFUSED, 1, read_at)
    assert since is not None
    row = swept(rows, row)
    assert (row.failures, row.failing_since) == (2, since)
    assert row.due_at - clock.now() > timedelta(minutes=35)  # ten minutes twice doubled
    assert claimed(rows, room) == [(on(3, 9, 12), 1)]
    feeds.answer = lambda _path, headers: (304, {}, b"") if headers.get("if-none-match") == '"1"' else (500, {}, b"")
    row = swept(rows, row)
    assert (row.fault, row.failing_since, row.failures) == (None, None, 0)
    feeds.says(calendar(), etag='"2"')
    swept(rows, row)
    assert claimed(rows, room) == []


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        ((401, {}, b""), BusyFault.DENIED),
        ((410, {}, b""), BusyFault.GONE),
        ((200, {}, b"<html>Logga in</html>"), BusyFault.NO_CALENDAR),
        ((200, {}, calendar(event("a", 3, 9, 12))[:-40]), BusyFault.NO_CALENDAR),
        ((200, {}, calendar("BEGIN:VFREEBUSY\r\nUID:a\r\nEND:VFREEBUSY")), BusyFault.NO_CALENDAR),
        ((200, {"Content-Encoding": "gzip"}, b"\x1f\x8b rubbish"), BusyFault.NO_CALENDAR),
        ((302, {"Location": "/again"}, b""), BusyFault.REDIRECTS),
        ((302, {"Location": "http://169.254.169.254/latest/meta-data"}, b""), BusyFault.FORBIDDEN),
        ((302, {"Location": "file:///etc/passwd"}, b""), BusyFault.FORBIDDEN),
        ((200, {}, b"BEGIN:VCALENDAR\r\n" + b"X-A:" + b"a" * 5_000_000), BusyFault.TOO_LARGE),
        ((200, {}, calendar(event("a", 2, 9, 10, "RRULE:FREQ=HOURLY"))), BusyFault.TOO_MANY_TIMES),
        (None, BusyFault.SLOW),
    ],
)
def test_what_cannot_be_read_is_told_apart(
    feeds: Feeds, answer: tuple[int, dict[str, str], bytes] | None, fault: BusyFault, monkeypatch: pytest.MonkeyPatch
) -> None:
    if fault is BusyFault.SLOW:
        monkeypatch.setattr(reading, "PATIENCE_S", 0.3)
    feeds.answer = lambda _path, _headers: answer
    with pytest.raises(Unread) as raised:
        reading.read(BusyKind.FEED, Access(feeds.address), Known(), window(clock.now()))
    assert raised.value.fault is fault


def test_repetitions_that_never_come_to_an_end_are_given_up() -> None:
    """The 30th of February, looked for in each second."""
    during = window(clock.now())
    endless = calendar(event("a", 2, 9, 10, "RRULE:FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30;COUNT=1"))
    with pytest.raises(expanding.EndlessError):
        expanding.busy_times(endless, during.start, during.limit, 10, 1)


def test_a_password_goes_to_its_own_server_only(feeds: Feeds) -> None:
    elsewhere = feeds.address.replace("127.0.0.1", "localhost") + "/there"
    feeds.answer = lambda path, _headers: (
        (302, {"Location": elsewhere}, b"") if path == "/here" else (200, {}, calendar())
    )
    reading.read(BusyKind.FEED, Access(f"{feeds.address}/here", "drift", "hemligt"), Known(), window(clock.now()))
    assert [(path, "authorization" in headers) for path, headers in feeds.asked] == [("/here", True), ("/there", False)]


def test_a_caldav_calendar_of_radicale_is_read(rows: Session, reachable: None, tmp_path: Path) -> None:
    room = builders.space(rows)
    with radicale_running(tmp_path) as home, httpx.Client(base_url=home, auth=("drift", "hemligt")) as client:
        made = """<mkcalendar xmlns="urn:ietf:params:xml:ns:caldav"><set xmlns="DAV:"><prop/></set></mkcalendar>"""
        assert client.request("MKCALENDAR", "rum/", content=made).status_code == 201
        for name, content in (("a", event("a", 3, 9, 12)), ("b", event("b", 4, 9, 10, "RRULE:FREQ=DAILY;COUNT=2"))):
            assert client.put(f"rum/{name}.ics", content=calendar(content)).status_code == 201
        row = added(rows, room, f"{home}rum/", BusyKind.CALDAV, user="drift", password="hemligt")
        assert swept(rows, row).fault is None
        assert [during for during, _ in claimed(rows, room)] == [on(3, 9, 12), on(4, 9, 10), on(5, 9, 10)]
        client.delete("rum/a.ics")
        swept(rows, row)
        assert [during for during, _ in claimed(rows, room)] == [on(4, 9, 10), on(5, 9, 10)]
        client.delete("rum/b.ics")
        assert (swept(rows, row).fault, claimed(rows, room)) == (None, [])
        wrong = added(rows, room, f"{home}rum/", BusyKind.CALDAV, user="drift", password="fel")
        assert swept(rows, wrong).fault is BusyFault.DENIED


def test_neither_address_nor_password_stands_in_the_database(session: Session, reachable: None) -> None:
    row = added(session, builders.space(session), "https://kal.example.se/hemlig-adress.ics", password="losenordet")
    stored = session.execute(text("select busy_calendar::text from busy_calendar")).scalar_one()
    assert row.host == "kal.example.se"
    for secret in (b"hemlig-adress", b"losenordet"):
        assert secret not in row.sealed_access
        assert secret.hex() not in stored
        assert base64.b64encode(secret).decode() not in stored
    due = service.take_due(session)
    assert due is not None
    assert due.access == Access("https://kal.example.se/hemlig-adress.ics", "", "losenordet")
    row.sealed_access = row.sealed_access[:-1] + bytes([row.sealed_access[-1] ^ 1])
    row.due_at = clock.now()
    session.flush()
    again = service.take_due(session)
    assert again is not None
    assert again.access is None


@pytest.mark.parametrize(
    "address",
    [
        "http://kal.example.se/rum.ics",
        "ftp://kal.example.se/rum.ics",
        "https://127.0.0.1/rum.ics",
        "https://10.1.2.3/",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://[64:ff9b::a00:1]/",
        "https://[2002:a00:1::]/",
        "https://[2001:0:a00:1::]/",
        "https://[::10.0.0.1]/",
        "https://[fec0::1]/",
        "https://169.254.169.254/",
        "https://anna:hemligt@kal.example.se/",
        "https://kal.example.se/ rum.ics",
        "https://kal.example.se:0/",
        "https://",
        "https://" + "a" * 1000,
        "",
    ],
)
def test_an_address_that_leads_inside_is_refused_and_not_told(session: Session, address: str) -> None:
    with pytest.raises(BadInput) as raised:
        added(session, builders.space(session), address)
    assert [(each.property, each.value) for each in raised.value.parameters] == [("address", None)]


@pytest.mark.parametrize("address", ["https://localhost/", "https://2130706433/", "https://0x7f.1/"])
def test_a_name_that_leads_inside_is_not_called(database_url: str, address: str) -> None:
    with pytest.raises(Unread) as raised:
        reading.read(BusyKind.FEED, Access(address), Known(), window(clock.now()))
    assert raised.value.fault is BusyFault.FORBIDDEN


def test_who_may_add_one_and_how_many(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    room, address = builders.space(session), "https://kal.example.se/rum.ics"
    home = session.get_one(Organisation, room.organisation_id)
    reader = builders.actor(session, home, roles=["requester"])
    with pytest.raises(NotAllowed):
        service.add(session, reader, room.id, BusyKind.FEED, Access(address))
    card = builders.staff(session, home)
    with pytest.raises(BadInput, match="a person's calendar is not read"):
        added(session, card, address)
    for _ in range(MOST_OF_RESOURCE):
        added(session, room, address)
    with pytest.raises(Conflict, match="The resource has 5 calendars"):
        added(session, room, address)
    monkeypatch.setenv("PLATSVERKET_ORGANISATION_BUSY_CALENDARS", "5")
    settings.cache_clear()
    try:
        with pytest.raises(Conflict, match="Your organisation has 5 calendars"):
            added(session, builders.space(session, session.get_one(Site, room.site_id)), address)
    finally:
        monkeypatch.undo()
        settings.cache_clear()
