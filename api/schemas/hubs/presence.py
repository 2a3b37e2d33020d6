"""A hub's people and their days on the wire."""

from datetime import date, datetime, timedelta
from typing import Annotated, Self
from uuid import UUID

from msgspec import Meta, field

from api.schemas.base import FILLED_IN, KEPT, Wire, each_limited, limited
from core.limits import LONGEST_CODE, LONGEST_LISTED
from core.time import clock
from hubs.presence.meetings import Why
from hubs.presence.models import Audience, HubWeek
from hubs.presence.queries import AdvisedDay, DayView
from hubs.presence.rules import WEEKDAYS, Coming, WeekDraft, monday_of
from hubs.profiles.directory import PersonAtHubs
from hubs.profiles.models import HubProfile, ProfileAudience, ProfilePart
from hubs.profiles.queries import Person
from hubs.profiles.rules import MOST_TOPICS, ProfileDraft

_ID = "01980000-0000-7000-8000-00000000000{}"
Topics = Annotated[
    list[Annotated[str, each_limited(minLength=1, maxLength=LONGEST_CODE, pattern=FILLED_IN)]],
    limited(max_items=MOST_TOPICS),
]
Days = Annotated[list[date], limited("Days of the week that are not over.", max_items=WEEKDAYS)]
Visits = Annotated[int | None, limited("How many days you ask for, at most.", minimum=1, maximum=WEEKDAYS)]


class HubAudiences(Wire):
    """Whom each part of a profile is told."""

    name: ProfileAudience = ProfileAudience.NOBODY
    organisation: ProfileAudience = ProfileAudience.NOBODY
    can: ProfileAudience = ProfileAudience.NOBODY
    learns: ProfileAudience = ProfileAudience.NOBODY
    wonders: ProfileAudience = ProfileAudience.NOBODY


class HubProfileIn(Wire):
    """What you say of yourself, the same at all your hubs. Nobody finds you without your first name."""

    can: Topics = field(default_factory=list)
    learns: Topics = field(default_factory=list)
    wonders: Annotated[str, limited(max_length=LONGEST_LISTED, pattern=KEPT)] = ""
    told_to: HubAudiences = field(default_factory=HubAudiences)

    @classmethod
    def example(cls) -> Self:
        """Return what a facilitator says to all members."""
        told = HubAudiences(name=ProfileAudience.MEMBERS, can=ProfileAudience.MEMBERS, learns=ProfileAudience.CHOSEN)
        return cls(can=["facilitering"], learns=["upphandling"], wonders="Hur gör ni med mallar?", told_to=told)

    def draft(self) -> ProfileDraft:
        """Return it as hubs know it."""
        told_to = {part: ProfileAudience(getattr(self.told_to, part.value)) for part in ProfilePart}
        return ProfileDraft(can=tuple(self.can), learns=tuple(self.learns), wonders=self.wonders, told_to=told_to)


class HubProfileOut(HubProfileIn):
    """What you say of yourself, as it is kept."""


class HubPersonOut(Wire):
    """A member as you are told of it: what is not told to you is empty."""

    id: UUID
    first_name: str
    organisation: str
    can: list[str]
    learns: list[str]
    wonders: str
    chosen: Annotated[bool, Meta(description="Whether you tell it what you tell the chosen. It does not learn so.")]
    wanted: Annotated[bool, Meta(description="Whether you want to meet it. It does not learn so.")]

    @classmethod
    def example(cls) -> Self:
        """Return a facilitator."""
        return cls(
            id=UUID(_ID.format(1)),
            first_name="Medlem",
            organisation="Exempelmyndigheten",
            can=["facilitering"],
            learns=[],
            wonders="",
            chosen=False,
            wanted=True,
        )


class HubNamed(Wire):
    """A hub by its name."""

    id: UUID
    name: str


class HubPersonAnywhereOut(Wire):
    """A member of hubs as it tells the members of all hubs: what is not told so is empty."""

    id: UUID
    first_name: str
    organisation: str
    can: list[str]
    learns: list[str]
    wonders: str
    hubs: Annotated[list[HubNamed], Meta(description="To which it belongs, by name.")]

    @classmethod
    def example(cls) -> Self:
        """Return a facilitator of one hub."""
        return cls(
            id=UUID(_ID.format(1)),
            first_name="Medlem",
            organisation="Exempelmyndigheten",
            can=["facilitering"],
            learns=[],
            wonders="",
            hubs=[HubNamed(id=UUID(_ID.format(2)), name="Hubben")],
        )


class HubContactIn(Wire):
    """What you note of somebody; nobody else learns of it."""

    chosen: bool
    wanted: bool

    @classmethod
    def example(cls) -> Self:
        """Return a wish to meet."""
        return cls(chosen=False, wanted=True)


