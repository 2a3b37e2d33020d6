"""Calendars are fetched by their address alone, and show what their owner may see at that moment."""

from typing import Any

import pytest
from icalendar import Calendar
from litestar.testing import TestClient
from sqlmodel import Session, select

from core.database.audit import history
from core.rate_limits import CALENDARS_GUESSED
from core.time.interval import Interval
from marketplace.bookings.models import Booking
from marketplace.calendars import service
from marketplace.calendars.models import CalendarFeed, FeedScope
from marketplace.calendars.rules import MOST_FEEDS
from marketplace.organisations.models import Member
from marketplace.organisations.queries import actor_for
from tests import builders
from tests.api.conftest import HTML, Bearer, SignIn, post_form


def booked(rows: Session, asker: Member, title: str) -> Booking:
    """A room for two hours, next week."""
    made = builders.booking(rows, builders.need(rows, builders.request(rows, asker, title=title)))
    unit = builders.unit_of(rows, builders.space(rows))
    builders.claim(rows, unit, Interval(builders.at(7, 9), builders.at(7, 11)), source="booking", booking_id=made.id)
    return made


def feed(rows: Session, owner: Member, scope: FeedScope = FeedScope.OWN, **of: Any) -> str:
    actor = actor_for(rows, owner.id)
    assert actor is not None
    secret, _row = service.make(rows, actor, "Outlook", scope, **of)
    rows.commit()
    return f"/calendars/{secret}.ics"


