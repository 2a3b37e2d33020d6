"""Rows for activities of hubs, and for who has registered."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Uuid, column
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, SQLModel

from core.database.tables import Identified, Instant, Timestamped, Versioned, stored_by_value
from hubs.waiting.line import Standing


class ActivityForm(StrEnum):
    """In which way people meet."""

    BREAKFAST = "breakfast"
    TRANSPARENT_MEETING = "transparent_meeting"
    CO_CREATION = "co_creation"
    CAMPFIRE_TALK = "campfire_talk"
    HOW_DO_YOU = "how_do_you"
    """One asks how the others do it, and they answer."""
    THIS_IS_HOW = "this_is_how"
    """One tells how it is done; courses."""
    DEEP_DIVE = "deep_dive"
    ASYNCHRONOUS_WORKSHOP = "asynchronous_workshop"
    """Material that stands there for weeks, and to which everybody adds when passing."""
    OPEN_HOUSE = "open_house"


class ActivityState(StrEnum):
    """draft ⇄ proposed → set → held; each but held may be cancelled."""

    DRAFT = "draft"
    """Whoever has initiated it works on it, or works on it again after talking with the host."""
    PROPOSED = "proposed"
    SET = "set"
    HELD = "held"
    CANCELLED = "cancelled"


class ActivityAudience(StrEnum):
    """For whom it is."""

    MEMBERS = "members"
    EVERYBODY = "everybody"


class HubActivity(Identified, Timestamped, Versioned, SQLModel, table=True):
    """Something that is to happen at a hub."""

    __tablename__ = "hub_activity"
    __table_args__ = (
        Index(None, "hub_id", "starts"),
        CheckConstraint("starts < ends", name="time"),
        CheckConstraint("seats > 0", name="seats"),
    )

    hub_id: UUID = Field(foreign_key="hub.id")
    organisation_id: UUID = Field(foreign_key="organisation.id", index=True, description="Whose people hold it.")
    member_id: UUID | None = Field(
        default=None, foreign_key="member.id", index=True, description="Who initiated it; none: the host of the hub."
    )
    series_id: UUID | None = Field(
        default=None, foreign_key="hub_activity.id", index=True, description="The first of the series it belongs to."
    )
    group_id: UUID | None = Field(
        default=None, foreign_key="hub_group.id", index=True, description="The network or working group it is of."
    )
    form: ActivityForm = Field(sa_type=stored_by_value(ActivityForm))
    state: ActivityState = Field(default=ActivityState.DRAFT, sa_type=stored_by_value(ActivityState), index=True)
    audience: ActivityAudience = Field(sa_type=stored_by_value(ActivityAudience))
    title: str
    about: str = ""
    starts: datetime = Field(sa_type=Instant, nullable=False)
    ends: datetime = Field(sa_type=Instant, nullable=False)
    zone_id: UUID | None = Field(
        default=None,
        foreign_key="resource.id",
        index=True,
        description="The room, a zone of the hub when it was chosen; none: anywhere at the hub.",
    )
    claim_ids: list[UUID] = Field(
        default_factory=list, sa_type=ARRAY(Uuid), nullable=False, description="What of the zone is taken for it."
    )
    seats: int | None = Field(default=None, description="How many may come; none: one just comes, and listens.")
    last_number: int = Field(default=0, description="Of those who have registered, in the order in which they did.")
    set_at: datetime | None = Field(default=None, sa_type=Instant, description="Since when it stands in the calendar.")
    request_id: UUID | None = Field(
        default=None, foreign_key="request.id", index=True, description="By which a facilitator is asked for."
    )
    documents: str = Field(default="", description="The address of what was written down.")


class HubRegistration(Identified, Timestamped, Versioned, SQLModel, table=True):
    """A member with so many seats at an activity, or in the line for them: see `hubs.waiting.line`."""

    __tablename__ = "hub_registration"
    __table_args__ = (
        Index(None, "activity_id", "number", unique=True),
        Index(
            "uq_hub_registration_activity_id_member_id",
            "activity_id",
            "member_id",
            unique=True,
            postgresql_where=column("state").in_([Standing.WAITING, Standing.OFFERED, Standing.REGISTERED]),
        ),
        Index(None, "offer_until", postgresql_where=column("offer_until").is_not(None)),
        CheckConstraint("seats > 0 and taken >= 0 and offered >= 0 and taken + offered <= seats", name="seats"),
        CheckConstraint("(offered > 0) = (offer_until is not null)", name="offer"),
    )

    activity_id: UUID = Field(foreign_key="hub_activity.id")
    member_id: UUID = Field(foreign_key="member.id", index=True)
    number: int = Field(description="Its place in the line.")
    state: Standing = Field(sa_type=stored_by_value(Standing))
    seats: int
    taken: int = 0
    offered: int = 0
    offer_until: datetime | None = Field(default=None, sa_type=Instant)
    lets_pass: bool = False
