"""Rows for who is asked about a hub, and for what was answered: nothing leads from the one to the other."""

from datetime import date
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from core.database.tables import Identified, stored_by_value


class SurveyKind(StrEnum):
    """What somebody is asked about; two questions each, see `hubs.feedback.rules`."""

    VISIT = "visit"
    """How good it was, and whether one would recommend the hub."""
    WORTH = "worth"
    """Whether the own organisation should pay for the hub, and how much; once a year."""


class HubSurvey(Identified, SQLModel, table=True):
    """A day on which a member registered for, or planned to, come to a hub, and whether it is asked about it.

    When it was answered is not kept: it would tell which answer it was.
    """

    __tablename__ = "hub_survey"
    __table_args__ = (UniqueConstraint("hub_id", "member_id", "kind", "day"), Index(None, "hub_id", "day"))

    hub_id: UUID = Field(foreign_key="hub.id")
    member_id: UUID = Field(foreign_key="member.id", index=True)
    kind: SurveyKind = Field(sa_type=stored_by_value(SurveyKind))
    day: date
    asked: bool = Field(description="Whether the member is asked about it: not about every day.")
    answered: bool = False


class HubAnswer(SQLModel, table=True):
    """What somebody answered in a quarter: by nobody, about no day. The key tells nothing of when, either."""

    __tablename__ = "hub_answer"
    __table_args__ = (
        Index(None, "hub_id", "quarter"),
        CheckConstraint("first between 1 and 5 and second between 1 and 5", name="choices"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    hub_id: UUID = Field(foreign_key="hub.id")
    kind: SurveyKind = Field(sa_type=stored_by_value(SurveyKind))
    quarter: date = Field(description="The first day of the quarter of the visit.")
    first: int = Field(description="What was chosen of the first question's choices, from 1.")
    second: int
    words: str = Field(default="", description="What was added, if anything.")
