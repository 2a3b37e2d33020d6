"""A room's own calendar is invited to what is booked, and its answer counts: through real mail servers both ways."""

import smtplib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from icalendar import Calendar, Event, vCalAddress
from litestar.testing import TestClient
from sqlalchemy import Engine, update
from sqlmodel import Session, col, select

from api.calendars.answers import answer_in
from api.mail.inbound import door
from api.mail.jobs import sweep_mail
from core.database import db
from core.database.audit import history
from core.settings import settings
from core.time import clock
from core.time.interval import Interval, from_range
from marketplace.bookings import service as bookings
from marketplace.bookings.models import Booking, BookingState
from marketplace.bookings.queries import counted_claims
from marketplace.mail.models import Invitation, Mail
from marketplace.mail.rules import CalendarAnswer, IgnoredAnswer
from marketplace.notices.models import Notice
from marketplace.organisations.models import Member
from marketplace.requests.models import Need, NeedState
from resources.models import Resource
from tests import builders
from tests.api.conftest import Bearer
from tests.api.mail.mailbox_server import INSTALLED, mailboxes
from tests.api.mail.postman import Postman, at_the_door
from tests.marketplace.proposals.deals import Deal, accept, deal

_answers = count(1)
DOMAIN, ROOM = "svar.example.se", "sal@lokaler.example.se"


@dataclass
class Room:
    """A booked room with a calendar of its own, what has come to that, and how it answers through the real door."""

    made: Deal
    booking_id: UUID
    postman: Postman
    port: int

    def sweep(self) -> list[EmailMessage]:
        """Send what is due, and return what has come to the room by now."""
        sweep_mail()
        return self.postman.to(ROOM)

    def invited(self) -> Event:
        """Return the event of the last invitation."""
        return event_in(self.sweep()[-1])

    def answer(self, partstat: str, *, sender: str = ROOM, attendee: str = ROOM, to: str = "", **changes: Any) -> None:
        """Answer the last invitation, with changes."""
        last = self.sweep()[-1]
        organizer = str(event_in(last)["organizer"]).removeprefix("mailto:")
        bring(self.port, answer_to(last, partstat, attendee=attendee, **changes), sender, to or organizer)

    def state(self) -> BookingState:
        """Return what has become of the booking."""
        with db.unit_of_work() as session:
            return session.get_one(Booking, self.booking_id).state

    def invitation(self) -> Invitation:
        """Return what is known of the last invitation."""
        with db.unit_of_work() as session:
            found = select(Invitation).where(col(Invitation.booking_id) == self.booking_id)
            return session.exec(found.order_by(col(Invitation.id).desc())).first()  # type: ignore[return-value]


def event_in(letter: EmailMessage) -> Event:
    """Return the event that a mail brings."""
    (event,) = Calendar.from_ical(calendar_in(letter).get_content()).walk("VEVENT")
    return event


def calendar_in(letter: EmailMessage) -> EmailMessage:
    """Return the part of a mail that is a calendar."""
    return next(each for each in letter.walk() if each.get_content_type() == "text/calendar")  # type: ignore[return-value]


def answer_to(
    letter: EmailMessage, partstat: str, *, attendee: str = ROOM, method: str = "REPLY", **changes: Any
) -> str:
    """Write what a room's calendar program answers, later than all before: a stamp has no fractions of a second."""
    before, made, event = event_in(letter), Calendar(), Event()
    made.add("prodid", "-//Rum//SV")
    made.add("version", "2.0")
    made.add("method", method)
    who = vCalAddress(f"mailto:{attendee}")
    who.params["PARTSTAT"] = partstat
    event.add("attendee", who)
    for name in ("uid", "sequence", "dtstart", "dtend", "organizer"):
        if name not in changes:
            event[name] = before[name]
    later = datetime.now(UTC) + timedelta(seconds=next(_answers))
    for name, value in ({"dtstamp": later} | changes).items():
        event.add(name, value)
    made.add_component(event)
    return made.to_ical().decode()


