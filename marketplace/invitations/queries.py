"""Every question about invitations."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from core.actor import Actor
from core.database.page import DEFAULT_LIMIT, Page, read_page
from core.database.tables import any_of
from core.errors import NotFound
from marketplace.bookings import queries as bookings
from marketplace.bookings.models import Booking
from marketplace.bookings.queries import BookingView
from marketplace.mail.models import Invitation, Mail
from marketplace.mail.rules import MailFrequency, NoticeGroup
from marketplace.offers.models import Offer
from marketplace.organisations import queries as organisations
from marketplace.organisations.models import Member, Organisation
from marketplace.requests.models import Request
from resources.models import Resource, ResourceUnit


@dataclass(frozen=True)
class Invited:
    """What a mail invites to: the date of a booking, as its reader may see it, and where the mail goes."""

    mail: Mail
    invitation: Invitation
    view: BookingView
    address: str
    language: str


@dataclass(frozen=True)
class ToInvite:
    """A booking with the calendars of what it takes, and those who asked and offered."""

    booking: Booking
    mailboxes: frozenset[str]
    people: frozenset[UUID]


def to_look_at(session: Session, most: int) -> list[ToInvite]:
    """Return bookings that have changed since calendars were invited to them, locked."""
    changed = (
        select(col(Booking.id))
        .where(col(Booking.invited_version).is_distinct_from(col(Booking.version)))
        .order_by(col(Booking.id))
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    ids = session.scalars(changed).all()
    found = (
        select(Booking, col(Offer.resource_id), col(Request.member_id), col(Offer.member_id))
        .join(Request, col(Request.id) == col(Booking.request_id))
        .join(Offer, col(Offer.id) == col(Booking.offer_id))
        .where(any_of(col(Booking.id), ids))
        .order_by(col(Booking.id))
        .execution_options(populate_existing=True)
    )
    rows = session.execute(found).all()
    taken = _mailboxes_taken(session, {lent for _booking, lent, _asks, _lends in rows})
    return [
        ToInvite(booking, frozenset(taken[lent]), frozenset({asks, lends} - {None}))
        for booking, lent, asks, lends in rows
    ]


def _mailboxes_taken(session: Session, resource_ids: Collection[UUID]) -> defaultdict[UUID, set[str]]:
    """Return the calendars that are busy with resources: their own, of a hall its parts', of a part its hall's."""
    theirs, mailbox = aliased(ResourceUnit), col(Resource.calendar_mailbox)
    found = (
        select(col(ResourceUnit.resource_id), mailbox)
        .join(theirs, col(theirs.unit_id) == col(ResourceUnit.unit_id))
        .join(Resource, col(Resource.id) == col(theirs.resource_id))
        .where(any_of(col(ResourceUnit.resource_id), resource_ids), mailbox.is_not(None))
    )
    taken: defaultdict[UUID, set[str]] = defaultdict(set)
    for lent, address in session.execute(found):
        taken[lent].add(address)
    return taken


def sharing_units(resource_ids: Collection[UUID]) -> Select[UUID]:
    """Return the query of what takes the same units as resources do, these among them."""
    theirs = aliased(ResourceUnit)
    shared = select(col(theirs.resource_id)).join(ResourceUnit, col(ResourceUnit.unit_id) == col(theirs.unit_id))
    return shared.where(any_of(col(ResourceUnit.resource_id), resource_ids))


def resources_told_anew(session: Session, most: int) -> Sequence[UUID]:
    """Return what has another calendar than its bookings were looked through by, locked."""
    found = select(col(Resource.id)).where(col(Resource.calendar_mailbox).is_distinct_from(col(Resource.mailbox_told)))
    return session.scalars(found.order_by(col(Resource.id)).limit(most).with_for_update(skip_locked=True)).all()


def wishing(session: Session, member_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Return which members want invitations, with their organisations."""
    wish = col(Member.mail_choices)[NoticeGroup.INVITATIONS.value].astext == MailFrequency.AT_ONCE.value
    found = select(col(Member.id), col(Member.organisation_id)).where(
        any_of(col(Member.id), member_ids), col(Member.active), wish
    )
    return dict(session.execute(found).all())


