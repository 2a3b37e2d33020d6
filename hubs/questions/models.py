"""Rows for what members of a hub ask each other, and for the answers."""

from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from core.database.full_text import words_in
from core.database.tables import Identified, Timestamped, Versioned, stored_by_value

HUB_QUESTION_WORDS = words_in("hub_question.title", "hub_question.words")
HUB_QUESTION_ANSWER_WORDS = words_in("hub_question_answer.words")


class QuestionAudience(StrEnum):
    """Who may read a question with its answers, as whoever asks has chosen."""

    MEMBERS = "members"
    HUBS = "hubs"
    """Members of any hub."""
    EVERYBODY = "everybody"
    GROUP = "group"
    """Who is in the group in which it is asked, from whichever hub."""


class HubQuestionState(StrEnum):
    """asked → removed, by the host or by whoever asked; an answer likewise."""

    ASKED = "asked"
    REMOVED = "removed"


class HubAnswerState(StrEnum):
    """given → removed."""

    GIVEN = "given"
    REMOVED = "removed"


class HubQuestion(Identified, Timestamped, Versioned, SQLModel, table=True):
    """What a member asks at a hub, perhaps because of something that is on there."""

    __tablename__ = "hub_question"
    __table_args__ = (
        Index("ix_hub_question_words", text(HUB_QUESTION_WORDS), postgresql_using="gin"),
        CheckConstraint("(audience = 'group') = (group_id is not null)", name="group"),
    )

    hub_id: UUID = Field(foreign_key="hub.id", index=True)
    group_id: UUID | None = Field(
        default=None, foreign_key="hub_group.id", index=True, description="In which network or working group."
    )
    member_id: UUID = Field(foreign_key="member.id", index=True)
    activity_id: UUID | None = Field(default=None, foreign_key="hub_activity.id", index=True)
    audience: QuestionAudience = Field(sa_type=stored_by_value(QuestionAudience))
    title: str
    words: str
    named: bool = Field(default=False, description="Whether readers are told first name and organisation.")
    state: HubQuestionState = Field(default=HubQuestionState.ASKED, sa_type=stored_by_value(HubQuestionState))


class HubQuestionAnswer(Identified, Timestamped, Versioned, SQLModel, table=True):
    """An answer, for all who may read the question."""

    __tablename__ = "hub_question_answer"
    __table_args__ = (Index("ix_hub_question_answer_words", text(HUB_QUESTION_ANSWER_WORDS), postgresql_using="gin"),)

    question_id: UUID = Field(foreign_key="hub_question.id", index=True, ondelete="CASCADE")
    member_id: UUID = Field(foreign_key="member.id", index=True)
    words: str
    named: bool = Field(default=False, description="Whether readers are told first name and organisation.")
    state: HubAnswerState = Field(default=HubAnswerState.GIVEN, sa_type=stored_by_value(HubAnswerState))