def bring(port: int, calendar: str, sender: str, to: str) -> None:
    """Bring an answer to the door, as the room's mail server does; no person has written it."""
    made = EmailMessage()
    made["From"], made["To"], made["Auto-Submitted"] = sender, to, "auto-replied"
    made.set_content("Svar")
    made.add_alternative(calendar, subtype="calendar", params={"method": "REPLY"})
    with smtplib.SMTP("127.0.0.1", port) as server:
        server.send_message(made, from_addr=sender, to_addrs=[to])


@pytest.fixture
def room(engine: Engine, postman: Postman, monkeypatch: pytest.MonkeyPatch) -> Iterator[Room]:
    """A room that is booked for one time, which both sides have agreed on."""
    monkeypatch.setenv("PLATSVERKET_MAIL_IN_DOMAIN", DOMAIN)
    settings.cache_clear()
    door.SENDERS.forget()
    with db.unit_of_work() as session:
        made = deal(session, builders.offer(session, builders.space(session, calendar_mailbox=ROOM)))
        accept(session, made.lister, made.proposal)
        accept(session, made.requester, made.proposal)
        booking_id = session.exec(select(Booking.id)).one()
    with at_the_door() as port:
        yield Room(made, booking_id, postman, port)


@pytest.mark.skipif(not INSTALLED, reason="without Debian's dovecot-imapd: apt install dovecot-imapd")
def test_a_room_reads_its_invitation_by_imap_declines_and_the_need_is_open_again(room: Room) -> None:
    (letter,) = room.sweep()
    assert letter.get_content_type() == "multipart/alternative"
    assert room.sweep() == [letter], "told once"
    with mailboxes() as server:
        server.deliver(letter)
        (read,) = server.read(ROOM)
        event = event_in(read)
    part = read.get_body(("plain",))
    assert part is not None
    assert "avböjs" in part.get_content()
    assert (calendar_in(read).get_param("method"), event["sequence"], event["transp"]) == ("REQUEST", 0, "OPAQUE")
    assert event["attendee"] == f"mailto:{ROOM}"
    assert event["organizer"].removeprefix("mailto:") == read["from"].addresses[0].addr_spec
    with db.unit_of_work() as session:
        (claim,) = counted_claims(session, room.booking_id)
        during = from_range(claim.during)
    assert (event.decoded("dtstart"), event.decoded("dtend")) == (during.start, during.end)
    bring(room.port, answer_to(read, "DECLINED"), ROOM, event["organizer"].removeprefix("mailto:"))
    assert room.state() is BookingState.CANCELLED
    with db.unit_of_work() as session:
        assert session.get_one(Need, room.made.needs[0].id).state is NeedState.OPEN
        assert counted_claims(session, room.booking_id) == []
        told = session.exec(select(Notice).where(col(Notice.code) == "room_declined")).all()
        assert {each.organisation_id for each in told} == {
            room.made.lister.organisation_id,
            room.made.requester.organisation_id,
        }
        last = history(session, "booking", room.booking_id)[-1]
        assert (last.actor_id, last.to_state, last.reason_code) == (None, "cancelled", "room_declined")
    assert len(room.sweep()) == 1, "who has declined is not told that it is cancelled"


def test_a_yes_is_noted_and_a_cancellation_is_told_with_the_same_uid_and_the_next_sequence(room: Room) -> None:
    first = room.invited()
    for partstat, answer in (("TENTATIVE", CalendarAnswer.TENTATIVE), ("ACCEPTED", CalendarAnswer.ACCEPTED)):
        room.answer(partstat)
        assert (room.invitation().answer, room.state()) == (answer, BookingState.AGREED)
    with db.unit_of_work() as session:
        bookings.cancel(session, room.made.lister, room.booking_id, "no_longer_available")
    letter = room.sweep()[-1]
    event = event_in(letter)
    assert (event["uid"], event["sequence"], event["status"]) == (first["uid"], 1, "CANCELLED")
    assert (calendar_in(letter).get_param("method"), len(room.postman.to(ROOM))) == ("CANCEL", 2)
    room.answer("ACCEPTED")
    assert room.invitation().ignored is IgnoredAnswer.OVER