def titles(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.text
    shown = [str(each["summary"]) for each in Calendar.from_ical(answer.content).walk("VEVENT")]
    return sorted(each.rpartition(": ")[2] for each in shown)


def test_each_shows_its_own_bookings_and_nothing_of_others(client: TestClient[Any], rows: Session) -> None:
    asker = builders.member(rows, department="Digitalisering")
    colleague = builders.member(rows, rows.get_one(type(builders.organisation(rows)), asker.organisation_id))
    mine = booked(rows, asker, "Min")
    booked(rows, colleague, "Kollegans")
    booked(rows, builders.member(rows), "Främmande")
    assert titles(client.get(feed(rows, asker))) == ["Min"]
    assert titles(client.get(feed(rows, asker, FeedScope.ORGANISATION))) == ["Kollegans", "Min"]
    assert titles(client.get(feed(rows, asker, FeedScope.DEPARTMENT, department="Digitalisering"))) == []
    lister = builders.member(rows, rows.get_one(type(builders.organisation(rows)), mine.lender_id))
    assert titles(client.get(feed(rows, lister, FeedScope.ORGANISATION))) == ["Min"]
    assert titles(client.get(feed(rows, lister))) == []


def test_a_fetch_says_whether_it_is_as_before_and_no_cookie_goes_with_it(
    client: TestClient[Any], rows: Session
) -> None:
    asker = builders.member(rows)
    booking = booked(rows, asker, "Min")
    address = feed(rows, asker)
    first = client.get(address)
    assert first.headers["content-type"] == "text/calendar; charset=utf-8"
    assert first.headers["cache-control"] == "private, no-cache"
    assert "set-cookie" not in first.headers
    again = client.get(address, headers={"if-none-match": f'W/"x", {first.headers["etag"]}'})
    assert (again.status_code, again.content) == (304, b"")
    booking.version += 1
    rows.commit()
    changed = client.get(address, headers={"if-none-match": first.headers["etag"]})
    assert b"SEQUENCE:1" in changed.content
    rows.expire_all()
    assert rows.exec(select(CalendarFeed)).one().last_fetched_at is not None


def test_whoever_may_not_have_it_any_more_gets_nothing(client: TestClient[Any], rows: Session) -> None:
    site = builders.site(rows)
    host = builders.member(rows, roles=["hub_host"], grants={"hub_host": {"siteIds": [str(site.id)]}})
    of_site, own = feed(rows, host, FeedScope.SITE, site_id=site.id), feed(rows, host)
    assert [client.get(each).status_code for each in (of_site, own)] == [200, 200]
    host.roles, host.grants = [], {}
    rows.commit()
    assert [client.get(each).status_code for each in (of_site, own)] == [410, 200]
    host.active = False
    rows.commit()
    assert [client.get(each).status_code for each in (of_site, own)] == [410, 410]


def test_who_guesses_has_to_wait(client: TestClient[Any], rows: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CALENDARS_GUESSED, "per_minute", lambda: 2)
    CALENDARS_GUESSED.forget()
    assert [client.get("/calendars/guess.ics").status_code for _ in range(3)] == [404, 404, 429]
    CALENDARS_GUESSED.forget()


def test_the_page_makes_one_gives_it_another_address_and_revokes_it(
    client: TestClient[Any], rows: Session, signed_in: SignIn, bearer: Any
) -> None:
    asker = builders.member(rows)
    booking = booked(rows, asker, "Min")
    rows.commit()
    signed_in(client, asker)
    assert post_form(client, "/my-calendars", {"name": "", "shows": "site:x"}).status_code == 422
    made = post_form(client, "/my-calendars", {"name": "Outlook", "shows": "own"})
    first = f"/calendars/{made.text.partition('/calendars/')[2].partition('.ics')[0]}.ics"
    assert titles(client.get(first)) == ["Min"]
    (held,) = client.get("/api/v1/calendar-feeds", headers=bearer(asker)).json()["items"]
    renewed = post_form(client, f"/my-calendars/{held['id']}/renewal")
    second = f"/calendars/{renewed.text.partition('/calendars/')[2].partition('.ics')[0]}.ics"
    assert [client.get(each).status_code for each in (first, second)] == [410, 200]
    assert "plats_" not in client.get("/my-calendars", headers=HTML).text
    keys = [each["id"] for each in client.get("/api/v1/calendar-feeds", headers=bearer(asker)).json()["items"]]
    assert client.post(f"/api/v1/calendar-feeds/{keys[0]}/revocation", headers=bearer(asker)).status_code == 200
    assert client.get(second).status_code == 410
    file = client.get(f"/bookings/{booking.id}/calendar")
    assert titles(file) == ["Min"]
    assert all(words in made.text for words in ('data-copies="calendar-address"', "readonly"))
    for number in range(MOST_FEEDS):
        rows.add(CalendarFeed(member_id=asker.id, name="k", scope="own", hash=f"{number}"))
    rows.commit()
    assert post_form(client, "/my-calendars", {"name": "En till", "shows": "own"}).status_code == 409


def test_a_unit_is_named_as_the_description_says_whether_or_not_it_is_asked_for(
    client: TestClient[Any], rows: Session, bearer: Any
) -> None:
    headers, named = bearer(builders.member(rows)), {"name": "Kalender", "scope": "own"}
    for unit, status in (("", 400), (" ", 400), ("Enhet\0", 400), ("x" * 201, 400), ("x" * 200, 200)):
        answer = client.post("/api/v1/calendar-feeds", json=named | {"department": unit}, headers=headers)
        assert answer.status_code == status, (unit[:9], answer.text)
        if status == 400:
            assert [each["property"] for each in answer.json()["invalid-parameters"]] == ["department"]


def test_who_administers_a_member_sees_and_revokes_its_calendars_and_nobody_else_does(
    client: TestClient[Any], rows: Session, signed_in: SignIn, bearer: Bearer
) -> None:
    asker = builders.member(rows)
    home = rows.get_one(type(builders.organisation(rows)), asker.organisation_id)
    admin, colleague = builders.member(rows, home, roles=["admin"]), builders.member(rows, home, roles=["lister"])
    stranger = builders.member(rows, roles=["admin"])
    address = feed(rows, asker)
    key = rows.exec(select(CalendarFeed)).one().id
    listed, one = f"/api/v1/members/{asker.id}/calendar-feeds", f"/api/v1/calendar-feeds/{key}"
    for who, status in ((colleague, 403), (stranger, 404)):
        answers = client.get(listed, headers=bearer(who)), client.post(f"{one}/revocation", headers=bearer(who))
        assert [each.status_code for each in answers] == [status, status]
    (seen,) = client.get(listed, headers=bearer(admin)).json()["items"]
    assert (seen["id"], "address" in seen) == (str(key), False)
    assert client.post(f"{one}/renewal", headers=bearer(admin)).status_code == 404, "its address is its owner's alone"
    assert client.get(address).status_code == 200
    signed_in(client, admin)
    page = f"/members/{asker.id}/calendars"
    assert "Outlook" in client.get(page, headers=HTML).text
    revoked = post_form(client, f"/my-calendars/{key}/revocation")
    assert (revoked.status_code, revoked.headers["location"]) == (303, page)
    assert client.get(address).status_code == 410
    last = history(rows, "calendar_feed", key)[-1]
    assert (last.actor_id, last.to_state) == (admin.id, "revoked")
