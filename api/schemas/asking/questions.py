"""Questions about a skill and their answers on the wire."""

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Self
from uuid import UUID

from msgspec import Meta
from msgspec.structs import replace

from api.schemas.base import COUNTY, FILLED_IN, Name, TextOut, Wire, Words, limited
from core.limits import LONGEST_CODE
from core.text import beginning
from core.time import clock
from marketplace.offers.homes import OrganisationGroup
from marketplace.questions.models import AnswerState, QuestionState
from marketplace.questions.queries import AnswerView, QuestionView
from marketplace.questions.rules import LONGEST_DAYS, QuestionDraft

_ID = "01980000-0000-7000-8000-0000000000{}"
Said = Annotated[
    str,
    limited("Without a telephone or personal identity number.", min_length=1, max_length=2000, pattern=FILLED_IN),
]


class QuestionIn(Wire):
    """What you want to know. With `offerId`, of an offer of a capacity card, HR where the person works is asked."""

    skill_code: Annotated[str, limited(min_length=1, max_length=LONGEST_CODE)]
    title: Name
    words: Said
    until: Annotated[date, Meta(description=f"The last day to answer, within {LONGEST_DAYS} days.")]
    county_code: Annotated[str | None, limited("Where it matters, if it does.", pattern=COUNTY)] = None
    offer_id: UUID | None = None

    @classmethod
    def example(cls) -> Self:
        """Return a question to a panel."""
        return cls(
            skill_code="procurement",
            title="Hur gör ni direktupphandling av workshopledning?",
            words="Vi vill veta hur ni dokumenterar priset när ni frågar flera.",
            until=clock.today() + timedelta(days=14),
        )

    def draft(self) -> QuestionDraft:
        """Return it as the marketplace knows it."""
        return QuestionDraft(
            skill_code=self.skill_code,
            title=self.title,
            words=self.words,
            until=self.until,
            county_code=self.county_code,
            offer_id=self.offer_id,
        )


class QuestionAnswerIn(Wire):
    """An answer; `named`: whoever reads it may know that it is yours."""

    words: Said
    named: bool = False

    @classmethod
    def example(cls) -> Self:
        """Return a short one."""
        return cls(words="Vi frågar tre och skriver en kort tjänsteanteckning.")


class QuestionRefusal(Wire):
    """Why it is not answered, if HR wants to say. Nothing is told of what a person says."""

    words: Words = ""

    @classmethod
    def example(cls) -> Self:
        """Return that there is no time."""
        return cls(words="Vi hinner inte svara den här månaden.")


class QuestionReport(Wire):
    """What has no place in a question or its answers."""

    words: Said

    @classmethod
    def example(cls) -> Self:
        """Return that it is about a person."""
        return cls(words="Frågan handlar om en enskild person.")


class QuestionEnd(StrEnum):
    """How whoever asked ends it."""

    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"


class QuestionEnding(Wire):
    """That your question is answered, or is asked no more."""

    to: QuestionEnd

    @classmethod
    def example(cls) -> Self:
        """Return that it is answered."""
        return cls(to=QuestionEnd.ANSWERED)


class QuestionRemoval(Wire):
    """What is taken away: the answer, or without one the question."""

    answer_id: UUID | None = None

    @classmethod
    def example(cls) -> Self:
        """Return the question."""
        return cls()


class AnswererOut(Wire):
    """Who has answered, as that one lets the reader know."""

    name: str
    email: str


class QuestionAnswerOut(Wire):
    """An answer that you may read: `organisationId` is null where that would tell who it is, `by` where nobody says."""

    id: UUID
    state: AnswerState
    organisation_id: UUID | None
    words: str
    by: AnswererOut | None
    given_at: datetime


class AskedOut(Wire):
    """Where the person works whose card a question is about, as far as you may know it."""

    offer_id: UUID
    organisation_id: UUID | None
    organisation_group: OrganisationGroup
    county_codes: list[str]


class QuestionOut(Wire):
    """A question. `asked` is null where a panel is asked; `state` is `passed` only where the person works.

    The `answers` are told of one question; in lists they are null, and counted.
    """

    id: UUID
    state: QuestionState
    skill_code: str
    organisation_id: UUID
    title: str
    words: TextOut
    county_code: str | None
    until: date
    asked_at: datetime
    asked: AskedOut | None
    refusal_words: str
    may_answer: bool
    answer_count: int
    answers: list[QuestionAnswerOut] | None

    @classmethod
    def example(cls) -> Self:
        """Return a question to a panel with an answer."""
        return cls(
            id=UUID(_ID.format("81")),
            state=QuestionState.OPEN,
            skill_code="procurement",
            organisation_id=UUID(_ID.format("04")),
            title="Hur gör ni direktupphandling av workshopledning?",
            words="Vi vill veta hur ni dokumenterar priset när ni frågar flera.",
            county_code=None,
            until=date(2026, 12, 11),
            asked_at=datetime.fromisoformat("2026-11-21T08:30:00Z"),
            asked=None,
            refusal_words="",
            may_answer=False,
            answer_count=1,
            answers=[
                QuestionAnswerOut(
                    id=UUID(_ID.format("82")),
                    state=AnswerState.GIVEN,
                    organisation_id=UUID(_ID.format("05")),
                    words="Vi frågar tre och skriver en kort tjänsteanteckning.",
                    by=None,
                    given_at=datetime.fromisoformat("2026-11-22T08:30:00Z"),
                )
            ],
        )


def question_out(view: QuestionView) -> QuestionOut:
    """Return a question as somebody may read it; not how often it was changed, which would tell what HR has done."""
    row, home = view.question, view.home
    asked = None
    if home is not None and row.offer_id is not None:
        asked = AskedOut(
            offer_id=row.offer_id,
            organisation_id=home.organisation.id if home.organisation else None,
            organisation_group=home.group,
            county_codes=[each.code for each in home.counties],
        )
    return QuestionOut(
        id=row.id,
        state=view.state,
        skill_code=view.skill.code,
        organisation_id=view.organisation.id,
        title=row.title,
        words=row.words,
        county_code=row.county_code,
        until=row.until,
        asked_at=row.created_at,
        asked=asked,
        refusal_words=view.refusal_words,
        may_answer=view.may_answer,
        answer_count=len(view.answers),
        answers=[_answer_out(each) for each in view.answers],
    )


def question_listed(view: QuestionView) -> QuestionOut:
    """Return a question as it stands in a list."""
    out = question_out(view)
    return replace(out, words=beginning(out.words), answers=None)


def _answer_out(view: AnswerView) -> QuestionAnswerOut:
    row = view.answer
    return QuestionAnswerOut(
        id=row.id,
        state=row.state,
        organisation_id=view.organisation.id if view.organisation else None,
        words=row.words,
        by=AnswererOut(name=view.member.name, email=view.member.email) if view.member else None,
        given_at=row.created_at,
    )