def test_what_is_forged_outdated_repeated_or_unreadable_does_nothing_and_is_said(room: Room) -> None:
    room.invited()
    old = datetime.now(UTC)
    room.answer("ACCEPTED")
    wrong: list[tuple[dict[str, Any], IgnoredAnswer]] = [
        ({"sender": "annan@example.se"}, IgnoredAnswer.OTHER_SENDER),
        ({"attendee": "annan@example.se"}, IgnoredAnswer.OTHER_SENDER),
        ({"sequence": 7}, IgnoredAnswer.OUTDATED),
        ({"uid": "någon annans"}, IgnoredAnswer.OUTDATED),
        ({"dtstamp": old}, IgnoredAnswer.OUTDATED),
        ({"method": "PUBLISH"}, IgnoredAnswer.UNREADABLE),
        ({"method": "COUNTER", "dtstart": clock.now() - timedelta(hours=1)}, IgnoredAnswer.UNREADABLE),
        ({"method": "COUNTER", "dtend": clock.now() + timedelta(days=999)}, IgnoredAnswer.UNREADABLE),
    ]
    for changes, why in wrong:
        room.answer("DECLINED", **changes)
        assert (room.invitation().ignored, room.invitation().answer) == (why, CalendarAnswer.ACCEPTED), changes
    organizer = room.invited()["organizer"].removeprefix("mailto:")
    for text in ("BEGIN:VCALENDAR\r\n" * 3, "nej", "BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\n" + "X:y\r\n" * 20_000):
        bring(room.port, text, ROOM, organizer)
        assert room.invitation().ignored is IgnoredAnswer.UNREADABLE
    changed = organizer[:30] + ("b" if organizer[30] == "a" else "a") + organizer[31:]
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        room.answer("DECLINED", to=changed)
    assert room.state() is BookingState.AGREED
    with db.unit_of_work() as session:
        bookings.cancel(session, room.made.requester, room.booking_id, "no_longer_needed")
        told = session.exec(select(Notice.id)).all()
    bring(room.port, answer_to(room.postman.to(ROOM)[-1], "DECLINED"), ROOM, organizer)  # it is not told of that yet
    assert room.invitation().ignored is IgnoredAnswer.OVER
    with db.unit_of_work() as session:
        assert session.exec(select(Notice.id)).all() == told


def test_another_time_is_shown_and_a_person_decides(
    room: Room, client: TestClient[Any], rows: Session, bearer: Bearer
) -> None:
    booked = room.invited()
    start = booked.decoded("dtstart") + timedelta(days=1)
    ahead = datetime.now(UTC) + timedelta(hours=3)  # its clock is wrong, and put right before the next answer
    room.answer("TENTATIVE", method="COUNTER", dtstart=start, dtend=start + timedelta(hours=2), dtstamp=ahead)
    key = room.invitation().id
    path, people = f"/api/v1/bookings/{room.booking_id}/invitations", (room.made.requester, room.made.lister)
    asker, lister = (bearer(rows.get_one(Member, each.member_id)) for each in people)
    (shown,) = client.get(path, headers=asker).json()["items"]
    assert (shown["answer"], datetime.fromisoformat(shown["proposedStart"])) == ("proposed", start)
    assert client.post(f"{path}/{key}/acceptance", headers=lister).status_code == 403
    other = builders.booking(rows, rows.get_one(Need, room.made.needs[0].id)).id
    rows.commit()
    for answer in ("acceptance", "refusal"):
        elsewhere = client.post(f"/api/v1/bookings/{other}/invitations/{key}/{answer}", headers=asker)
        assert elsewhere.status_code == 404, "it is another booking's"
    again = client.post(f"{path}/{key}/refusal", headers=asker)
    assert (again.json()["answer"], room.invited()["sequence"]) == ("waiting", 1)
    assert room.invited().decoded("dtstart") == booked.decoded("dtstart")
    room.answer("TENTATIVE", method="COUNTER", dtstart=start, dtend=start + timedelta(hours=2))
    assert client.post(f"{path}/{key}/acceptance", headers=asker).status_code == 200
    assert client.post(f"{path}/{key}/acceptance", headers=asker).json()["type"].endswith("nothing-to-decide")
    ended, moved = sorted((event_in(each) for each in room.sweep()[-2:]), key=lambda each: str(each["status"]))
    assert (ended["uid"], ended["status"], moved["status"]) == (booked["uid"], "CANCELLED", "CONFIRMED")
    assert moved.decoded("dtstart") == start
    with db.unit_of_work() as session:
        during = from_range(session.get_one(Booking, room.booking_id).during)
        assert during == Interval(start, start + timedelta(hours=2))


