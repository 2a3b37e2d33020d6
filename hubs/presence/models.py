"""Rows for the weeks of a hub's members: what they say of the days to come. Nothing of it is kept when it is over."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, SQLModel

from core.database.tables import Identified, Instant, Timestamped, Versioned, stored_by_value


class Audience(StrEnum):
    """Whom a member of a hub tells its days."""

    NOBODY = "nobody"
    CHOSEN = "chosen"
    """The members whom one has chosen."""
    MEMBERS = "members"
    """All who are members of the hub."""
    HOSTS = "hosts"
    """All members, and the hosts of the hub."""

    @property
    def is_all_members(self) -> bool:
        """Tell whether each member of the hub is told."""
        return self in {Audience.MEMBERS, Audience.HOSTS}


class HubWeek(Identified, Timestamped, Versioned, SQLModel, table=True):
    """When a member comes to a hub in a week, or could; and, if it asks, which of these days it is told."""

    __tablename__ = "hub_week"
    __table_args__ = (
        UniqueConstraint("hub_id", "member_id", "monday"),
        Index(None, "hub_id", "monday"),
        CheckConstraint("visits between 1 and 7", name="visits"),
    )

    hub_id: UUID = Field(foreign_key="hub.id")
    member_id: UUID = Field(foreign_key="member.id", index=True)
    monday: date
    plans: list[date] = Field(default_factory=list, sa_type=ARRAY(Date), nullable=False)
    could: list[date] = Field(default_factory=list, sa_type=ARRAY(Date), nullable=False)
    told_to: Audience = Field(default=Audience.NOBODY, sa_type=stored_by_value(Audience))
    visits: int | None = Field(default=None, description="How many of the days it could the member asks for, at most.")
    advised: list[date] = Field(
        default_factory=list, sa_type=ARRAY(Date), nullable=False, description="The days it is told; none: no day."
    )
    answered_at: datetime | None = Field(default=None, sa_type=Instant, description="When it was told last.")
    moved: bool = Field(default=False, description="Whether it was told other days than before, which is done once.")
    due: bool = Field(default=False, description="Whether the plan of the week is to be made, or made anew.")
    planned_at: datetime | None = Field(
        default=None, sa_type=Instant, description="When the plan of the week was made last, of which it is a part."
    )
