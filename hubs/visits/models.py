"""Rows for visits of those who are no members, and for how many there have been."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from core.database.tables import Identified, Instant, stored_by_value
from core.time import clock


class VisitKind(StrEnum):
    """Why somebody may come who is no member."""

    OPEN_HOUSE = "open_house"
    INVITED = "invited"
    """By a member, on any day."""


class VisitState(StrEnum):
    """asked → comes → called_off. Who does not come is deleted."""

    ASKED = "asked"
    """A mail asks whether it is so."""
    COMES = "comes"
    CALLED_OFF = "called_off"
    """The hub takes no visitors that day after all; a mail says so."""


class HubVisit(Identified, SQLModel, table=True):
    """Somebody who comes to a hub on a day without being a member. It is deleted the day after, or when cancelled."""

    __tablename__ = "hub_visit"
    __table_args__ = (UniqueConstraint("hub_id", "day", "email"),)

    hub_id: UUID = Field(foreign_key="hub.id")
    day: date = Field(index=True)
    first_name: str
    comes_from: str = Field(default="", description="An organisation, in the visitor's words.")
    email: str = Field(index=True, description="In small letters.")
    language: str = Field(description="In which it is written to.")
    kind: VisitKind = Field(sa_type=stored_by_value(VisitKind))
    member_id: UUID | None = Field(
        default=None, foreign_key="member.id", index=True, description="Who has invited it, while that is known."
    )
    state: VisitState = Field(default=VisitState.ASKED, sa_type=stored_by_value(VisitState))
    at: datetime = Field(default_factory=clock.now, sa_type=Instant, nullable=False)


class HubVisitors(SQLModel, table=True):
    """How many visitors a hub had on a day that is over, which is all that is kept of them."""

    __tablename__ = "hub_visitors"
    __table_args__ = (CheckConstraint("visitors > 0", name="visitors"),)

    hub_id: UUID = Field(primary_key=True, foreign_key="hub.id")
    day: date = Field(primary_key=True)
    visitors: int