def test_a_hall_s_booking_is_told_to_its_parts_too_and_a_part_s_to_its_hall(room: Room) -> None:
    whole, a, b = addresses = [f"{each}@lokaler.example.se" for each in ("salen", "a", "b")]
    with db.unit_of_work() as session:
        hall = builders.hall(session, calendar_mailbox=whole)
        its = select(Resource).where(col(Resource.part_of_id) == hall.id).order_by(col(Resource.name))
        parts = session.exec(its).all()
        for lent, address, day in ((hall, whole, 8), (parts[0], a, 9)):
            lent.calendar_mailbox = address
            during = Interval(builders.at(day, 9), builders.at(day, 11))
            made = deal(session, builders.offer(session, lent), when=[during])
            accept(session, made.lister, made.proposal)
            accept(session, made.requester, made.proposal)
    room.sweep()
    with db.unit_of_work() as session:
        session.get_one(Resource, parts[1].id).calendar_mailbox = b  # named later: it is told of what is booked
    room.sweep()
    told = {address: {str(event_in(each)["uid"]) for each in room.postman.to(address)} for address in addresses}
    assert (len(told[whole]), told[a], len(told[b])) == (2, told[whole], 1)
    assert told[b] < told[whole], "the booking of the hall, not that of the other part"
    letter = room.postman.to(b)[-1]
    bring(room.port, answer_to(letter, "DECLINED", attendee=b), b, event_in(letter)["organizer"].partition(":")[2])
    room.sweep()
    ended = [each for each in room.postman.to(whole) if event_in(each).get("status") == "CANCELLED"]
    assert [str(event_in(each)["uid"]) for each in ended] == [*told[b]], "what a part declines is off for the hall"


def test_of_several_dates_the_one_that_is_declined_goes_and_the_others_stand(room: Room) -> None:
    with db.unit_of_work() as session:
        (claim,) = counted_claims(session, room.booking_id)
        first = from_range(claim.during)
        assert first.end is not None
        later = Interval(first.start + timedelta(days=7), first.end + timedelta(days=7))
        unit = builders.unit_of(session, session.exec(select(Resource)).one())
        builders.claim(session, unit, later, source="booking", booking_id=room.booking_id)
    last = max(room.sweep(), key=lambda each: event_in(each).decoded("dtstart"))
    organizer = event_in(last)["organizer"].removeprefix("mailto:")
    bring(room.port, answer_to(last, "DECLINED"), ROOM, organizer)
    with db.unit_of_work() as session:
        assert [from_range(each.during) for each in counted_claims(session, room.booking_id)] == [first]
    assert room.state() is BookingState.AGREED


def test_a_calendar_that_is_named_later_or_changed_is_told_and_members_get_invitations_if_they_wish(room: Room) -> None:
    room.sweep()
    new = "ny@lokaler.example.se"
    with db.unit_of_work() as session:
        session.execute(update(Resource).values(calendar_mailbox=new))
        asker = session.get_one(Member, room.made.requester.member_id)
        asker.mail_choices = {"invitations": "at_once"}
        email = asker.email
    ended = room.sweep()[-1]
    (begun,), (own,) = room.postman.to(new), room.postman.to(email)
    assert event_in(ended)["status"] == "CANCELLED"
    assert event_in(begun)["uid"] == event_in(own)["uid"] == event_in(ended)["uid"]
    assert event_in(own)["attendee"].params["RSVP"] == "FALSE"
    bring(room.port, answer_to(own, "DECLINED", attendee=email), email, own["from"].addresses[0].addr_spec)
    assert room.state() is BookingState.AGREED, "a member's own calendar decides nothing"
    with db.unit_of_work() as session:
        assert session.exec(select(Mail.id).where(col(Mail.sent_at).is_(None))).all() == []


@pytest.mark.parametrize("text", [b"", b"\xff\xfe", b"BEGIN:VCALENDAR\r\n" * 2000, b"a;" * 24_000, b"X" * 50_001])
def test_hostile_calendars_are_no_answers(text: bytes) -> None:
    assert answer_in(text) is None
