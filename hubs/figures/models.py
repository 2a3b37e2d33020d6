"""Rows for the figures of a hub's quarters, made once, and for initiatives that were born there."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from core.database.tables import Identified, Instant, Timestamped, Versioned, stored_by_value


class HubQuarter(Identified, SQLModel, table=True):
    """The figures of a quarter, as they were made when it was closed. What they were made of is forgotten."""

    __tablename__ = "hub_quarter"
    __table_args__ = (UniqueConstraint("hub_id", "begins"),)

    hub_id: UUID = Field(foreign_key="hub.id")
    begins: date
    closed_at: datetime = Field(sa_type=Instant, nullable=False)
    digest: str = Field(description="SHA-256 of what they were made of, by which they can be proved.")
    figures: list[dict[str, Any]] = Field(
        sa_type=JSONB,
        nullable=False,
        description="As `hubs.figures.counting.Figure.stored`; nothing of fewer than five.",
    )

    def tells_of(self, name: str) -> bool:
        """Tell whether a figure has anything that is not kept back."""
        return any(number is not None for each in self.figures if each["name"] == name for _, number in each["cells"])


class InitiativeState(StrEnum):
    """What has become of an initiative."""

    IDEA = "idea"
    TRIED = "tried"
    IN_USE = "in_use"
    STOPPED = "stopped"


class HubInitiative(Identified, Timestamped, Versioned, SQLModel, table=True):
    """Something that began when people met at a hub."""

    __tablename__ = "hub_initiative"

    hub_id: UUID = Field(foreign_key="hub.id", index=True)
    organisation_id: UUID = Field(foreign_key="organisation.id", index=True, description="Whose member noted it.")
    member_id: UUID | None = Field(default=None, foreign_key="member.id", index=True, description="Who noted it.")
    title: str
    about: str = ""
    born_on: date
    state: InitiativeState = Field(sa_type=stored_by_value(InitiativeState))
