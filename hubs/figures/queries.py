"""Every question about a hub's figures: who may read them, what they are made of, and those that were made."""

from collections.abc import Sequence
from datetime import date, time
from typing import Any
from uuid import UUID

from sqlalchemy import Select, case, distinct, func, or_, select
from sqlmodel import Session, col

from core.actor import Actor
from core.database.page import DEFAULT_LIMIT, Page, read_page
from core.errors import NotFound
from core.time.opening import local_instant
from hubs.activities.models import ActivityState, HubActivity, HubRegistration
from hubs.feedback.models import HubAnswer, HubSurvey, SurveyKind
from hubs.feedback.rules import quarter_after
from hubs.figures.counting import ActivityNote, FigureName, QuarterLog
from hubs.figures.models import HubInitiative, HubQuarter
from hubs.membership.models import HubMember, HubMemberState
from hubs.membership.queries import is_member
from hubs.places.models import Hub, HubRoleHolder
from hubs.places.queries import hosted_hub
from hubs.visits.queries import visitors
from hubs.waiting.line import Standing
from marketplace.organisations.models import Member, Organisation


def readable(session: Session, actor: Actor, hub_id: UUID) -> Hub:
    """Return a hub whose figures and initiatives the actor may read: a member, a host, or of who answers for the hub.

    Raises
    ------
    NotFound
        The actor is none of them.
    """
    row = session.get(Hub, hub_id)
    if row is None or not (hosts(actor, row) or _belongs(session, actor, hub_id)):
        raise NotFound("hub of yours", hub_id)
    return row


def hosts(actor: Actor, hub: Hub) -> bool:
    """Tell whether the actor is host of a hub."""
    return actor.hosts(hub.site_id, hub.organisation_id)


def quarters_page(
    session: Session, actor: Actor, hub_id: UUID, page: int = 1, limit: int = DEFAULT_LIMIT
) -> Page[HubQuarter]:
    """Return the quarters of a hub that are closed, the last first. Raises NotFound."""
    readable(session, actor, hub_id)
    found = select(HubQuarter).where(col(HubQuarter.hub_id) == hub_id).order_by(col(HubQuarter.begins).desc())
    return read_page(session, found, page, limit)


def words(session: Session, actor: Actor, row: HubQuarter) -> Sequence[str]:
    """Return what was added in words in a quarter in which five people or more answered, by the alphabet; for hosts."""
    if not hosts(actor, readable(session, actor, row.hub_id)) or not row.tells_of(FigureName.SATISFACTION):
        return ()
    return session.scalars(_words(row)).all()


def words_page(session: Session, actor: Actor, hub_id: UUID, page: int = 1, limit: int = DEFAULT_LIMIT) -> Page[str]:
    """Return `words` of the quarter that was closed last.

    Raises
    ------
    NotFound, NotAllowed
        The actor does not see the hub, or is not host of it.
    """
    hosted_hub(session, actor, hub_id)
    last = select(HubQuarter).where(col(HubQuarter.hub_id) == hub_id).order_by(col(HubQuarter.begins).desc()).limit(1)
    row = session.scalars(last).one_or_none()
    if row is None or not row.tells_of(FigureName.SATISFACTION):
        return Page((), page, limit, 0)
    return read_page(session, _words(row), page, limit)


def _words(row: HubQuarter) -> Select[str]:
    of_quarter = (
        col(HubAnswer.hub_id) == row.hub_id,
        col(HubAnswer.quarter) == row.begins,
        col(HubAnswer.kind) == SurveyKind.VISIT,
    )
    found = select(col(HubAnswer.words)).where(*of_quarter, col(HubAnswer.words) != "")
    return found.order_by(col(HubAnswer.words), col(HubAnswer.id))


def initiatives_page(
    session: Session, actor: Actor, hub_id: UUID, page: int = 1, limit: int = DEFAULT_LIMIT
) -> Page[HubInitiative]:
    """Return what was born at a hub, the youngest first. Raises NotFound."""
    readable(session, actor, hub_id)
    found = select(HubInitiative).where(col(HubInitiative.hub_id) == hub_id)
    return read_page(session, found.order_by(col(HubInitiative.born_on).desc(), col(HubInitiative.id)), page, limit)


def initiative(session: Session, hub_id: UUID, initiative_id: UUID) -> HubInitiative:
    """Return an initiative of a hub; NotFound where there is none."""
    row = session.get(HubInitiative, initiative_id)
    if row is None or row.hub_id != hub_id:
        raise NotFound("initiative", initiative_id)
    return row


def log_of(session: Session, hub_id: UUID, quarter: date) -> QuarterLog:
    """Return what was noted of a hub's quarter: the same whenever it is asked, once it is over."""
    after = quarter_after(quarter)
    return QuarterLog(
        members=tuple((each.member_id, each.organisation_id) for each in session.execute(_members(hub_id, quarter))),
        visits=tuple((each.member_id, each.day) for each in session.execute(_visits(hub_id, quarter, after))),
        activities=tuple(ActivityNote(*each) for each in session.execute(_activities(hub_id, quarter, after))),
        answers=tuple((each.kind, each.first, each.second) for each in session.execute(_answers(hub_id, quarter))),
        initiatives=session.scalars(_born(hub_id, quarter, after)).one(),
        visitors=visitors(session, hub_id, quarter, after),
        answerers=session.scalars(_answerers(hub_id, quarter, after)).one(),
    )


