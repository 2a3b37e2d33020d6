"""Rows for help in a crisis: rosters agreed beforehand, alerts with the roles they ask for, and calls to cards."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, String, UniqueConstraint, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, SQLModel

from core.database.tables import Identified, Instant, Timestamped, Versioned, stored_by_value


class Occasion(StrEnum):
    """What may happen for which cards are called."""

    RECEPTION = "reception"
    NATURE = "nature"
    ACCIDENT = "accident"
    DISEASE = "disease"
    CYBER = "cyber"
    READINESS = "readiness"


class RosterState(StrEnum):
    """in force → ended."""

    IN_FORCE = "in_force"
    ENDED = "ended"


class Roster(Identified, Timestamped, Versioned, SQLModel, table=True):
    """What an organisation has agreed to beforehand: who may be called, for what, with what notice."""

    __table_args__ = (
        CheckConstraint("notice_hours >= 0", name="notice"),
        CheckConstraint("floor_percent between 0 and 100", name="floor"),
    )

    organisation_id: UUID = Field(foreign_key="organisation.id", index=True)
    member_id: UUID = Field(foreign_key="member.id", index=True, description="Who last said so.")
    name: str
    state: RosterState = Field(default=RosterState.IN_FORCE, sa_type=stored_by_value(RosterState))
    occasions: list[str] = Field(sa_type=ARRAY(String), nullable=False, description="Values of `Occasion`.")
    notice_hours: int = Field(description="How long after a call somebody begins at the earliest.")
    floor_percent: int = Field(description="Of its cards' time together, what stays at ordinary work at all times.")
    until: date = Field(description="The last day on which it holds.")


class RosterCard(SQLModel, table=True):
    """A capacity card in a roster, of which it is in one at most."""

    __tablename__ = "roster_card"

    resource_id: UUID = Field(primary_key=True, foreign_key="staff_capacity.resource_id")
    roster_id: UUID = Field(foreign_key="roster.id", index=True)


class SurgeState(StrEnum):
    """open → ended, when the coordinator stands down."""

    OPEN = "open"
    ENDED = "ended"


class CallState(StrEnum):
    """asked → accepted, declined or expired; expired → accepted or declined, late; accepted → withdrawn.

    What is asked or accepted is released when the alert ends.
    """

    ASKED = "asked"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    RELEASED = "released"


class Surge(Identified, Timestamped, Versioned, SQLModel, table=True):
    """An alert for an organisation in need, and all that is done because of it."""

    organisation_id: UUID = Field(foreign_key="organisation.id", index=True)
    member_id: UUID = Field(foreign_key="member.id", index=True, description="The coordinator who raised it.")
    occasion: Occasion = Field(sa_type=stored_by_value(Occasion))
    title: str
    what: str = Field(description="What has happened.")
    state: SurgeState = Field(default=SurgeState.OPEN, sa_type=stored_by_value(SurgeState))
    answer_by: datetime = Field(sa_type=Instant, nullable=False, description="Until when those called may answer.")
    called_at: datetime | None = Field(default=None, sa_type=Instant, description="By its first run.")
    ended_at: datetime | None = Field(default=None, sa_type=Instant)


class SurgeRole(Identified, SQLModel, table=True):
    """So many people of a kind. What they are to know, where and when, the needs of its requests say."""

    __tablename__ = "surge_role"
    __table_args__ = (UniqueConstraint("surge_id", "position"), CheckConstraint("number > 0", name="number_positive"))

    surge_id: UUID = Field(foreign_key="surge.id")
    position: int
    title: str
    number: int


class SurgeCall(Identified, Timestamped, Versioned, SQLModel, table=True):
    """A capacity card that is asked to help, once for each alert."""

    __tablename__ = "surge_call"
    __table_args__ = (UniqueConstraint("surge_id", "resource_id"),)

    surge_id: UUID = Field(foreign_key="surge.id")
    resource_id: UUID = Field(foreign_key="staff_capacity.resource_id", index=True)
    roster_id: UUID = Field(foreign_key="roster.id", index=True, description="Under which it is called.")
    organisation_id: UUID = Field(foreign_key="organisation.id", index=True, description="Where the person works.")
    role_ids: list[UUID] = Field(sa_type=ARRAY(Uuid), nullable=False, description="The roles that the card fits.")
    state: CallState = Field(default=CallState.ASKED, sa_type=stored_by_value(CallState))
    begins: date = Field(description="The first day on which the person could be there, with the notice, or as said.")
    person_said_yes_at: datetime | None = Field(default=None, sa_type=Instant, description="To HR, who answers.")
    answered_at: datetime | None = Field(default=None, sa_type=Instant)
    member_id: UUID | None = Field(default=None, foreign_key="member.id", index=True, description="Who answered.")
