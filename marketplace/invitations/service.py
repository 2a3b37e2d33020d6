"""Inviting calendars to what is booked: each change is found by a sweep, and told once to those it concerns.

A date is told again only when its time changes or it is cancelled. What is told stands in rows; the mails that bring
it are written as things are when they go.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlmodel import Session, col

from core.database.tables import any_of
from core.settings import settings
from core.time import clock
from marketplace.bookings.dates import occurrences
from marketplace.bookings.models import Booking
from marketplace.bookings.queries import counted_claims
from marketplace.bookings.rules import GOING_ON
from marketplace.invitations import queries
from marketplace.invitations.queries import ToInvite
from marketplace.invitations.rules import MOST_DATES
from marketplace.mail.models import Invitation, Mail
from marketplace.mail.rules import CalendarAnswer
from marketplace.offers.models import Offer
from resources.models import Resource

AT_A_TIME = 100
"""Bookings that are looked at in one transaction, and things with another calendar."""


@dataclass(frozen=True)
class Calendar:
    """Where dates are told: the address of what is taken, or a member."""

    organisation_id: UUID
    address: str | None = None
    member_id: UUID | None = None

    @classmethod
    def of(cls, invitation: Invitation) -> "Calendar":
        """Return the one that was invited."""
        return cls(invitation.organisation_id, invitation.address, invitation.member_id)


def note_calendars(session: Session) -> int:
    """Have the bookings looked at of what has got another calendar, or none any more; return how many things have."""
    if not settings().invites:
        return 0
    ids = queries.resources_told_anew(session, AT_A_TIME)
    offers = select(col(Offer.id)).where(col(Offer.resource_id).in_(queries.sharing_units(ids)))
    going_on = (col(Booking.offer_id).in_(offers), col(Booking.state).in_(GOING_ON))
    unchanged = {"updated_at": col(Booking.updated_at)}  # nothing of it has
    session.execute(update(Booking).where(*going_on).values(invited_version=None, **unchanged))
    told = {"mailbox_told": col(Resource.calendar_mailbox), "updated_at": col(Resource.updated_at)}
    session.execute(update(Resource).where(any_of(col(Resource.id), ids)).values(**told))
    return len(ids)


def invite(session: Session) -> int:
    """Tell calendars of bookings that have changed; return how many were looked at.

    Where no mail comes in they are only marked: nobody could answer.
    """
    found = queries.to_look_at(session, AT_A_TIME)
    ids = [each.booking.id for each in found]
    if ids and settings().invites:
        wishing = queries.wishing(session, frozenset().union(*(each.people for each in found)))
        known = queries.invitations_to(session, ids)
        for each in found:
            _tell(session, each, wishing, [row for row in known if row.booking_id == each.booking.id])
    looked_at = {"invited_version": col(Booking.version), "updated_at": col(Booking.updated_at)}
    session.execute(update(Booking).where(any_of(col(Booking.id), ids)).values(**looked_at))
    return len(ids)


def _tell(session: Session, of: ToInvite, wishing: dict[UUID, UUID], known: Sequence[Invitation]) -> None:
    """Tell the calendars of a booking what has changed in it; whom it was told before hears of it in any case."""
    calendars = {Calendar(home, member_id=key) for key, home in wishing.items() if key in of.people}
    calendars |= {Calendar.of(each) for each in known if each.member_id is not None}
    calendars |= {Calendar(of.booking.lender_id, address=each) for each in of.mailboxes}
    if not calendars and not known:
        return
    told = {(Calendar.of(each), each.start): each for each in known}
    dates = {each.start: each.end for each in occurrences(counted_claims(session, of.booking.id))[:MOST_DATES]}
    wanted = {(each, start): end for each in calendars for start, end in dates.items() if end is not None}
    now = clock.now()
    new = [_made(of.booking.id, each, start, wanted[each, start]) for each, start in _new(wanted, told, now)]
    session.add_all(new)
    changed = [row for key, row in told.items() if _change(row, wanted.get(key), now)]
    send(session, [*new, *changed])


def _new(
    wanted: dict[tuple[Calendar, datetime], datetime], told: Iterable[tuple[Calendar, datetime]], now: datetime
) -> list[tuple[Calendar, datetime]]:
    return [key for key in wanted.keys() - set(told) if wanted[key] > now]


def _made(booking_id: UUID, calendar: Calendar, start: datetime, until: datetime) -> Invitation:
    return Invitation(
        booking_id=booking_id,
        organisation_id=calendar.organisation_id,
        address=calendar.address,
        member_id=calendar.member_id,
        start=start,
        until=until,
    )


def _change(row: Invitation, until: datetime | None, now: datetime) -> bool:
    """Let an invitation last until then, or be cancelled where it has no end; return whether that has to be told."""
    if row.until <= now and (until is None or until <= now):
        return False
    if until is None:
        is_news = not row.cancelled and row.answer is not CalendarAnswer.DECLINED  # who has declined knows
        row.cancelled, row.sequence = True, row.sequence + is_news
        return is_news
    if not row.cancelled and row.until == until:
        return False
    row.until, row.cancelled = until, False
    ask_again(row)
    return True


def ask_again(invitation: Invitation) -> None:
    """Wait for an answer to what is told now: those to what was told before count no more."""
    invitation.sequence += 1
    invitation.answer, invitation.answered_at, invitation.ignored = CalendarAnswer.WAITING, None, None
    invitation.proposed_start = invitation.proposed_until = None


def send(session: Session, invitations: Sequence[Invitation]) -> None:
    """Put what invitations tell into the outbox, where it does not wait there already."""
    session.flush()
    now, waiting = clock.now(), queries.waiting_mails(session, [each.id for each in invitations])
    due = sorted((each for each in invitations if each.id not in waiting), key=lambda each: each.start)
    session.add_all(Mail(invitation_id=each.id, created_at=now, due_at=now) for each in due)
    session.flush()
