"""What changes of a booking that is agreed on: it ends later, with all that rests on its end, or some is missing."""

from typing import Any

import pytest
from icalendar import Calendar
from litestar.testing import TestClient
from sqlmodel import Session, col, select

from core.settings import settings
from core.time.interval import from_range
from marketplace.bookings.models import Booking
from marketplace.invitations.service import invite
from marketplace.mail.models import Invitation
from marketplace.organisations.models import Member
from marketplace.papers.jobs import make_paper
from marketplace.shortfalls.models import Shortfall
from tests import builders
from tests.api.conftest import HTML, Bearer, SignIn, post_form, text_of
from tests.marketplace.proposals.deals import Deal, accept, deal


@pytest.fixture
def lent(rows: Session) -> tuple[Deal, Booking]:
    """A car with a calendar of its own, lent from tomorrow through the ninth day from now."""
    car = builders.vehicle(rows, name="Elbil 4", calendar_mailbox="elbil4@regionen.example.se")
    found = deal(rows, builders.offer(rows, car), when=[builders.days(1, 10)])
    accept(rows, found.lister, found.proposal)
    (booking,) = accept(rows, found.requester, found.proposal).bookings
    rows.commit()
    return found, booking


def test_the_borrower_asks_and_the_lender_grants_it_and_all_that_rests_on_the_end_follows(
    client: TestClient[Any],
    rows: Session,
    signed_in: SignIn,
    bearer: Bearer,
    lent: tuple[Deal, Booking],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found, booking = lent
    lender, borrower = (rows.get_one(Member, each.member_id) for each in (found.lister, found.requester))
    path = f"/bookings/{booking.id}"
    paper = client.post(f"/api/v1{path}/papers", json={}, headers=bearer(lender)).json()
    make_paper(paper["id"])
    monkeypatch.setattr(type(settings()), "invites", True)
    invite(rows)
    rows.commit()
    signed_in(client, borrower)
    before = _event(client, path)
    assert post_form(client, f"{path}/later-ends", {"untilDay": "igår"}).status_code == 422
    last = f"{builders.at(14):%Y-%m-%d}"
    post_form(client, f"{path}/later-ends", {"untilDay": last, "whyLonger": "Mässan fortsätter."})
    assert f"Låntagaren ber att få behålla det till {last}" in _told(client, path)
    assert "Låt det sluta senare" not in _told(client, path)
    signed_in(client, lender)
    assert "Mässan fortsätter." in _told(client, path)
    [asked] = client.get(f"/api/v1{path}/later-ends", headers=bearer(borrower)).json()["items"]
    refused = post_form(client, f"{path}/later-ends/{asked['id']}/refusal", {"whyNotLonger": "other"})
    assert refused.status_code == 422  # in words, with that code
    assert post_form(client, f"{path}/later-ends/{asked['id']}/acceptance").status_code == 303
    rows.expire_all()
    assert from_range(booking.during).limit == builders.at(15)
    after = _event(client, path)
    assert (after["uid"], after.decoded("dtend")) == (before["uid"], builders.at(15).date())
    assert after["sequence"] > before["sequence"]
    papers = client.get(f"/api/v1{path}/papers", headers=bearer(lender)).json()["items"]
    assert [each["addendum"] for each in papers] == [0, 1]
    invite(rows)
    [room] = rows.exec(select(Invitation).where(col(Invitation.booking_id) == booking.id)).all()
    assert (room.until, room.sequence) == (builders.at(15), 1)


def test_what_is_not_free_then_is_refused_with_until_when_it_is(
    client: TestClient[Any], rows: Session, signed_in: SignIn, bearer: Bearer, lent: tuple[Deal, Booking]
) -> None:
    found, booking = lent
    unit = builders.unit_of(rows, builders.resource_of(rows, found.offers[0]))
    builders.claim(rows, unit, builders.days(12, 14), source="owner", note="Besiktning")
    rows.commit()
    borrower = rows.get_one(Member, found.requester.member_id)
    asked = {"until": builders.at(15).isoformat()}
    path = f"/bookings/{booking.id}/later-ends"
    answer = client.post(f"/api/v1{path}", json=asked, headers=bearer(borrower))
    assert (answer.status_code, answer.json()["code"]) == (409, "not_free")
    signed_in(client, borrower)
    shown = post_form(client, path, {"untilDay": f"{builders.at(14):%Y-%m-%d}", "whyLonger": "Mässan"})
    assert shown.status_code == 409
    assert f"Det är ledigt till {builders.at(11):%Y-%m-%d} 24:00 och upptaget efter det." in text_of(shown.text)
    assert "Besiktning" not in shown.text  # that is the lender's own
    assert "Mässan" in shown.text  # what was typed is kept


def _told(client: TestClient[Any], path: str) -> str:
    return text_of(client.get(path, headers=HTML).text).replace("\u00a0", " ")


def _event(client: TestClient[Any], path: str) -> Any:
    [event] = Calendar.from_ical(client.get(f"{path}/calendar").content).walk("VEVENT")
    return event


def test_the_borrower_decides_about_what_is_missing_on_the_booking_s_page(
    client: TestClient[Any], rows: Session, signed_in: SignIn, bearer: Bearer, lent: tuple[Deal, Booking]
) -> None:
    found, booking = lent
    booking.amount = 5  # of which three are lost
    builders.added(rows, Shortfall(booking_id=booking.id, missing=3, decide_by=builders.at(1)))
    rows.commit()
    path = f"/bookings/{booking.id}"
    lender, borrower = (rows.get_one(Member, each.member_id) for each in (found.lister, found.requester))
    signed_in(client, lender)
    assert "3 är borta och saknas här." in _told(client, path)
    assert "Vad du vill i stället" not in _told(client, path)
    signed_in(client, borrower)
    assert post_form(client, f"{path}/shortfalls/decision", {"missingTo": "all"}).status_code == 422
    assert post_form(client, f"{path}/shortfalls/decision", {"missingTo": "replaced"}).status_code == 303
    assert "saknas här" not in _told(client, path)
    [told] = client.get(f"/api/v1{path}/shortfalls", headers=bearer(borrower)).json()["items"]
    assert (told["missing"], told["state"]) == (3, "replaced")