def hubs_with_last(session: Session) -> Sequence[tuple[Hub, date | None]]:
    """Return all hubs with the quarter that was closed last."""
    found = (
        select(Hub, func.max(col(HubQuarter.begins)))
        .outerjoin(HubQuarter, col(HubQuarter.hub_id) == col(Hub.id))
        .group_by(col(Hub.id))
        .order_by(col(Hub.id))
    )
    return [(hub, last) for hub, last in session.execute(found)]


def _belongs(session: Session, actor: Actor, hub_id: UUID) -> bool:
    """Tell whether the actor is a member of a hub, or of an organisation that has a role there."""
    held = (col(HubRoleHolder.hub_id) == hub_id, col(HubRoleHolder.organisation_id) == actor.organisation_id)
    role = select(col(HubRoleHolder.id)).where(*held).limit(1)
    return is_member(session, hub_id, actor.member_id) or session.scalars(role).one_or_none() is not None


def _members(hub_id: UUID, quarter: date) -> Select[*tuple[Any, ...]]:
    """Who had joined before the end of a quarter, and had not left before its beginning."""
    begin, end = _instants(quarter)
    over = (HubMemberState.LEFT, HubMemberState.ENDED)
    there = or_(
        col(HubMember.state) == HubMemberState.ACTIVE,
        col(HubMember.state).in_(over) & (col(HubMember.updated_at) >= begin),
    )
    return (
        select(col(HubMember.member_id), col(Member.organisation_id))
        .join(Member, col(Member.id) == col(HubMember.member_id))
        .where(col(HubMember.hub_id) == hub_id, col(HubMember.joined_at) < end, there)
        .distinct()
        .order_by(col(HubMember.member_id))
    )


def _visits(hub_id: UUID, quarter: date, after: date) -> Select[*tuple[Any, ...]]:
    return (
        select(col(HubSurvey.member_id), col(HubSurvey.day))
        .where(
            col(HubSurvey.hub_id) == hub_id,
            col(HubSurvey.kind) == SurveyKind.VISIT,
            col(HubSurvey.day) >= quarter,
            col(HubSurvey.day) < after,
        )
        .order_by(col(HubSurvey.member_id), col(HubSurvey.day))
    )


def _activities(hub_id: UUID, quarter: date, after: date) -> Select[*tuple[Any, ...]]:
    begin, end = local_instant(quarter, time()), local_instant(after, time())
    came = col(HubRegistration.state) == Standing.REGISTERED
    return (
        select(
            col(HubActivity.id),
            col(HubActivity.form),
            col(Organisation.kind),
            func.coalesce(func.sum(case((came, col(HubRegistration.taken)), else_=0)), 0),
            func.count(distinct(case((came, col(Member.organisation_id))))),
        )
        .join(Organisation, col(Organisation.id) == col(HubActivity.organisation_id))
        .outerjoin(HubRegistration, col(HubRegistration.activity_id) == col(HubActivity.id))
        .outerjoin(Member, col(Member.id) == col(HubRegistration.member_id))
        .where(
            col(HubActivity.hub_id) == hub_id,
            col(HubActivity.state).in_((ActivityState.SET, ActivityState.HELD)),
            col(HubActivity.ends) >= begin,
            col(HubActivity.ends) < end,
        )
        .group_by(col(HubActivity.id), col(Organisation.kind))
        .order_by(col(HubActivity.id))
    )


def _answerers(hub_id: UUID, quarter: date, after: date) -> Select[int]:
    its = (col(HubSurvey.hub_id) == hub_id, col(HubSurvey.kind) == SurveyKind.VISIT, col(HubSurvey.answered))
    of_quarter = (col(HubSurvey.day) >= quarter, col(HubSurvey.day) < after)
    return select(func.count(distinct(col(HubSurvey.member_id)))).where(*its, *of_quarter)


def _answers(hub_id: UUID, quarter: date) -> Select[*tuple[Any, ...]]:
    said = (col(HubAnswer.kind), col(HubAnswer.first), col(HubAnswer.second))
    return select(*said).where(col(HubAnswer.hub_id) == hub_id, col(HubAnswer.quarter) == quarter).order_by(*said)


def _born(hub_id: UUID, quarter: date, after: date) -> Select[int]:
    born = (col(HubInitiative.born_on) >= quarter, col(HubInitiative.born_on) < after)
    return select(func.count()).select_from(HubInitiative).where(col(HubInitiative.hub_id) == hub_id, *born)


def _instants(quarter: date) -> tuple[Any, Any]:
    return local_instant(quarter, time()), local_instant(quarter_after(quarter), time())
