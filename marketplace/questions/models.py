"""Rows for questions about a skill, their answers, and who answers for which skill."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, UniqueConstraint
from sqlmodel import Field, SQLModel

from core.database.tables import Identified, Timestamped, Versioned, stored_by_value
from marketplace.offers.models import Visibility


class AdviserState(StrEnum):
    """active ⇄ paused."""

    ACTIVE = "active"
    PAUSED = "paused"


class Adviser(Identified, Timestamped, Versioned, SQLModel, table=True):
    """A member who answers questions about a skill, and for whom. Those of a skill are its panel."""

    __table_args__ = (UniqueConstraint("member_id", "skill_id"),)

    member_id: UUID = Field(foreign_key="member.id")
    skill_id: UUID = Field(foreign_key="skill.id", index=True)
    audience: Visibility = Field(sa_type=stored_by_value(Visibility), description="Whose questions, who reads answers.")
    state: AdviserState = Field(default=AdviserState.ACTIVE, sa_type=stored_by_value(AdviserState))


class QuestionState(StrEnum):
    """open ⇄ passed → answered, withdrawn, declined, expired or closed; a coordinator may remove it at any time."""

    OPEN = "open"
    PASSED = "passed"
    """HR has passed it on to the one who has the skill. Who asks is not told: it is open."""
    ANSWERED = "answered"
    """Whoever asked says so."""
    WITHDRAWN = "withdrawn"
    DECLINED = "declined"
    EXPIRED = "expired"
    CLOSED = "closed"
    """The card is offered no more."""
    REMOVED = "removed"


class Question(Identified, Timestamped, Versioned, SQLModel, table=True):
    """A question about a skill: to its panel, or about a capacity card to HR where the person works."""

    __table_args__ = (CheckConstraint("(offer_id is null) = (asked_id is null)", name="route"),)

    organisation_id: UUID = Field(foreign_key="organisation.id", index=True)
    member_id: UUID = Field(foreign_key="member.id", index=True, description="Who asks.")
    skill_id: UUID = Field(foreign_key="skill.id", index=True)
    title: str
    words: str
    county_code: str | None = Field(default=None, max_length=2, description="Where it matters, if it does.")
    until: date = Field(sa_type=Date, description="The last day on which it may be answered.")
    state: QuestionState = Field(default=QuestionState.OPEN, sa_type=stored_by_value(QuestionState), index=True)
    offer_id: UUID | None = Field(default=None, foreign_key="offer.id", index=True, description="The card it is about.")
    asked_id: UUID | None = Field(
        default=None, foreign_key="organisation.id", index=True, description="Whose HR has it."
    )
    passed_to_id: UUID | None = Field(
        default=None, foreign_key="member.id", index=True, description="Whose card it is."
    )
    refusal_words: str = Field(default="", description="Why it was declined, if HR said so.")


class AnswerState(StrEnum):
    """given → removed, by a coordinator."""

    GIVEN = "given"
    REMOVED = "removed"


class Answer(Identified, Timestamped, Versioned, SQLModel, table=True):
    """An answer to a question."""

    __tablename__ = "question_answer"

    question_id: UUID = Field(foreign_key="question.id", index=True)
    organisation_id: UUID = Field(foreign_key="organisation.id", index=True)
    member_id: UUID = Field(foreign_key="member.id", index=True)
    words: str
    named: bool = Field(default=False, description="Whether whoever answers lets the reader know who that is.")
    audience: Visibility | None = Field(
        default=None, sa_type=stored_by_value(Visibility), description="Who may read it beside who asked; None: nobody."
    )
    state: AnswerState = Field(default=AnswerState.GIVEN, sa_type=stored_by_value(AnswerState))
