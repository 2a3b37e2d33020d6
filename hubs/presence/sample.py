"""What members of the sample region's hubs say of themselves and of next week, in which they ask which day to come."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlmodel import Session

from core.actor import Actor
from core.time import clock
from hubs.presence import queries, service
from hubs.presence.models import Audience
from hubs.presence.rules import WeekDraft, monday_of
from hubs.profiles.models import ProfileAudience, ProfilePart
from hubs.profiles.rules import ProfileDraft
from hubs.profiles.service import save

TOPICS = ("facilitering", "direktupphandling", "klarspråk", "tjänstedesign")


def play(session: Session, hub_id: UUID, members: Sequence[Actor]) -> None:
    """Let each member know a topic, want to learn another one's, and ask for one of three days; every other tells all
    hubs what it knows.
    """
    monday = monday_of(clock.today()) + timedelta(weeks=1)
    days = queries.open_days(session, hub_id, monday)
    for number, member in enumerate(members):
        can, learns = (TOPICS[(number + later) % len(TOPICS)] for later in (0, 1))
        told_to = dict.fromkeys(ProfilePart, ProfileAudience.HOSTS if number % 2 else ProfileAudience.ALL_HUBS)
        save(session, member, hub_id, ProfileDraft(can=(can,), learns=(learns,), told_to=told_to))
        could = frozenset(days[(number + each) % len(days)] for each in range(3))
        service.say(session, member, hub_id, WeekDraft(monday=monday, could=could, told_to=Audience.MEMBERS, visits=1))
    service.plan(session, hub_id, monday)
