"""A term of activities at a hub of the sample region, initiated, set and registered for as anybody's are."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session

from core.actor import Actor
from core.time import clock
from hubs.activities import registering, service
from hubs.activities.models import ActivityAudience, ActivityForm, HubActivity
from hubs.activities.rules import ActivityDraft

WEEKS = 10
WEDNESDAY = 2
EVERYBODY, MEMBERS = ActivityAudience.EVERYBODY, ActivityAudience.MEMBERS


def play(session: Session, hub_id: UUID, host: Actor, members: Sequence[Actor], room_id: UUID) -> None:
    """Let there be breakfasts, a talk that is full and for which groups stand in line, a deep dive, and a proposal."""
    first, second, *others = members
    breakfast = ActivityDraft(
        form=ActivityForm.BREAKFAST, audience=MEMBERS, title="Onsdagsfrukost", **_at(0, time(8, 15), 60)
    )
    _set(session, host, host, service.initiate(session, host, hub_id, breakfast, WEEKS))
    asked = ActivityDraft(
        form=ActivityForm.HOW_DO_YOU,
        audience=EVERYBODY,
        title="Hur gör ni när ni delar lokaler?",
        about="En frågar, de andra svarar. Ta med ett exempel från din organisation.",
        zone_id=room_id,
        seats=6,
        **_at(1, time(13), 90),
    )
    (talk,) = _set(session, host, first, service.initiate(session, first, hub_id, asked))
    for guest, seats in zip(others, (4, 3, 1, 2), strict=False):
        registering.register(session, guest, talk.id, seats)
    dive = ActivityDraft(
        form=ActivityForm.DEEP_DIVE,
        audience=EVERYBODY,
        title="Djupdykning: återbruk",
        seats=20,
        **_at(3, time(10), 360),
    )
    _set(session, host, second, service.initiate(session, second, hub_id, dive))
    idea = ActivityDraft(
        form=ActivityForm.CAMPFIRE_TALK, audience=MEMBERS, title="Mitt första år", **_at(4, time(12), 45)
    )
    (proposed,) = service.initiate(session, second, hub_id, idea)
    service.propose(session, second, proposed.id)


def _set(session: Session, host: Actor, initiator: Actor, made: list[HubActivity]) -> list[HubActivity]:
    service.propose(session, initiator, made[0].id)
    for error in filter(None, service.set_series(session, host, made[0].id).values()):
        raise error
    return made


def _at(weeks: int, at: time, minutes: int) -> dict[str, Any]:
    """Return a time on a Wednesday so many weeks after the next."""
    today = clock.today()
    day = today + timedelta(days=(WEDNESDAY - today.weekday() - 1) % 7 + 1, weeks=weeks)
    starts = datetime.combine(day, at, clock.STOCKHOLM)
    return {"starts": starts, "ends": starts + timedelta(minutes=minutes)}
