"""What members of hubs ask each other, and the answers, on the wire."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from msgspec import Meta
from msgspec.structs import replace

from api.schemas.asking.questions import Said
from api.schemas.base import Name, TextOut, Wire
from core.text import beginning
from hubs.questions.models import HubAnswerState, HubQuestionState, QuestionAudience
from hubs.questions.queries import HubAnswerView, HubQuestionView, Writer
from hubs.questions.rules import HubQuestionDraft

_ID = "01980000-0000-7000-8000-0000000000{}"


class HubQuestionIn(Wire):
    """What you want to know, at a hub that you are a member of, or in a group that began there and that you are in.

    `named`: readers learn first name and organisation.
    """

    hub_id: UUID
    title: Name
    words: Said
    audience: QuestionAudience = QuestionAudience.MEMBERS
    named: bool = False
    activity_id: Annotated[UUID | None, Meta(description="What of what is on at the hub it is about.")] = None
    group_id: Annotated[UUID | None, Meta(description="The group that is asked; the audience is `group` then.")] = None

    @classmethod
    def example(cls) -> Self:
        """Return a question to the members."""
        return cls(
            hub_id=UUID(_ID.format("a1")),
            title="Hur gör ni med besökare?",
            words="Vi vill veta vem som tar emot dem, och var de sitter.",
        )

    def draft(self) -> HubQuestionDraft:
        """Return what the rules check."""
        return HubQuestionDraft(
            title=self.title,
            words=self.words,
            audience=self.audience,
            named=self.named,
            activity_id=self.activity_id,
            group_id=self.group_id,
        )


class HubAnswerIn(Wire):
    """An answer; `named`: readers learn your first name and your organisation."""

    words: Said
    named: bool = False

    @classmethod
    def example(cls) -> Self:
        """Return a short one."""
        return cls(words="Den som bjuder in möter i dörren.")


class HubQuestionReport(Wire):
    """What has no place in a question or its answers."""

    words: Said

    @classmethod
    def example(cls) -> Self:
        """Return that it is about a person."""
        return cls(words="Frågan handlar om en enskild person.")


class HubQuestionRemoval(Wire):
    """What is taken away: the answer, or without one the question."""

    answer_id: UUID | None = None

    @classmethod
    def example(cls) -> Self:
        """Return the question."""
        return cls()


class HubWriterOut(Wire):
    """Who wrote something, as that one lets you know: both are empty where it does not."""

    first_name: str
    organisation: str


class HubAnswerOut(Wire):
    """An answer."""

    id: UUID
    state: HubAnswerState
    words: str
    by: HubWriterOut
    own: bool
    given_at: datetime


class HubQuestionOut(Wire):
    """A question at a hub. The `answers` are told of one question; in lists they are null, and counted."""

    id: UUID
    hub_id: UUID
    state: HubQuestionState
    audience: QuestionAudience
    activity_id: UUID | None
    group_id: UUID | None
    title: str
    words: TextOut
    by: HubWriterOut
    own: bool
    may_answer: bool
    asked_at: datetime
    answer_count: int
    answers: list[HubAnswerOut] | None

    @classmethod
    def example(cls) -> Self:
        """Return a question with an answer."""
        nobody = HubWriterOut(first_name="", organisation="")
        return cls(
            id=UUID(_ID.format("a7")),
            hub_id=UUID(_ID.format("a1")),
            state=HubQuestionState.ASKED,
            audience=QuestionAudience.MEMBERS,
            activity_id=None,
            group_id=None,
            title="Hur gör ni med besökare?",
            words="Vi vill veta vem som tar emot dem, och var de sitter.",
            by=nobody,
            own=False,
            may_answer=True,
            asked_at=datetime.fromisoformat("2026-11-21T08:30:00Z"),
            answer_count=1,
            answers=[
                HubAnswerOut(
                    id=UUID(_ID.format("a8")),
                    state=HubAnswerState.GIVEN,
                    words="Den som bjuder in möter i dörren.",
                    by=nobody,
                    own=False,
                    given_at=datetime.fromisoformat("2026-11-22T08:30:00Z"),
                )
            ],
        )


def hub_question_out(view: HubQuestionView) -> HubQuestionOut:
    """Return a question as somebody may read it."""
    row = view.question
    return HubQuestionOut(
        id=row.id,
        hub_id=row.hub_id,
        state=row.state,
        audience=row.audience,
        activity_id=row.activity_id,
        group_id=row.group_id,
        title=row.title,
        words=row.words,
        by=_writer_out(view.by),
        own=view.own,
        may_answer=view.may_answer,
        asked_at=row.created_at,
        answer_count=view.answer_count,
        answers=[_answer_out(each) for each in view.answers],
    )


def hub_question_listed(view: HubQuestionView) -> HubQuestionOut:
    """Return a question as it stands in a list."""
    out = hub_question_out(view)
    return replace(out, words=beginning(out.words), answers=None)


def _answer_out(view: HubAnswerView) -> HubAnswerOut:
    row = view.answer
    return HubAnswerOut(
        id=row.id,
        state=row.state,
        words=row.words,
        by=_writer_out(view.by),
        own=view.own,
        given_at=row.created_at,
    )


def _writer_out(writer: Writer) -> HubWriterOut:
    return HubWriterOut(first_name=writer.first_name, organisation=writer.organisation)
