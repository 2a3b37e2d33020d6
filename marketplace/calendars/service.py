"""Use cases of calendars: made, made anew, revoked, fetched."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, update
from sqlmodel import Session, col

from core.actor import Actor
from core.database import audit
from core.errors import BadInput, Conflict
from core.limits import LONGEST_NAME
from core.text import check_text
from core.time import clock
from marketplace.calendars import queries
from marketplace.calendars.models import CalendarFeed, FeedScope
from marketplace.calendars.rules import MOST_FEEDS, NOTED_EVERY
from marketplace.organisations import queries as organisations
from marketplace.organisations.tokens import new_token, token_hash

ENTITY = "calendar_feed"
MADE, REVOKED = "made", "revoked"


def make(
    session: Session,
    actor: Actor,
    name: str,
    scope: FeedScope,
    *,
    department: str | None = None,
    site_id: UUID | None = None,
) -> tuple[str, CalendarFeed]:
    """Make a calendar of one's own; what its address ends with is returned here and never again.

    Raises
    ------
    BadInput
        It has no name, nobody and nothing belongs to that unit, or there is no such site for the actor.
    Conflict
        ``too_many_calendars``: the member has as many as there may be.
    """
    check_text("name", name, least=1, most=LONGEST_NAME)
    if department is not None:
        check_text("department", department, least=1, most=LONGEST_NAME)
    department = department if scope is FeedScope.DEPARTMENT else None
    site_id = site_id if scope is FeedScope.SITE else None
    home = actor.organisation_id
    if scope is FeedScope.DEPARTMENT and not organisations.departments_known(session, home, {department or ""}):
        raise BadInput("department", department, "nobody, and nothing that is listed, belongs to it")
    if scope is FeedScope.SITE and not (site_id and queries.has_site(session, actor, site_id)):
        raise BadInput("siteId", str(site_id) if site_id else None, "choose one of the sites")
    session.refresh(organisations.member(session, actor.member_id), with_for_update=True)  # others wait to be counted
    if queries.feeds_that_hold(session, actor.member_id) >= MOST_FEEDS:
        raise Conflict("too_many_calendars", f"You have {MOST_FEEDS} calendars, which is the most. Revoke one first.")
    secret = new_token()
    made = CalendarFeed(
        member_id=actor.member_id,
        name=name.strip(),
        scope=scope,
        department=department,
        site_id=site_id,
        hash=token_hash(secret),
    )
    session.add(made)
    session.flush()
    audit.record(session, actor, ENTITY, made.id, to_state=MADE, details={"scope": scope})
    return secret, made


def renew(session: Session, actor: Actor, feed_id: UUID) -> tuple[str, CalendarFeed]:
    """Give a calendar of one's own another address: nothing is read by the one that it has.

    Raises
    ------
    NotFound
        The actor has made none such.
    BadInput, Conflict
        As `revoke` and `make`.
    """
    before = revoke(session, actor, queries.feed(session, actor, feed_id).id)
    return make(session, actor, before.name, before.scope, department=before.department, site_id=before.site_id)


def revoke(session: Session, actor: Actor, feed_id: UUID) -> CalendarFeed:
    """Let nothing be read by a calendar's address any more: one's own, or of a member that the actor administers.

    Raises
    ------
    NotFound, NotAllowed
        As `queries.feed_to_revoke`.
    Conflict
        ``already_revoked``: nothing is.
    """
    found = queries.feed_to_revoke(session, actor, feed_id)
    session.refresh(found, with_for_update=True)
    if found.revoked_at is not None:
        raise Conflict("already_revoked", "The calendar was revoked already.")
    found.revoked_at = clock.now()
    session.flush()
    audit.record(session, actor, ENTITY, found.id, to_state=REVOKED)
    return found


def note_fetch(session: Session, feed: CalendarFeed, now: datetime) -> None:
    """Note that a calendar was read, to within a minute."""
    lately = col(CalendarFeed.last_fetched_at)
    due = or_(lately.is_(None), lately < now - NOTED_EVERY)
    session.execute(update(CalendarFeed).where(col(CalendarFeed.id) == feed.id, due).values(last_fetched_at=now))
