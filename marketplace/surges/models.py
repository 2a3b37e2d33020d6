"""Rows for rosters: which capacity cards of an organisation may be called when something happens, and how."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, String
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, SQLModel

from core.database.tables import Identified, Timestamped, Versioned, stored_by_value


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
