"""Use cases of presence: say when one comes or could, ask which day to come, be told, and be forgotten."""

from datetime import date, timedelta
from uuid import UUID

import numpy as np
from sqlalchemy import delete, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col

from core.actor import Actor
from core.database import changes
from core.limits import refuse_if
from core.time import clock
from hubs.groups import service as groups
from hubs.places.models import Hub
from hubs.presence import queries
from hubs.presence.meetings import worth_of_meetings
from hubs.presence.models import HubWeek
from hubs.presence.planning import Week, plan_week
from hubs.presence.rules import REGISTERED_POINTS, WEEKDAYS, WeekDraft, closed_faults
from hubs.profiles import queries as profiles
from hubs.profiles.service import forget_left, has_left
from marketplace.notices.rules import NoticeCode
from marketplace.notices.service import notify
from marketplace.organisations.models import Member

ENTITY = "hub_week"


def say(session: Session, actor: Actor, hub_id: UUID, draft: WeekDraft, *, if_version: int | None = None) -> HubWeek:
    """Replace what the actor has said of a week. Who asks for other days than before is answered anew.

    The plan of the week is made anew for all who ask, as whom they would meet may not come any more.

    Raises
    ------
    BadInput, NotFound, VersionChanged
        It is no week that may be spoken of, or the hub is closed; the actor is no member; it was changed meanwhile.
    """
    row = _kept(session, actor, hub_id, draft.monday)
    refuse_if(closed_faults(draft, queries.open_days(session, hub_id, draft.monday)))
    over = {day for day in (*row.plans, *row.could) if day < clock.today()}
    values = {
        "plans": sorted(draft.plans | (over & set(row.plans))),
        "could": sorted(draft.could | (over & set(row.could))),
        "told_to": draft.told_to,
        "visits": draft.visits,
    }
    asked_before = (row.plans, row.could, row.visits)
    changes.change(session, actor, ENTITY, row, values, if_version=if_version)
    if (row.plans, row.could, row.visits) != asked_before:
        row.advised = [day for day in row.advised if day < clock.today() and draft.visits is not None]
        row.answered_at, row.moved = None, False
        session.flush()
        asking = (col(HubWeek.hub_id) == hub_id, col(HubWeek.monday) == draft.monday, col(HubWeek.visits).is_not(None))
        session.execute(update(HubWeek).where(*asking).values(due=True))
    session.refresh(row)
    return row


def plan(session: Session, hub_id: UUID, monday: date) -> int:
    """Make the plan of a week for all who ask, tell those for whom it is new, and return how many these are.

    Each is told other days than before once in a week at most. Today is settled.
    """
    rows = queries.rows_of(session, hub_id, monday, lock=True)
    days = [day for day in queries.open_days(session, hub_id, monday) if day > clock.today()]
    asking = [row for row in rows if row.visits is not None]
    members = [row.member_id for row in rows]
    worth = worth_of_meetings(members, profiles.profiles(session, members), profiles.contacts(session, hub_id))
    room = queries.room_of(session, hub_id)
    on = queries.registered_for(session, hub_id, monday)
    activities = np.array([[REGISTERED_POINTS * len(on.get((each, day), [])) for day in days] for each in members])
    week = Week(rows, days, worth, activities, len(rows) if room is None else room)
    told = plan_week(week) if days and asking else {}
    count = sum(_tell(session, row, days, told.get(row.id, [])) for row in asking)
    of_week = (col(HubWeek.hub_id) == hub_id, col(HubWeek.monday) == monday)
    session.execute(update(HubWeek).where(*of_week).values(due=False, planned_at=clock.now()))
    return count


def forget(session: Session, today: date) -> None:
    """Delete the weeks that are over, and all that those have said who belong to a hub no more."""
    session.execute(delete(HubWeek).where(col(HubWeek.monday) <= today - timedelta(days=WEEKDAYS)))
    session.execute(delete(HubWeek).where(has_left(col(HubWeek.hub_id), col(HubWeek.member_id))))
    forget_left(session)
    groups.forget_left(session)


def _tell(session: Session, row: HubWeek, days: list[date], told: list[date]) -> bool:
    before = [day for day in row.advised if day in days]
    if row.answered_at is not None and before == told:
        return False
    row.moved = row.answered_at is not None
    row.advised = [day for day in row.advised if day not in days] + told
    row.answered_at = clock.now()
    row.version += 1
    session.flush()
    notify(
        session,
        [session.get_one(Member, row.member_id).organisation_id],
        NoticeCode.HUB_DAYS,
        "hub",
        row.hub_id,
        member_id=row.member_id,
        hub=session.get_one(Hub, row.hub_id).name,
        days=[str(day) for day in told],
        monday=str(row.monday),
        moved=row.moved,
    )
    return True


def _kept(session: Session, actor: Actor, hub_id: UUID, monday: date) -> HubWeek:
    """Return the actor's row, made first where there is none: of two who make it at once one does."""
    row = queries.own_week(session, actor, hub_id, monday)
    if row in session:
        return row
    session.execute(insert(HubWeek).values(row.model_dump()).on_conflict_do_nothing())
    return queries.own_week(session, actor, hub_id, monday)