class HubPersonComing(Wire):
    """Somebody who tells you that it comes on a day, or could."""

    person: HubPersonOut
    coming: Coming


class HubDayOut(Wire):
    """A day: about how many come, and who does of those who tell you."""

    day: date
    at_least: Annotated[int, Meta(description="A multiple of five: smaller numbers are told to nobody.")]
    people: list[HubPersonComing]


class HubReasonOut(Wire):
    """Why you would meet somebody."""

    why: Why
    topic: str


class HubMeetingOut(Wire):
    """Somebody whom you would meet who tells you its name and its days."""

    person: HubPersonOut
    reasons: list[HubReasonOut]


class HubAdviceOut(Wire):
    """A day that you are told to come."""

    day: date
    activities: Annotated[list[str], Meta(description="The titles of what you have registered for on that day.")]
    meetings: list[HubMeetingOut]


class HubWeekIn(Wire):
    """When you come in a week and could come, whom that is told, and how many days you ask for, if you ask."""

    monday: Annotated[date, Meta(description="The first day of the week.")]
    plans: Days = field(default_factory=list)
    could: Days = field(default_factory=list)
    told_to: Audience = Audience.NOBODY
    visits: Visits = None

    @classmethod
    def example(cls) -> Self:
        """Return a member who could come on two days and asks for one."""
        monday = monday_of(clock.today()) + timedelta(days=7)
        return cls(monday=monday, could=[monday + timedelta(days=1)], told_to=Audience.MEMBERS, visits=1)

    def draft(self) -> WeekDraft:
        """Return it as hubs know it."""
        days = {"plans": frozenset(self.plans), "could": frozenset(self.could)}
        return WeekDraft(monday=self.monday, told_to=self.told_to, visits=self.visits, **days)


class HubWeekOut(Wire):
    """What you have said of a week and are told, and the days of it that are not over."""

    monday: date
    plans: list[date]
    could: list[date]
    told_to: Audience
    visits: int | None
    answered_at: Annotated[datetime | None, Meta(description="When you were told last; none: not yet.")]
    moved: Annotated[bool, Meta(description="Whether you were told other days than before, which is done once.")]
    advice: Annotated[list[HubAdviceOut], Meta(description="Empty once you were told: no particular day.")]
    days: list[HubDayOut]

    @classmethod
    def example(cls) -> Self:
        """Return a week in which nothing was said."""
        return cls(
            monday=monday_of(clock.today()),
            plans=[],
            could=[],
            told_to=Audience.NOBODY,
            visits=None,
            answered_at=None,
            moved=False,
            advice=[],
            days=[],
        )


def hub_profile_out(row: HubProfile) -> HubProfileOut:
    """Return what one says of oneself."""
    told = HubAudiences(**{part.value: row.audience(part) for part in ProfilePart})
    return HubProfileOut(can=row.can, learns=row.learns, wonders=row.wonders, told_to=told)


def hub_person_out(person: Person) -> HubPersonOut:
    """Return a member as the reader is told of it."""
    return HubPersonOut(
        id=person.id,
        first_name=person.first_name,
        organisation=person.organisation,
        can=list(person.can),
        learns=list(person.learns),
        wonders=person.wonders,
        chosen=person.chosen,
        wanted=person.wanted,
    )


def hub_person_anywhere_out(found: PersonAtHubs) -> HubPersonAnywhereOut:
    """Return a member as members of all hubs are told of it."""
    person = found.person
    return HubPersonAnywhereOut(
        id=person.id,
        first_name=person.first_name,
        organisation=person.organisation,
        can=list(person.can),
        learns=list(person.learns),
        wonders=person.wonders,
        hubs=[HubNamed(id=each.id, name=each.name) for each in found.hubs],
    )


def hub_week_out(row: HubWeek, advice: list[AdvisedDay], days: list[DayView]) -> HubWeekOut:
    """Return a week by whoever has said its own days."""
    return HubWeekOut(
        monday=row.monday,
        plans=row.plans,
        could=row.could,
        told_to=row.told_to,
        visits=row.visits,
        answered_at=row.answered_at,
        moved=row.moved,
        advice=[
            HubAdviceOut(
                day=each.day,
                activities=list(each.activities),
                meetings=[
                    HubMeetingOut(
                        person=hub_person_out(meeting.person),
                        reasons=[HubReasonOut(why=reason.why, topic=reason.topic) for reason in meeting.reasons],
                    )
                    for meeting in each.meetings
                ],
            )
            for each in advice
        ],
        days=[
            HubDayOut(
                day=each.day,
                at_least=each.about,
                people=[HubPersonComing(person=hub_person_out(one), coming=said) for one, said in each.people],
            )
            for each in days
        ],
    )
