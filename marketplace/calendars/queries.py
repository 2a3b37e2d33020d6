"""Every question about calendars. One is listed for whoever made it, and for who administers that member.

What it shows, its owner has to see now.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlmodel import Session, col

from competence.models import StaffCapacity
from core.actor import Actor, Permission, check_may
from core.database.tables import any_of, by_swedish
from core.errors import NotFound
from core.time.interval import to_range
from marketplace.bookings import queries as bookings
from marketplace.bookings.models import Booking, BookingState
from marketplace.bookings.queries import MOST_SITES, BookingView
from marketplace.calendars.models import CalendarFeed, FeedScope
from marketplace.calendars.rules import CANCELLED_FOR, MOST_BOOKINGS, MOST_LISTED, window
from marketplace.offers.models import Offer
from marketplace.organisations import queries as organisations
from marketplace.organisations.tokens import token_hash
from marketplace.requests.models import Request
from resources.models import Resource, Site


def feeds(session: Session, actor: Actor) -> Sequence[CalendarFeed]:
    """Return the actor's own calendars: those that hold, and then the last that were revoked."""
    return _listed(session, _own(actor))


def feeds_of(session: Session, actor: Actor, member_id: UUID) -> Sequence[CalendarFeed]:
    """Return the same of a member that the actor administers.

    Raises
    ------
    NotFound, NotAllowed
        The actor sees no such member, or does not administer it.
    """
    check_may(actor, Permission.ADMINISTER, organisations.member_seen(session, actor, member_id).organisation_id)
    return _listed(session, select(CalendarFeed).where(col(CalendarFeed.member_id) == member_id))


def feed(session: Session, actor: Actor, feed_id: UUID) -> CalendarFeed:
    """Return a calendar of the actor's own; NotFound where there is none."""
    found = session.scalars(_own(actor).where(col(CalendarFeed.id) == feed_id)).one_or_none()
    if found is None:
        raise NotFound("calendar_feed", feed_id)
    return found


def feed_to_revoke(session: Session, actor: Actor, feed_id: UUID) -> CalendarFeed:
    """Return a calendar of the actor's own, or of a member that it administers.

    Raises
    ------
    NotFound, NotAllowed
        There is none, or none of a member that the actor sees; the actor does not administer that one.
    """
    found = session.get(CalendarFeed, feed_id)
    if found is None:
        raise NotFound("calendar_feed", feed_id)
    if found.member_id != actor.member_id:
        check_may(actor, Permission.ADMINISTER, _home_of(session, actor, found))
    return found


def feeds_that_hold(session: Session, member_id: UUID) -> int:
    """Return how many calendars a member has that were not revoked."""
    mine = (col(CalendarFeed.member_id) == member_id, col(CalendarFeed.revoked_at).is_(None))
    return int(session.scalars(select(func.count()).where(*mine)).one())


def feed_at(session: Session, secret: str) -> CalendarFeed | None:
    """Return the calendar whose address ends so, revoked or not."""
    return session.scalars(select(CalendarFeed).where(col(CalendarFeed.hash) == token_hash(secret))).one_or_none()


def reader_of(session: Session, feed: CalendarFeed) -> Actor | None:
    """Return for whom a calendar is read; nobody where it was revoked, or its owner may not have it any more."""
    actor = organisations.actors_for(session, [feed.member_id]).get(feed.member_id)
    if actor is None or feed.revoked_at is not None:
        return None
    return actor if feed.site_id is None or has_site(session, actor, feed.site_id) else None


def has_site(session: Session, actor: Actor, site_id: UUID) -> bool:
    """Tell whether the actor may have a calendar of a site: of its organisation's, and of those that it is host of."""
    found = select(col(Site.id)).where(_sites(actor), col(Site.id) == site_id)
    return session.scalars(found).one_or_none() is not None


def sites(session: Session, actor: Actor) -> Sequence[Site]:
    """Return the sites of which the actor may have a calendar, in order, so many at most."""
    return session.scalars(
        select(Site).where(_sites(actor)).order_by(by_swedish(col(Site.name))).limit(MOST_SITES)
    ).all()


def site_names(session: Session, feeds: Collection[CalendarFeed]) -> dict[UUID, str]:
    """Return what the sites of calendars are called."""
    ids = {each.site_id for each in feeds if each.site_id is not None}
    found = select(col(Site.id), col(Site.name)).where(any_of(col(Site.id), ids))
    return dict(session.execute(found).all()) if ids else {}


def booked(session: Session, actor: Actor, feed: CalendarFeed, now: datetime) -> list[BookingView]:
    """Return what a calendar shows: so many bookings at most, those that begin first."""
    cancelled = col(Booking.state) == BookingState.CANCELLED
    found = (
        bookings.visible_to(actor)
        .where(
            _within(actor, feed),
            col(Booking.during).op("&&")(to_range(window(now))),
            or_(~cancelled, col(Booking.updated_at) >= now - CANCELLED_FOR),
        )
        .order_by(func.lower(Booking.during), col(Booking.id))
        .limit(MOST_BOOKINGS)
    )
    return bookings.views(session, actor, found)


def _listed(session: Session, found: Select[CalendarFeed]) -> Sequence[CalendarFeed]:
    ended = col(CalendarFeed.revoked_at).is_not(None)
    return session.scalars(found.order_by(ended, col(CalendarFeed.id).desc()).limit(MOST_LISTED)).all()


def _home_of(session: Session, actor: Actor, feed: CalendarFeed) -> UUID:
    """Return of which organisation a calendar's owner is, where the actor sees its members; NotFound elsewhere."""
    try:
        return organisations.member_seen(session, actor, feed.member_id).organisation_id
    except NotFound as error:
        raise NotFound("calendar_feed", feed.id) from error


def _own(actor: Actor) -> Select[CalendarFeed]:
    return select(CalendarFeed).where(col(CalendarFeed.member_id) == actor.member_id)


def _sites(actor: Actor) -> ColumnElement[bool]:
    return or_(col(Site.organisation_id) == actor.organisation_id, any_of(col(Site.id), actor.site_ids))


def _within(actor: Actor, feed: CalendarFeed) -> ColumnElement[bool]:
    """Return which bookings are in a calendar. Of an organisation's, also its coordinators see their own's alone."""
    home = actor.organisation_id
    lends, borrows = col(Booking.lender_id) == home, col(Booking.borrower_id) == home
    match feed.scope:
        case FeedScope.OWN:
            return or_(
                _asked(col(Request.member_id) == actor.member_id),
                _lent(col(Offer.member_id) == actor.member_id),
                _lent(_is_about(actor)),
            )
        case FeedScope.DEPARTMENT:
            ours = _lent(col(Resource.department) == feed.department)
            return or_(and_(lends, ours), and_(borrows, _asked(col(Request.department) == feed.department)))
        case FeedScope.SITE:
            return _lent(col(Resource.site_id) == feed.site_id)
        case FeedScope.ORGANISATION:
            return or_(lends, borrows)


def _asked(which: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(col(Request.id) == col(Booking.request_id), which)


def _lent(which: ColumnElement[bool]) -> ColumnElement[bool]:
    resource = and_(col(Resource.id) == col(Offer.resource_id), col(Offer.id) == col(Booking.offer_id))
    return exists().where(resource, which)


def _is_about(actor: Actor) -> ColumnElement[bool]:
    return exists().where(
        col(StaffCapacity.resource_id) == col(Resource.id), col(StaffCapacity.member_id) == actor.member_id
    )
