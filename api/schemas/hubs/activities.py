"""What is on at hubs, and who has registered, on the wire."""

from datetime import datetime, timedelta
from typing import Annotated, Any, Self
from uuid import UUID

from msgspec import Meta

from api.schemas.base import Name, TextOut, Wire, Words, limited
from core.text import beginning
from core.time import clock
from hubs.activities.models import ActivityAudience, ActivityForm, ActivityState, HubRegistration
from hubs.activities.queries import ActivityView
from hubs.activities.registering import SeatAnswer
from hubs.activities.rules import LARGEST_GROUP, LONGEST_ADDRESS, MOST_IN_SERIES, MOST_SEATS, ActivityDraft
from hubs.waiting.line import Standing

_ID = "01980000-0000-7000-8000-0000000000{}"
Seats = Annotated[int | None, limited("How many may come; null: one just comes.", minimum=1, maximum=MOST_SEATS)]
Group = Annotated[int, limited("How many of you, all together.", minimum=1, maximum=LARGEST_GROUP)]


class ActivityIn(Wire):
    """What is to happen. `zoneId` is a zone of the hub, which is taken for it once it is set."""

    form: ActivityForm
    audience: ActivityAudience
    title: Name
    starts: datetime
    ends: Annotated[datetime, Meta(description="Within a day; of what goes on for weeks within 62 days.")]
    about: Words = ""
    zone_id: UUID | None = None
    group_id: Annotated[UUID | None, Meta(description="The group that it is of: one that you are in.")] = None
    seats: Seats = None

    @classmethod
    def example(cls) -> Self:
        """Return a talk."""
        return cls(**_example())

    def draft(self) -> ActivityDraft:
        """Return what the rules check."""
        return ActivityDraft(
            form=self.form,
            audience=self.audience,
            title=self.title,
            starts=self.starts,
            ends=self.ends,
            about=self.about,
            zone_id=self.zone_id,
            group_id=self.group_id,
            seats=self.seats,
        )


class NewActivityIn(Wire):
    """What is to happen at a hub; with more `weeks` as often, a week apart: a series, each date by itself."""

    hub_id: UUID
    activity: ActivityIn
    weeks: Annotated[int, limited(minimum=1, maximum=MOST_IN_SERIES)] = 1

    @classmethod
    def example(cls) -> Self:
        """Return a talk."""
        return cls(hub_id=UUID(_ID.format("a1")), activity=ActivityIn.example())


def _example() -> dict[str, Any]:
    starts = (clock.now() + timedelta(days=30)).replace(minute=0, second=0, microsecond=0)
    return {
        "form": ActivityForm.HOW_DO_YOU,
        "audience": ActivityAudience.EVERYBODY,
        "title": "Hur gör ni när ni delar lokaler?",
        "starts": starts,
        "ends": starts + timedelta(hours=1),
        "seats": 12,
    }


class ActivityWords(Wire):
    """Why, if you want to say; who has initiated it reads it, and of what is cancelled who has registered."""

    words: Words = ""

    @classmethod
    def example(cls) -> Self:
        """Return no reason."""
        return cls()


class ActivityDocuments(Wire):
    """Where what was written down is."""

    documents: Annotated[str, limited("Begins with https://", min_length=1, max_length=LONGEST_ADDRESS)]

    @classmethod
    def example(cls) -> Self:
        """Return an address."""
        return cls(documents="https://hubben.example.se/anteckningar")


class RegistrationIn(Wire):
    """How many of you come."""

    seats: Group = 1

    @classmethod
    def example(cls) -> Self:
        """Return one."""
        return cls()


class RegistrationAnswer(Wire):
    """`accept` what is offered, `wait` for all that you want and let others pass, or `decline`: give it all back."""

    answer: SeatAnswer

    @classmethod
    def example(cls) -> Self:
        """Return that one does not come."""
        return cls(answer=SeatAnswer.DECLINE)


class RegistrationOut(Wire):
    """How you, or somebody, stand: seats that are yours, and those that are held until you answer."""

    activity_id: UUID
    state: Standing
    number: Annotated[int, Meta(description="In which order registered.")]
    seats: int
    taken: int
    offered: int
    offer_until: datetime | None
    lets_pass: bool

    @classmethod
    def example(cls) -> Self:
        """Return one who comes."""
        return cls(
            activity_id=UUID(_ID.format("a5")),
            state=Standing.REGISTERED,
            number=1,
            seats=1,
            taken=1,
            offered=0,
            offer_until=None,
            lets_pass=False,
        )


