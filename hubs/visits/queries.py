"""Every question about visits: who comes is for the host, whom one has invited for oneself."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, or_, select, tuple_
from sqlmodel import Session, col

from core.actor import Actor
from core.database.page import DEFAULT_LIMIT, Page, read_rows
from core.time import clock
from hubs.membership.models import HubMember
from hubs.places.models import Hub, HubOpenHouse, HubPhase
from hubs.places.queries import hosted_hub
from hubs.presence.queries import open_days, room_of, rows_of
from hubs.presence.rules import Coming, coming, monday_of
from hubs.visits.models import HubVisit, HubVisitors, VisitKind, VisitState
from marketplace.mail.models import Mail
from marketplace.mail.rules import MailKind
from marketplace.organisations.models import Member, Organisation

_ORDER = (col(HubVisit.day), col(HubVisit.first_name), col(HubVisit.id))

AT_A_TIME = 500
"""Visits that are called off in one sweep; the next goes on."""


@dataclass(frozen=True)
class VisitView:
    """A visit where it leads to, and who has invited to it: a first name, and an organisation."""

    visit: HubVisit
    hub: Hub
    invited_by: tuple[str, str] | None


@dataclass(frozen=True)
class AnnouncedVisit:
    """A visit for who may act on it, and whether a mail about it came to nothing."""

    visit: HubVisit
    unreached: bool


def visit_view(session: Session, visit_id: UUID) -> VisitView | None:
    """Return a visit that is not over, for who has the link to it."""
    row = session.get(HubVisit, visit_id)
    if row is None or row.day < clock.today():
        return None
    found = (
        select(col(HubMember.first_name), col(Organisation.name))
        .join(Member, col(Member.id) == col(HubMember.member_id))
        .join(Organisation, col(Organisation.id) == col(Member.organisation_id))
        .where(col(HubMember.hub_id) == row.hub_id, col(HubMember.member_id) == row.member_id)
        .order_by(col(HubMember.joined_at).desc().nulls_last(), col(HubMember.id))
    )
    by = session.execute(found.limit(1)).one_or_none() if row.member_id else None
    return VisitView(row, session.get_one(Hub, row.hub_id), (by[0], by[1]) if by else None)


def visit_of(session: Session, mail: Mail) -> VisitView | None:
    """Return the visit that a mail asks about, or says is called off; None where that is so no more."""
    view = visit_view(session, mail.of_id) if mail.of_id else None
    told = VisitState.ASKED if mail.kind is MailKind.VISIT else VisitState.CALLED_OFF
    return view if view and view.visit.state is told else None


def who_comes(
    session: Session, actor: Actor, hub_id: UUID, page: int = 1, limit: int = DEFAULT_LIMIT
) -> Page[AnnouncedVisit]:
    """Return who has said that it comes from today on, the first day first, and who could not be told that its visit
    is called off; for the hub's hosts.

    Raises
    ------
    NotFound, NotAllowed
        The actor does not see the hub, or is not host of it.
    """
    hosted_hub(session, actor, hub_id)
    off = (col(HubVisit.state) == VisitState.CALLED_OFF) & _unreached()
    return _announced(session, page, limit, _of(hub_id), or_(col(HubVisit.state) == VisitState.COMES, off))


def invited(
    session: Session, actor: Actor, hub_id: UUID, page: int = 1, limit: int = DEFAULT_LIMIT
) -> Page[AnnouncedVisit]:
    """Return whom the actor has invited from today on, be they asked still."""
    return _announced(session, page, limit, _of(hub_id), col(HubVisit.member_id) == actor.member_id)


def invited_count(session: Session, member_id: UUID, hub_id: UUID) -> int:
    """Count whom a member has invited from today on."""
    return _count(session, _of(hub_id), col(HubVisit.member_id) == member_id)


def has_invited(session: Session, member_id: UUID, hub_id: UUID, day: date, email: str) -> bool:
    """Tell whether a member has invited an address to a hub on a day that was not called off."""
    its = (_of(hub_id), col(HubVisit.day) == day, col(HubVisit.email) == email)
    own = (col(HubVisit.member_id) == member_id, col(HubVisit.state) != VisitState.CALLED_OFF)
    return _count(session, *its, *own) > 0


def asked_count(session: Session, *, hub_id: UUID | None = None, email: str | None = None) -> int:
    """Count the visits of a hub, or by one address, that are not answered yet."""
    of = col(HubVisit.hub_id) == hub_id if hub_id else col(HubVisit.email) == email
    return _count(session, of, col(HubVisit.state) == VisitState.ASKED)


def without_day(session: Session, today: date) -> Sequence[HubVisit]:
    """Return the visits from a day on, locked, to hubs that are closed, for good or that day by their opening hours, or
    to open houses that are no more.
    """
    open_house = exists().where(
        col(HubOpenHouse.hub_id) == col(HubVisit.hub_id),
        col(HubOpenHouse.first) <= col(HubVisit.day),
        col(HubOpenHouse.last) >= col(HubVisit.day),
    )
    gone = (col(HubVisit.kind) == VisitKind.OPEN_HOUSE) & ~open_house
    closed = tuple_(col(HubVisit.hub_id), col(HubVisit.day)).in_(_closed_days(session, today))
    off = or_(col(Hub.phase) == HubPhase.CLOSED, gone, closed)
    found = (
        select(HubVisit)
        .join(Hub, col(Hub.id) == col(HubVisit.hub_id))
        .where(col(HubVisit.day) >= today, col(HubVisit.state) != VisitState.CALLED_OFF, off)
    )
    ordered = found.order_by(col(HubVisit.day), col(HubVisit.id)).limit(AT_A_TIME)
    return session.scalars(ordered.with_for_update(of=HubVisit, skip_locked=True)).all()


def _closed_days(session: Session, today: date) -> list[tuple[UUID, date]]:
    """Return the days from one on for which somebody is expected at a hub that is closed then."""
    expected = (col(HubVisit.day) >= today, col(HubVisit.state) != VisitState.CALLED_OFF)
    found = session.execute(select(col(HubVisit.hub_id), col(HubVisit.day)).where(*expected).distinct())
    days = [(hub_id, day) for hub_id, day in found]
    weeks = {(hub_id, monday_of(day)) for hub_id, day in days}
    opened = {(hub_id, day) for hub_id, monday in weeks for day in open_days(session, hub_id, monday)}
    return [each for each in days if each not in opened]


def is_full(session: Session, hub_id: UUID, day: date) -> bool:
    """Tell whether as many come on a day, members who plan to and visitors, as the zones have seats."""
    room = room_of(session, hub_id)
    if room is None:
        return False
    planned = sum(coming(row, day) is Coming.PLANS for row in rows_of(session, hub_id, monday_of(day)))
    comes = (col(HubVisit.hub_id) == hub_id, col(HubVisit.day) == day, col(HubVisit.state) == VisitState.COMES)
    return planned + _count(session, *comes) >= room


def visitors(session: Session, hub_id: UUID, first: date, after: date) -> tuple[tuple[date, int], ...]:
    """Return how many visitors a hub had, by the day, on days from one on and before another, which are over: those
    who were counted, and those who are yet to be.
    """
    last = min(after, clock.today())
    of_hub = (col(HubVisitors.hub_id) == hub_id, col(HubVisitors.day) >= first, col(HubVisitors.day) < last)
    counted = select(col(HubVisitors.day), col(HubVisitors.visitors)).where(*of_hub)
    came = (col(HubVisit.hub_id) == hub_id, col(HubVisit.state) == VisitState.COMES)
    over = (col(HubVisit.day) >= first, col(HubVisit.day) < last)
    to_count = select(col(HubVisit.day), func.count()).where(*came, *over).group_by(col(HubVisit.day))
    by_day: Counter[date] = Counter()
    for day, number in (*session.execute(counted), *session.execute(to_count)):
        by_day[day] += number
    return tuple(sorted(by_day.items()))


def _announced(session: Session, page: int, limit: int, *which: ColumnElement[bool]) -> Page[AnnouncedVisit]:
    found = select(HubVisit, _unreached().label("unreached")).where(*which).order_by(*_ORDER)
    return read_rows(session, found, page, limit).of(
        lambda rows: [AnnouncedVisit(row.HubVisit, row.unreached) for row in rows]
    )


def _unreached() -> ColumnElement[bool]:
    return exists().where(col(Mail.of_id) == col(HubVisit.id), col(Mail.failed_at).is_not(None))


def _of(hub_id: UUID) -> ColumnElement[bool]:
    return (col(HubVisit.hub_id) == hub_id) & (col(HubVisit.day) >= clock.today())


def _count(session: Session, *conditions: ColumnElement[bool]) -> int:
    return session.scalars(select(func.count()).select_from(HubVisit).where(*conditions)).one()
