"""Every question about activities: who sees one, what of who has registered, and which are due."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, false, func, literal, or_, select
from sqlmodel import Session, col

from core.actor import Actor, Permission
from core.database.page import DEFAULT_LIMIT, Page, read_rows
from core.database.tables import any_of
from core.errors import NotFound
from core.time import clock
from hubs.activities.models import ActivityAudience, ActivityForm, ActivityState, HubActivity, HubRegistration
from hubs.activities.rules import FOR_WEEKS, IN_LINE, may_not_be_beside
from hubs.groups.models import HubGroup
from hubs.groups.queries import in_group
from hubs.membership.models import HubMember, HubMemberState
from hubs.membership.queries import member_ids
from hubs.places.models import Hub, HubPhase
from hubs.waiting.line import Standing
from marketplace.organisations.models import Member, Organisation
from marketplace.organisations.queries import takes_part
from resources.models import Resource

AT_A_TIME = 100
"""Of what is due in one transaction."""
MOST_IN_FEED = 1000


@dataclass(frozen=True)
class ActivitySearch:
    """What is asked of the calendars; what is over comes last first."""

    hub_id: UUID | None = None
    form: ActivityForm | None = None
    over: bool = False
    group_id: UUID | None = None


ALL = ActivitySearch()


@dataclass(frozen=True)
class ActivityView:
    """An activity as somebody may read it: by whom, where, how many seats are free and how many groups wait.

    `own` is the reader's registration; `initiates` and `keeps` say what the reader is to it, `belongs` that it is a
    member of the hub or in the group whose it is. `group` is what that is called.
    """

    activity: HubActivity
    hub: Hub
    organisation: Organisation
    zone: Resource | None
    group: str | None
    free: int | None
    waiting: int
    own: HubRegistration | None
    initiates: bool
    keeps: bool
    belongs: bool

    @property
    def may_register(self) -> bool:
        """Whether the reader may register now, be it for the line."""
        row = self.activity
        is_open = row.state is ActivityState.SET and row.seats is not None and row.starts > clock.now()
        return is_open and self.own is None and (self.belongs or row.audience is ActivityAudience.EVERYBODY)


def _kept_by(actor: Actor | None) -> ColumnElement[bool]:
    """Say that the actor sets what is on at a hub, as `Actor.hosts` does."""
    if actor is None or not actor.may(Permission.HOST):
        return false()
    if actor.site_ids:
        return any_of(col(Hub.site_id), actor.site_ids)
    return col(Hub.organisation_id) == actor.organisation_id


def _belongs(actor: Actor | None) -> ColumnElement[bool]:
    if actor is None:
        return false()
    hub_id: Any = col(HubActivity.hub_id)
    at_hub = literal(actor.member_id).in_(member_ids(hub_id))
    return or_(at_hub, in_group(actor.member_id, col(HubActivity.group_id)))


def _initiated_by(actor: Actor | None) -> ColumnElement[bool]:
    return false() if actor is None else func.coalesce(col(HubActivity.member_id) == actor.member_id, false())


def _own(actor: Actor | None) -> ColumnElement[bool]:
    """Join the reader's registration, if it has one that was not given up."""
    if actor is None:
        return false()
    return and_(
        col(HubRegistration.activity_id) == col(HubActivity.id),
        col(HubRegistration.member_id) == actor.member_id,
        col(HubRegistration.state).in_(IN_LINE),
    )


def visible_to(actor: Actor | None) -> Select[*tuple[Any, ...]]:
    """Return the SELECT of what somebody may see, signed in or not, with what a view is made of.

    What was set is for its audience, and for who has registered. Before that it is for who initiated it and, once it
    is proposed, for the host.
    """
    kept, belongs, initiated = _kept_by(actor), _belongs(actor), _initiated_by(actor)
    everybody = col(HubActivity.audience) == ActivityAudience.EVERYBODY
    audience = or_(everybody, belongs, kept, col(HubRegistration.id).is_not(None))
    proposed = and_(kept, col(HubActivity.state) == ActivityState.PROPOSED)
    return (
        select(
            HubActivity,
            Hub,
            Organisation,
            Resource,
            col(HubGroup.name).label("group"),
            HubRegistration,
            initiated.label("initiates"),
            kept.label("keeps"),
            belongs.label("belongs"),
        )
        .join(Hub, col(Hub.id) == col(HubActivity.hub_id))
        .join(Organisation, col(Organisation.id) == col(HubActivity.organisation_id))
        .outerjoin(Resource, col(Resource.id) == col(HubActivity.zone_id))
        .outerjoin(HubGroup, col(HubGroup.id) == col(HubActivity.group_id))
        .outerjoin(HubRegistration, _own(actor))
        .where(
            or_(initiated, proposed, and_(col(HubActivity.set_at).is_not(None), audience)),
            or_(col(Hub.phase) != HubPhase.PREPARE, kept, initiated),
        )
    )