class RegisteredOut(Wire):
    """Somebody who has registered, for who holds the activity."""

    name: str
    organisation: str
    registration: RegistrationOut

    @classmethod
    def example(cls) -> Self:
        """Return one."""
        return cls(name="Kommunikation", organisation="Trafikverket", registration=RegistrationOut.example())


class ActivityOut(Wire):
    """Something that is on. `free` is null where one does not register; `waiting` is how many groups stand in line."""

    id: UUID
    hub_id: UUID
    hub: str
    organisation_id: UUID
    organisation: str
    series_id: UUID | None
    form: ActivityForm
    state: ActivityState
    audience: ActivityAudience
    title: str
    about: TextOut
    starts: datetime
    ends: datetime
    zone_id: UUID | None
    zone: str | None
    group_id: UUID | None
    group: Annotated[str | None, Meta(description="What the group is called that it is of.")]
    seats: int | None
    free: int | None
    waiting: int
    own: RegistrationOut | None
    may_register: bool
    documents: Annotated[str, Meta(description="Where what was written down is; empty: nothing yet.")]

    @classmethod
    def example(cls) -> Self:
        """Return a talk."""
        return cls(
            id=UUID(_ID.format("a5")),
            hub_id=UUID(_ID.format("a1")),
            hub="Hubben Östersund",
            organisation_id=UUID(_ID.format("02")),
            organisation="Trafikverket",
            series_id=None,
            form=ActivityForm.HOW_DO_YOU,
            state=ActivityState.SET,
            audience=ActivityAudience.EVERYBODY,
            title="Hur gör ni när ni delar lokaler?",
            about="",
            starts=datetime.fromisoformat("2027-01-13T12:00:00Z"),
            ends=datetime.fromisoformat("2027-01-13T13:00:00Z"),
            zone_id=None,
            zone=None,
            group_id=None,
            group=None,
            seats=12,
            free=4,
            waiting=0,
            own=None,
            may_register=True,
            documents="",
        )


def registration_out(row: HubRegistration) -> RegistrationOut:
    """Return how somebody stands."""
    return RegistrationOut(
        activity_id=row.activity_id,
        state=row.state,
        number=row.number,
        seats=row.seats,
        taken=row.taken,
        offered=row.offered,
        offer_until=row.offer_until,
        lets_pass=row.lets_pass,
    )


def registered_out(row: Any) -> RegisteredOut:
    """Return who has registered."""
    return RegisteredOut(
        name=row.Member.name,
        organisation=row.Organisation.name,
        registration=registration_out(row.HubRegistration),
    )


class FacilitatorOut(Wire):
    """Who facilitates an activity."""

    request_id: Annotated[UUID | None, Meta(description="By which one is asked for; for who holds the activity.")]
    lent_by: Annotated[list[str], Meta(description="The organisations that lend one, as agreed, by name.")]

    @classmethod
    def example(cls) -> Self:
        """Return one who is lent."""
        return cls(request_id=None, lent_by=["Exempelmyndigheten"])


def activity_out(view: ActivityView) -> ActivityOut:
    """Return an activity as somebody may read it."""
    row = view.activity
    return ActivityOut(
        id=row.id,
        hub_id=view.hub.id,
        hub=view.hub.name,
        organisation_id=view.organisation.id,
        organisation=view.organisation.name,
        series_id=row.series_id,
        form=row.form,
        state=row.state,
        audience=row.audience,
        title=row.title,
        about=row.about,
        starts=row.starts,
        ends=row.ends,
        zone_id=row.zone_id,
        zone=view.zone.name if view.zone else None,
        group_id=row.group_id,
        group=view.group,
        seats=row.seats,
        free=view.free,
        waiting=view.waiting,
        own=registration_out(view.own) if view.own else None,
        may_register=view.may_register,
        documents=row.documents,
    )


def activity_listed(view: ActivityView) -> ActivityOut:
    """Return an activity as it stands in a list."""
    out = activity_out(view)
    out.about = beginning(out.about)
    return out
