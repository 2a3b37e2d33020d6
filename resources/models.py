"""Rows for sites, resources of every family, their units, and the claims on them."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Column,
    Computed,
    ForeignKeyConstraint,
    Index,
    String,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSTZRANGE, ExcludeConstraint, Range
from sqlmodel import Field, SQLModel

from core.database.full_text import words_in
from core.database.tables import Identified, Instant, Timestamped, Versioned, in_swedish_order, stored_by_value

RESOURCE_WORDS = words_in("name", "description")
_HOURS_KEY = "md5(nullif(nullif(opening_hours, 'null'), '{}')::text)::uuid"
FACTS_WORDS = """jsonb_to_tsvector('simple', facts, '["string"]')"""
"""Of all texts in the facts, also of those that are not shown."""


def _hours_key() -> Column[UUID | None]:
    """Return the column that the database fills with what tells opening hours from others; see `known_hours`."""
    return Column("hours_key", Uuid, Computed(_HOURS_KEY, persisted=True), nullable=True, index=True)


class ClaimSource(StrEnum):
    """Why an amount of a unit is taken."""

    BOOKING = "booking"
    OWNER = "owner"
    CALENDAR = "calendar"
    EXTENT = "extent"
    """What a person does not have of their extent from a day on."""
    ACTIVITY = "activity"
    """Something is on there, at a hub."""
    MISSING = "missing"
    """It was not there when it was counted."""


@in_swedish_order("name")
class Site(Identified, Timestamped, Versioned, SQLModel, table=True):
    """An address with coordinates and facts about access."""

    __mapper_args__ = {"eager_defaults": False}
    __table_args__ = (
        UniqueConstraint("organisation_id", "name"),
        CheckConstraint("latitude between 54 and 70 and longitude between 10 and 25", name="in_sweden"),
    )

    organisation_id: UUID = Field(foreign_key="organisation.id", index=True)
    name: str
    address: str = ""
    municipality_code: str = Field(max_length=4, index=True)
    latitude: float
    longitude: float
    access: list[str] = Field(default_factory=list, sa_type=ARRAY(String), nullable=False)
    opening_hours: dict[str, Any] | None = Field(default=None, sa_type=JSONB)
    hours_key: UUID | None = Field(default=None, sa_column=_hours_key())


@in_swedish_order("name")
class Resource(Identified, Timestamped, Versioned, SQLModel, table=True):
    """Something one organisation can lend.

    ``facts`` is the JSON of what its family keeps there, `families.family.Family.kept`.
    """

    __mapper_args__ = {"eager_defaults": False}
    __table_args__ = (
        UniqueConstraint("organisation_id", "name"),
        Index("ix_resource_words", text(RESOURCE_WORDS), postgresql_using="gin"),
        Index("ix_resource_facts_words", text(FACTS_WORDS), postgresql_using="gin"),
        Index("ix_resource_name_letters", "name", postgresql_using="gin", postgresql_ops={"name": "gin_trgm_ops"}),
        CheckConstraint("site_id is not null or family = 'staff'", name="stands_somewhere"),
        Index("ix_resource_mailbox_new", "id", postgresql_where=text("calendar_mailbox is distinct from mailbox_told")),
    )

    organisation_id: UUID = Field(foreign_key="organisation.id", index=True)
    site_id: UUID | None = Field(default=None, foreign_key="site.id", index=True)
    part_of_id: UUID | None = Field(
        default=None, foreign_key="resource.id", index=True, description="The divisible hall it is a part of."
    )
    department: str | None = Field(
        default=None, description="The unit of the organisation that it belongs to; none: the organisation as a whole."
    )
    calendar_mailbox: str | None = Field(
        default=None, description="Where its own calendar is invited to what is booked; none: nowhere."
    )
    mailbox_told: str | None = Field(
        default=None, description="The mailbox by which its bookings were last looked through, see invitations."
    )
    family: str = Field(max_length=40, description="The name of one of `families.FAMILIES`.")
    kind: str = Field(max_length=40)
    name: str
    description: str = ""
    facts: dict[str, Any] = Field(default_factory=dict, sa_type=JSONB, nullable=False)
    opening_hours: dict[str, Any] | None = Field(
        default=None, sa_type=JSONB, description="Its own hours; without them those of its site."
    )
    hours_key: UUID | None = Field(default=None, sa_column=_hours_key())


@in_swedish_order("name")
class Unit(Identified, Timestamped, SQLModel, table=True):
    """The smallest thing that can be claimed, with a whole-number capacity."""

    __table_args__ = (
        UniqueConstraint("id", "capacity"),  # so that each claim can carry its unit's capacity, see Claim
        UniqueConstraint("resource_id", "name"),
        CheckConstraint("capacity > 0", name="capacity_positive"),
    )

    resource_id: UUID = Field(foreign_key="resource.id", index=True, description="The resource that owns it.")
    name: str
    capacity: int


class ResourceUnit(SQLModel, table=True):
    """Which units one of a resource takes: a hall takes both of its halves, a half takes itself."""

    __tablename__ = "resource_unit"
    __table_args__ = (CheckConstraint("amount > 0", name="amount_positive"),)

    resource_id: UUID = Field(primary_key=True, foreign_key="resource.id")
    unit_id: UUID = Field(primary_key=True, foreign_key="unit.id", index=True)
    amount: int = 1


class Claim(Identified, Timestamped, SQLModel, table=True):
    """An amount of a unit taken for a half-open period; without an end when handed over for good.

    PostgreSQL itself refuses what does not fit. `unit_capacity` follows the unit's capacity by its foreign key, which
    lets the exclusion constraint know which units are exclusive, and lets a lowered capacity be checked against
    every claim. Units of more than one are watched by the trigger ``claim_within_capacity`` (see the first migration).
    """

    __table_args__ = (
        ForeignKeyConstraint(["unit_id", "unit_capacity"], ["unit.id", "unit.capacity"], onupdate="CASCADE"),
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("lower_inc(during) and not upper_inc(during)", name="period"),
        CheckConstraint("released_at is not null or amount <= unit_capacity", name="within_capacity"),
        ExcludeConstraint(
            ("unit_id", "="),
            ("during", "&&"),
            where=text("released_at is null and unit_capacity = 1"),
            using="gist",
            name="ex_claim_exclusive",
        ),
        Index(
            "ix_claim_unit_id_during",
            "unit_id",
            "during",
            postgresql_using="gist",
            postgresql_where=text("released_at is null"),
        ),
    )

    unit_id: UUID
    unit_capacity: int
    amount: int
    during: Range[datetime] = Field(sa_type=TSTZRANGE, nullable=False)
    source: ClaimSource = Field(sa_type=stored_by_value(ClaimSource))
    booking_id: UUID | None = Field(default=None, foreign_key="booking.id", index=True)
    note: str = ""
    released_at: datetime | None = Field(
        default=None,
        sa_type=Instant,
        description="When it stopped counting. Claims are released, never deleted.",
    )