def activities_page(
    session: Session,
    actor: Actor | None,
    wanted: ActivitySearch = ALL,
    *,
    page: int = 1,
    limit: int = DEFAULT_LIMIT,
) -> Page[ActivityView]:
    """Return what is on: what comes, the next first; or what is over or cancelled, the last first."""
    comes = and_(col(HubActivity.ends) > clock.now(), col(HubActivity.state) != ActivityState.CANCELLED)
    found = visible_to(actor).where(~comes if wanted.over else comes)
    if wanted.hub_id is not None:
        found = found.where(col(HubActivity.hub_id) == wanted.hub_id)
    if wanted.form is not None:
        found = found.where(col(HubActivity.form) == wanted.form)
    if wanted.group_id is not None:
        found = found.where(col(HubActivity.group_id) == wanted.group_id)
    starts = col(HubActivity.starts)
    found = found.order_by(starts.desc() if wanted.over else starts, col(HubActivity.id))
    return read_rows(session, found, page, limit).of(lambda rows: _views(session, rows))


def in_feed(session: Session, hub_id: UUID, since: datetime) -> Sequence[ActivityView]:
    """Return what everybody may see of a hub's calendar, from an instant on, with what was cancelled."""
    return _since(session, visible_to(None).where(col(HubActivity.hub_id) == hub_id), since)


def in_feed_of_group(session: Session, reader: Actor, group_id: UUID, since: datetime) -> Sequence[ActivityView]:
    """Return what somebody may see of what a group has set, from an instant on, with what was cancelled."""
    set_ = (col(HubActivity.group_id) == group_id, col(HubActivity.set_at).is_not(None))
    return _since(session, visible_to(reader).where(*set_), since)


def _since(session: Session, found: Select[*tuple[Any, ...]], since: datetime) -> Sequence[ActivityView]:
    found = found.where(col(HubActivity.ends) >= since)
    found = found.order_by(col(HubActivity.starts), col(HubActivity.id)).limit(MOST_IN_FEED)
    return _views(session, session.execute(found).all())


def activity_view(session: Session, actor: Actor | None, activity_id: UUID) -> ActivityView:
    """Return an activity that somebody may see; NotFound where there is none."""
    found = session.execute(visible_to(actor).where(col(HubActivity.id) == activity_id)).one_or_none()
    if found is None:
        raise NotFound("activity", activity_id)
    return _views(session, [found])[0]


def _views(session: Session, rows: Sequence[Row[Any]]) -> list[ActivityView]:
    counted = (
        select(
            col(HubRegistration.activity_id),
            func.sum(HubRegistration.taken + HubRegistration.offered),
            func.count().filter(col(HubRegistration.taken) < col(HubRegistration.seats)),
        )
        .where(
            any_of(col(HubRegistration.activity_id), {row.HubActivity.id for row in rows}),
            col(HubRegistration.state).in_(IN_LINE),
        )
        .group_by(col(HubRegistration.activity_id))
    )
    counts = {key: (held, waiting) for key, held, waiting in session.execute(counted)} if rows else {}
    return [_view(row, *counts.get(row.HubActivity.id, (0, 0))) for row in rows]


def _view(row: Row[Any], held: int, waiting: int) -> ActivityView:
    seats = row.HubActivity.seats
    return ActivityView(
        activity=row.HubActivity,
        hub=row.Hub,
        organisation=row.Organisation,
        zone=row.Resource,
        group=row.group,
        free=None if seats is None else max(0, seats - held),
        waiting=waiting,
        own=row.HubRegistration,
        initiates=row.initiates,
        keeps=row.keeps,
        belongs=row.belongs,
    )


def registered(session: Session, activity_id: UUID) -> Sequence[Row[Any]]:
    """Return who has registered and not given it up, in order, each with its member and organisation."""
    return session.execute(
        select(HubRegistration, Member, Organisation)
        .join(Member, col(Member.id) == col(HubRegistration.member_id))
        .join(Organisation, col(Organisation.id) == col(Member.organisation_id))
        .where(col(HubRegistration.activity_id) == activity_id, col(HubRegistration.state).in_(IN_LINE))
        .order_by(col(HubRegistration.number))
    ).all()


