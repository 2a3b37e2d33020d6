"""Every question about questions at hubs: who reads one, and what is told of who wrote what."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, ScalarSelect, Select, and_, case, exists, false, func, literal, or_, select
from sqlmodel import Session, col

from core.actor import Actor, Permission
from core.database.full_text import Word, words_of
from core.database.page import DEFAULT_LIMIT, Page, read_rows
from core.database.tables import any_of
from core.errors import NotFound
from hubs.groups.models import HubGroup
from hubs.groups.queries import in_group
from hubs.membership.models import HubMember, HubMemberState
from hubs.membership.queries import belonging, member_ids
from hubs.places.models import Hub, HubPhase
from hubs.questions.models import (
    HUB_QUESTION_ANSWER_WORDS,
    HUB_QUESTION_WORDS,
    HubAnswerState,
    HubQuestion,
    HubQuestionAnswer,
    HubQuestionState,
    QuestionAudience,
)
from marketplace.organisations.models import Member, Organisation


@dataclass(frozen=True)
class HubQuestionSearch:
    """What is asked of the questions."""

    hub_id: UUID | None = None
    activity_id: UUID | None = None
    text: str = ""
    group_id: UUID | None = None


ALL = HubQuestionSearch()


@dataclass(frozen=True)
class Writer:
    """Who wrote something, as far as it lets its readers know; both are empty where it does not."""

    first_name: str
    organisation: str


@dataclass(frozen=True)
class HubAnswerView:
    """An answer, and whether it is the reader's own."""

    answer: HubQuestionAnswer
    by: Writer
    own: bool


@dataclass(frozen=True)
class HubQuestionView:
    """A question as somebody may read it.

    `keeps` says that the reader is host there, `own` that it has asked, `belongs` that it is a member somewhere where
    the question may be read, or in the group, and so may answer. `group` is where it was asked, if in one.
    """

    question: HubQuestion
    hub: Hub
    group: HubGroup | None
    by: Writer
    answers: Sequence[HubAnswerView]
    own: bool
    keeps: bool
    belongs: bool

    @property
    def answer_count(self) -> int:
        """How many answers there are to read."""
        return sum(each.answer.state is HubAnswerState.GIVEN for each in self.answers)

    @property
    def may_answer(self) -> bool:
        """Whether the reader may answer."""
        is_open = self.group is None or self.group.closed_at is None
        return is_open and self.question.state is HubQuestionState.ASKED and (self.belongs or self.keeps)


def questions_page(
    session: Session,
    actor: Actor | None,
    wanted: HubQuestionSearch = ALL,
    *,
    page: int = 1,
    limit: int = DEFAULT_LIMIT,
) -> Page[HubQuestionView]:
    """Return what somebody, signed in or not, may read, the last asked first."""
    found = _visible_to(actor)
    if wanted.hub_id is not None:
        found = found.where(col(HubQuestion.hub_id) == wanted.hub_id)
    if wanted.activity_id is not None:
        found = found.where(col(HubQuestion.activity_id) == wanted.activity_id)
    if wanted.group_id is not None:
        found = found.where(col(HubQuestion.group_id) == wanted.group_id)
    if wanted.text.strip():
        words = words_of(session, wanted.text)
        found = found.where(*map(_says, words)) if words else found.where(false())
    ordered = found.order_by(col(HubQuestion.id).desc())
    return read_rows(session, ordered, page, limit).of(lambda rows: _views(session, actor, rows))


def question_view(session: Session, actor: Actor | None, question_id: UUID) -> HubQuestionView:
    """Return a question that somebody may read; NotFound where there is none."""
    found = session.execute(_visible_to(actor).where(col(HubQuestion.id) == question_id)).one_or_none()
    if found is None:
        raise NotFound("hub_question", question_id)
    return _views(session, actor, [found])[0]


def asked_lately(session: Session, member_id: UUID, since: datetime) -> int:
    """Return how many questions a member has asked since an instant, however they stand."""
    found = select(func.count()).select_from(HubQuestion)
    own = (col(HubQuestion.member_id) == member_id, col(HubQuestion.created_at) > since)
    return session.scalars(found.where(*own)).one()


def answers_count(session: Session, question_id: UUID, member_id: UUID | None = None) -> int:
    """Return how many answers a question has, of all or of one member, those that were taken away too."""
    of_member = [col(HubQuestionAnswer.member_id) == member_id] if member_id else []
    found = select(func.count()).select_from(HubQuestionAnswer)
    return session.scalars(found.where(col(HubQuestionAnswer.question_id) == question_id, *of_member)).one()


def _visible_to(actor: Actor | None) -> Select[*tuple[Any, ...]]:
    """Return the SELECT of what somebody may read. What was taken away is for the host and for who asked.

    Of a group's questions who is not in it reads none, not even its own from when it was; but the host.
    """
    kept, belongs, anywhere, own = _kept_by(actor), _belongs(actor), _belongs_anywhere(actor), _own(actor)
    audience = col(HubQuestion.audience)
    everybody = and_(audience == QuestionAudience.EVERYBODY, col(Hub.phase) != HubPhase.PREPARE)
    all_hubs = and_(audience.in_([QuestionAudience.HUBS, QuestionAudience.EVERYBODY]), anywhere)
    read = or_(belongs, everybody, and_(audience == QuestionAudience.HUBS, anywhere))
    return (
        select(
            HubQuestion,
            Hub,
            HubGroup,
            _organisation(HubQuestion).label("organisation"),
            _first_name(HubQuestion).label("first_name"),
            own.label("own"),
            kept.label("keeps"),
            or_(belongs, all_hubs).label("belongs"),
        )
        .join(Hub, col(Hub.id) == col(HubQuestion.hub_id))
        .outerjoin(HubGroup, col(HubGroup.id) == col(HubQuestion.group_id))
        .where(or_(kept, own, and_(col(HubQuestion.state) == HubQuestionState.ASKED, read)))
    )


