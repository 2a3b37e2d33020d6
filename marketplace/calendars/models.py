"""The rows of calendars that members subscribe to."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from core.database.tables import Identified, Instant, stored_by_value
from core.time import clock


class FeedScope(StrEnum):
    """Which bookings a calendar shows."""

    OWN = "own"
    DEPARTMENT = "department"
    SITE = "site"
    ORGANISATION = "organisation"


class CalendarFeed(Identified, SQLModel, table=True):
    """A calendar of one member, known by the hash of what its address ends with. It may be revoked."""

    __tablename__ = "calendar_feed"
    __table_args__ = (
        CheckConstraint("(scope = 'department') = (department is not null)", name="department"),
        CheckConstraint("(scope = 'site') = (site_id is not null)", name="site"),
    )

    member_id: UUID = Field(foreign_key="member.id", index=True)
    name: str = Field(description="Where it is read, in the member's own words.")
    scope: FeedScope = Field(sa_type=stored_by_value(FeedScope))
    department: str | None = None
    site_id: UUID | None = Field(default=None, foreign_key="site.id")
    hash: str = Field(unique=True, description="SHA-256 of what the address ends with, hex.")
    created_at: datetime = Field(default_factory=clock.now, sa_type=Instant, nullable=False)
    revoked_at: datetime | None = Field(default=None, sa_type=Instant)
    last_fetched_at: datetime | None = Field(default=None, sa_type=Instant, description="To within a minute.")