def ever_registered(session: Session, row: HubActivity) -> Sequence[Member]:
    """Return who has registered for an activity: the absent too, and who gave it back, while that one may see it."""
    who: Any = col(HubRegistration.member_id)
    everybody = literal(row.audience is ActivityAudience.EVERYBODY)
    may_see = or_(col(HubRegistration.state).in_(IN_LINE), everybody, who.in_(member_ids(row.hub_id)))
    found = select(who).where(
        col(HubRegistration.activity_id) == row.id, or_(may_see, in_group(who, literal(row.group_id)))
    )
    return session.scalars(select(Member).where(col(Member.id).in_(found)).order_by(col(Member.id))).all()


def activity(session: Session, activity_id: UUID) -> HubActivity:
    """Return an activity, for use cases that decide who may; NotFound where there is none."""
    found = session.get(HubActivity, activity_id)
    if found is None:
        raise NotFound("activity", activity_id)
    return found


def hub(session: Session, hub_id: UUID) -> Hub:
    """Return a hub; NotFound where there is none."""
    found = session.get(Hub, hub_id)
    if found is None:
        raise NotFound("hub", hub_id)
    return found


def open_of(session: Session, hub_id: UUID, member_id: UUID) -> int:
    """Return how many drafts and proposals of a member there are at a hub."""
    own = (col(HubActivity.hub_id) == hub_id, col(HubActivity.member_id) == member_id)
    is_open = col(HubActivity.state).in_((ActivityState.DRAFT, ActivityState.PROPOSED))
    return int(session.scalars(select(func.count()).where(*own, is_open)).one())


def beside(session: Session, activity: HubActivity) -> HubActivity | None:
    """Return an activity that is set and may not go on beside another of its hub."""
    found = session.scalars(
        select(HubActivity)
        .where(
            col(HubActivity.hub_id) == activity.hub_id,
            col(HubActivity.id) != activity.id,
            col(HubActivity.state) == ActivityState.SET,
            col(HubActivity.starts) < activity.ends,
            col(HubActivity.ends) > activity.starts,
        )
        .order_by(col(HubActivity.starts), col(HubActivity.id))
    )
    return next((each for each in found if may_not_be_beside(activity.form, each.form)), None)


def series_in(session: Session, activity: HubActivity, state: ActivityState) -> Sequence[HubActivity]:
    """Return the dates of an activity's series that are in a state, in order; without a series the activity alone."""
    alone = activity.series_id is None
    same = col(HubActivity.id) == activity.id if alone else col(HubActivity.series_id) == activity.series_id
    found = select(HubActivity).where(same, col(HubActivity.state) == state)
    return session.scalars(found.order_by(col(HubActivity.starts))).all()


def seats_taken(session: Session, activity_id: UUID) -> int:
    """Return how many seats of an activity belong to somebody who waits for no more."""
    taken = select(func.coalesce(func.sum(HubRegistration.taken), 0))
    registered_ = col(HubRegistration.state) == Standing.REGISTERED
    return int(session.scalars(taken.where(col(HubRegistration.activity_id) == activity_id, registered_)).one())


def line(session: Session, activity_id: UUID) -> Sequence[HubRegistration]:
    """Return who waits for seats, or was offered some, in order."""
    waits = col(HubRegistration.state).in_((Standing.WAITING, Standing.OFFERED))
    found = select(HubRegistration).where(col(HubRegistration.activity_id) == activity_id, waits)
    return session.scalars(found.order_by(col(HubRegistration.number))).all()


def own_registration(session: Session, activity_id: UUID, member_id: UUID) -> HubRegistration | None:
    """Return a member's registration that was not given up."""
    own = (col(HubRegistration.activity_id) == activity_id, col(HubRegistration.member_id) == member_id)
    return session.scalars(select(HubRegistration).where(*own, col(HubRegistration.state).in_(IN_LINE))).one_or_none()