def _kept_by(actor: Actor | None) -> ColumnElement[bool]:
    """Say that the actor is host of a question's hub, as `Actor.hosts` does."""
    if actor is None or not actor.may(Permission.HOST):
        return false()
    if actor.site_ids:
        return any_of(col(Hub.site_id), actor.site_ids)
    return col(Hub.organisation_id) == actor.organisation_id


def _belongs(actor: Actor | None) -> ColumnElement[bool]:
    """Say that the actor is a member of a question's hub; of one that is asked in a group, that it is in that."""
    if actor is None:
        return false()
    hub_id: Any = col(HubQuestion.hub_id)
    at_hub = and_(col(HubQuestion.group_id).is_(None), literal(actor.member_id).in_(member_ids(hub_id)))
    return or_(at_hub, in_group(actor.member_id, col(HubQuestion.group_id)))


def _belongs_anywhere(actor: Actor | None) -> ColumnElement[bool]:
    return false() if actor is None else belonging(actor.member_id)


def _own(actor: Actor | None) -> ColumnElement[bool]:
    if actor is None:
        return false()
    reads = or_(col(HubQuestion.group_id).is_(None), in_group(actor.member_id, col(HubQuestion.group_id)))
    return and_(col(HubQuestion.member_id) == actor.member_id, reads)


def _says(word: Word) -> ColumnElement[bool]:
    """Say that a word stands in a question or in an answer to it."""
    given = (
        col(HubQuestionAnswer.question_id) == col(HubQuestion.id),
        col(HubQuestionAnswer.state) == HubAnswerState.GIVEN,
    )
    answered = exists().where(*given, word.is_in(HUB_QUESTION_ANSWER_WORDS))
    return or_(word.within(col(HubQuestion.title)), word.is_in(HUB_QUESTION_WORDS), answered)


def _organisation(row: type[HubQuestion | HubQuestionAnswer]) -> ColumnElement[str]:
    """Return the organisation of who wrote something, empty where it does not say."""
    found = (
        select(col(Organisation.name))
        .join(Member, col(Member.organisation_id) == col(Organisation.id))
        .where(col(Member.id) == col(row.member_id))
        .correlate(row)
        .scalar_subquery()
    )
    return case((col(row.named), found), else_="")


def _first_name(row: type[HubQuestion | HubQuestionAnswer]) -> ColumnElement[str]:
    """Return the first name of who wrote something, at this hub before others; empty where it does not say, or left the
    hubs, or the group.
    """
    found: ScalarSelect[str] = (
        select(col(HubMember.first_name))
        .where(col(HubMember.member_id) == col(row.member_id), col(HubMember.state) == HubMemberState.ACTIVE)
        .order_by((col(HubMember.hub_id) == col(HubQuestion.hub_id)).desc(), col(HubMember.id))
        .limit(1)
        .correlate(row, HubQuestion)
        .scalar_subquery()
    )
    stays = or_(col(HubQuestion.group_id).is_(None), in_group(col(row.member_id), col(HubQuestion.group_id)))
    return case((and_(col(row.named), stays), func.coalesce(found, "")), else_="")


def _views(session: Session, actor: Actor | None, rows: Sequence[Row[Any]]) -> list[HubQuestionView]:
    answers = _answers(session, actor, rows)
    return [
        HubQuestionView(
            question=row.HubQuestion,
            hub=row.Hub,
            group=row.HubGroup,
            by=Writer(row.first_name, row.organisation),
            answers=answers[row.HubQuestion.id],
            own=row.own,
            keeps=row.keeps,
            belongs=row.belongs,
        )
        for row in rows
    ]


def _answers(session: Session, actor: Actor | None, rows: Sequence[Row[Any]]) -> dict[UUID, list[HubAnswerView]]:
    """Return the answers to questions, as they were given. One that was taken away is for the host and its writer."""
    reader = actor.member_id if actor else None
    kept = [row.HubQuestion.id for row in rows if row.keeps]
    seen = or_(
        col(HubQuestionAnswer.state) == HubAnswerState.GIVEN,
        any_of(col(HubQuestionAnswer.question_id), kept),
        col(HubQuestionAnswer.member_id) == reader,
    )
    found = (
        select(
            HubQuestionAnswer,
            _organisation(HubQuestionAnswer).label("organisation"),
            _first_name(HubQuestionAnswer).label("first_name"),
        )
        .join(HubQuestion, col(HubQuestion.id) == col(HubQuestionAnswer.question_id))
        .where(any_of(col(HubQuestionAnswer.question_id), [row.HubQuestion.id for row in rows]), seen)
        .order_by(col(HubQuestionAnswer.id))
    )
    told: dict[UUID, list[HubAnswerView]] = defaultdict(list)
    for row in session.execute(found) if rows else ():
        answer = row.HubQuestionAnswer
        view = HubAnswerView(answer, Writer(row.first_name, row.organisation), answer.member_id == reader)
        told[answer.question_id].append(view)
    return told
