"""The quarter before at a hub of the sample region, with what visitors answered, its figures, and what was born there.

What is over cannot be played through the use cases: it is written down as they would have left it.
"""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, col

from core.actor import Actor
from core.time import clock
from hubs.activities.models import ActivityAudience, ActivityForm, ActivityState, HubActivity, HubRegistration
from hubs.feedback.models import HubAnswer, HubSurvey, SurveyKind
from hubs.feedback.rules import quarter_of
from hubs.figures import service
from hubs.figures.models import InitiativeState
from hubs.figures.rules import InitiativeDraft
from hubs.membership.models import HubMember
from hubs.visits.models import HubVisitors
from hubs.waiting.line import Standing

HELD = (
    (ActivityForm.BREAKFAST, "Onsdagsfrukost", 7),
    (ActivityForm.BREAKFAST, "Onsdagsfrukost", 14),
    (ActivityForm.CAMPFIRE_TALK, "Så började vi dela bilar", 14),
    (ActivityForm.HOW_DO_YOU, "Hur gör ni med mallar?", 21),
)
"""In which form, what, and how many days into the quarter."""


def play(session: Session, hub_id: UUID, host: Actor, members: Sequence[Actor]) -> None:
    """Let all members have been there twice, and answered, in the quarter before; and two things have been born."""
    quarter = quarter_of(quarter_of(clock.today()) - timedelta(days=1))
    session.execute(
        update(HubMember)
        .where(col(HubMember.hub_id) == hub_id, col(HubMember.joined_at).is_not(None))
        .values(joined_at=datetime.combine(quarter, time(), clock.STOCKHOLM))
    )
    begins = datetime.combine(quarter, time(8, 15), clock.STOCKHOLM)
    for form, title, days in HELD:
        initiator = host if form is ActivityForm.BREAKFAST else members[0]
        row = _activity(hub_id, initiator, form, title, begins + timedelta(days=days))
        _held(session, row, () if form is ActivityForm.BREAKFAST else members)
    for number, member in enumerate(members):
        for days in (7, 14):
            its: dict[str, Any] = {
                "hub_id": hub_id,
                "member_id": member.member_id,
                "day": quarter + timedelta(days=days),
            }
            session.add(HubSurvey(kind=SurveyKind.VISIT, asked=True, answered=True, **its))
        said: dict[str, Any] = {"hub_id": hub_id, "quarter": quarter}
        session.add(HubAnswer(kind=SurveyKind.VISIT, first=5 - number % 3, second=5 - number % 2, **said))
        session.add(HubAnswer(kind=SurveyKind.WORTH, first=3, second=2, **said))
    session.add(HubVisitors(hub_id=hub_id, day=quarter + timedelta(days=28), visitors=9))
    for title, state in (
        ("Gemensam introduktion för nya", InitiativeState.IN_USE),
        ("Delade mallar", InitiativeState.TRIED),
    ):
        draft = InitiativeDraft(title=title, born_on=quarter + timedelta(days=21), state=state)
        service.note_initiative(session, members[0], hub_id, draft)
    session.flush()
    service.close(session, hub_id, quarter)


def _activity(hub_id: UUID, initiator: Actor, form: ActivityForm, title: str, starts: datetime) -> HubActivity:
    return HubActivity(
        hub_id=hub_id,
        organisation_id=initiator.organisation_id,
        member_id=initiator.member_id,
        form=form,
        state=ActivityState.HELD,
        audience=ActivityAudience.MEMBERS,
        title=title,
        starts=starts,
        ends=starts + timedelta(hours=1),
        set_at=starts - timedelta(days=7),
    )


def _held(session: Session, row: HubActivity, guests: Sequence[Actor]) -> None:
    """Let it have been held, with seats for its guests if there were any."""
    row.seats, row.last_number = len(guests) or None, len(guests)
    session.add(row)
    session.flush()
    for number, guest in enumerate(guests, start=1):
        its: dict[str, Any] = {"activity_id": row.id, "member_id": guest.member_id, "number": number}
        session.add(HubRegistration(state=Standing.REGISTERED, seats=1, taken=1, **its))