def registered_for(
    session: Session, hub_id: UUID, begin: datetime, end: datetime
) -> Sequence[tuple[UUID, datetime, str]]:
    """Return who has seats at what is set and starts at a hub in a time: member, when it starts, and its title."""
    found = (
        select(col(HubRegistration.member_id), col(HubActivity.starts), col(HubActivity.title))
        .join(HubActivity, col(HubActivity.id) == col(HubRegistration.activity_id))
        .where(
            col(HubActivity.hub_id) == hub_id,
            col(HubActivity.state) == ActivityState.SET,
            col(HubActivity.form).not_in(FOR_WEEKS),
            col(HubActivity.starts) >= begin,
            col(HubActivity.starts) < end,
            col(HubRegistration.state).in_(IN_LINE),
            col(HubRegistration.taken) > 0,
        )
    )
    ordered = found.order_by(col(HubActivity.starts), col(HubActivity.id))
    return [(member_id, starts, title) for member_id, starts, title in session.execute(ordered)]


def registered_since(hub_id: UUID, since: datetime) -> ColumnElement[UUID]:
    """Return a subquery of who has registered, or stands in line, for what ends at a hub after an instant, or did."""
    found = (
        select(col(HubRegistration.member_id))
        .join(HubActivity, col(HubActivity.id) == col(HubRegistration.activity_id))
        .where(
            col(HubActivity.hub_id) == hub_id,
            col(HubActivity.state).in_([ActivityState.SET, ActivityState.HELD]),
            col(HubActivity.ends) >= since,
            col(HubRegistration.state).in_(IN_LINE),
        )
    )
    return found.scalar_subquery()


def offers_over(session: Session, passed: datetime) -> Sequence[UUID]:
    """Return the activities in which somebody was offered seats and has not answered in time."""
    over = col(HubRegistration.offer_until) <= passed
    found = select(col(HubRegistration.activity_id)).where(over).distinct()
    return session.scalars(found.order_by(col(HubRegistration.activity_id)).limit(AT_A_TIME)).all()


def over(session: Session, passed: datetime) -> Sequence[UUID]:
    """Return the activities that are set and have ended."""
    ended = (col(HubActivity.state) == ActivityState.SET, col(HubActivity.ends) <= passed)
    return session.scalars(
        select(col(HubActivity.id)).where(*ended).order_by(col(HubActivity.id)).limit(AT_A_TIME)
    ).all()


def _left_hub() -> ColumnElement[bool]:
    """Say that a member has belonged to an activity's hub, does no more, and is not of the host's organisation."""
    hub_id: Any = col(HubActivity.hub_id)
    over = (HubMemberState.LEFT, HubMemberState.ENDED)
    belonged = (
        select(col(HubMember.id))
        .where(
            col(HubMember.hub_id) == col(HubActivity.hub_id),
            col(HubMember.member_id) == col(Member.id),
            col(HubMember.state).in_(over),
        )
        .exists()
    )
    of_host = col(Member.organisation_id) == col(Hub.organisation_id)
    return and_(belonged, ~of_host, col(Member.id).not_in(member_ids(hub_id)))


def of_who_left(session: Session) -> Sequence[HubActivity]:
    """Return the activities that are not over of who is kept out or has left the hub, or whose organisation has."""
    found = (
        select(HubActivity)
        .join(Hub, col(Hub.id) == col(HubActivity.hub_id))
        .join(Member, col(Member.id) == col(HubActivity.member_id))
        .join(Organisation, col(Organisation.id) == col(Member.organisation_id))
        .where(
            col(HubActivity.state).in_((ActivityState.DRAFT, ActivityState.PROPOSED, ActivityState.SET)),
            or_(~col(Member.active), ~takes_part(), _left_hub()),
        )
    )
    return session.scalars(found.order_by(col(HubActivity.id)).limit(AT_A_TIME).with_for_update(of=HubActivity)).all()


def registrations_of_who_left(session: Session, now: datetime) -> Sequence[HubRegistration]:
    """Return the registrations of such members for what has not begun; who has left the hub may come as anybody."""
    found = (
        select(HubRegistration)
        .join(HubActivity, col(HubActivity.id) == col(HubRegistration.activity_id))
        .join(Hub, col(Hub.id) == col(HubActivity.hub_id))
        .join(Member, col(Member.id) == col(HubRegistration.member_id))
        .join(Organisation, col(Organisation.id) == col(Member.organisation_id))
        .where(
            col(HubRegistration.state).in_(IN_LINE),
            col(HubActivity.starts) > now,
            col(HubActivity.state) == ActivityState.SET,
            or_(
                ~col(Member.active),
                ~takes_part(),
                and_(col(HubActivity.audience) == ActivityAudience.MEMBERS, _left_hub()),
            ),
        )
    )
    return session.scalars(found.order_by(col(HubRegistration.id)).limit(AT_A_TIME)).all()