def invitations_to(session: Session, booking_ids: Collection[UUID]) -> Sequence[Invitation]:
    """Return who was invited to bookings, by date."""
    found = select(Invitation).where(any_of(col(Invitation.booking_id), booking_ids))
    return session.scalars(found.order_by(col(Invitation.start), col(Invitation.id))).all()


def page_of(
    session: Session, actor: Actor, booking_id: UUID, page: int = 1, limit: int = DEFAULT_LIMIT
) -> Page[Invitation]:
    """Return to which dates the calendar of what is lent was invited, in order, for either side and who coordinates.

    Raises
    ------
    NotFound
        The actor may not see the booking, or is of neither side.
    """
    booking = session.scalars(bookings.visible_to(actor).where(col(Booking.id) == booking_id)).one_or_none()
    if booking is None or not (actor.coordinates or actor.organisation_id in {booking.lender_id, booking.borrower_id}):
        raise NotFound("booking", booking_id)
    return read_page(session, _of_things(booking_id), page, limit)


def of_things(session: Session, booking_id: UUID) -> Sequence[Invitation]:
    """Return the same of a booking that was found."""
    return session.scalars(_of_things(booking_id)).all()


def _of_things(booking_id: UUID) -> Select[Invitation]:
    found = select(Invitation).where(col(Invitation.booking_id) == booking_id, col(Invitation.member_id).is_(None))
    return found.order_by(col(Invitation.start), col(Invitation.id))


def of_thing(session: Session, booking_id: UUID, invitation_id: UUID) -> Invitation:
    """Return one of them as it now is, locked until the transaction ends.

    Raises
    ------
    NotFound
        There is none of that booking.
    """
    found = _of_things(booking_id).where(col(Invitation.id) == invitation_id)
    locked = found.with_for_update().execution_options(populate_existing=True)
    invitation = session.scalars(locked).one_or_none()
    if invitation is None:
        raise NotFound("invitation", invitation_id)
    return invitation


def answered(session: Session, invitation_id: UUID) -> tuple[Invitation, Booking]:
    """Return an invitation with its booking, as they now are, locked until the transaction ends.

    Raises
    ------
    NotFound
        There is none.
    """
    known = session.get(Invitation, invitation_id)
    if known is None:
        raise NotFound("invitation", invitation_id)
    booking = session.get_one(Booking, known.booking_id, with_for_update=True, populate_existing=True)
    return session.get_one(Invitation, invitation_id, with_for_update=True, populate_existing=True), booking


def waiting_mails(session: Session, invitation_ids: Collection[UUID]) -> set[UUID]:
    """Return for which invitations a mail waits that nobody is sending: it tells them as they are when it goes."""
    found = select(col(Mail.invitation_id)).where(
        any_of(col(Mail.invitation_id), invitation_ids),
        col(Mail.sent_at).is_(None),
        col(Mail.failed_at).is_(None),
        col(Mail.taken_until).is_(None),
    )
    return {each for each in session.scalars(found) if each is not None}


def invited(session: Session, mail: Mail) -> Invited | None:
    """Return what a mail invites to; None where its reader is nobody's any more."""
    invitation = session.get(Invitation, mail.invitation_id)
    if invitation is None:
        return None
    member = organisations.member(session, invitation.member_id) if invitation.member_id else None
    reader = _reader(session, invitation)
    if reader is None:
        return None
    found = bookings.visible_to(reader).where(col(Booking.id) == invitation.booking_id)
    views = bookings.views(session, reader, found)
    address = member.email if member else invitation.address
    return Invited(mail, invitation, views[0], address, reader.language) if views and address else None


def _reader(session: Session, invitation: Invitation) -> Actor | None:
    """Return for whom an invitation is written: a member, or a room, which sees what its organisation does."""
    if invitation.member_id is not None:
        return organisations.actors_for(session, [invitation.member_id]).get(invitation.member_id)
    home = session.get_one(Organisation, invitation.organisation_id)
    return Actor(invitation.id, home.name, home.id, home.county_code)
