"""Every question about questions: who sees one, which answers, and what of who answers."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, false, func, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from competence.models import Skill, StaffCapacity
from core import geo
from core.actor import Actor, Permission
from core.database.page import DEFAULT_LIMIT, Page, read_rows
from core.database.tables import any_of, coordinated, within
from core.errors import NotFound
from core.time import clock
from marketplace.offers.homes import Home, home_of, may_know
from marketplace.offers.models import Offer, OfferState, Visibility
from marketplace.organisations.models import Member, Organisation
from marketplace.organisations.queries import takes_part
from marketplace.questions.models import Adviser, AdviserState, Answer, AnswerState, Question, QuestionState
from marketplace.questions.panels import is_near, reaches
from marketplace.questions.rules import WAITING
from resources.families.staff import FEWEST_MEANT
from resources.models import Resource

Employer = aliased(Organisation, name="employer")


class Whose(StrEnum):
    """Which questions a list is narrowed to."""

    MINE = "mine"
    FOR_ME = "for_me"
    """That wait for an answer of the actor: as an adviser, as HR, or as whose card it is."""


@dataclass(frozen=True)
class QuestionSearch:
    """What a list of questions is narrowed to; nothing: all that the actor may see."""

    whose: Whose | None = None
    skill_code: str | None = None
    state: QuestionState | None = None
    text: str | None = None


@dataclass(frozen=True)
class AnswerView:
    """An answer that the reader may read; by whom, as far as the reader may know."""

    answer: Answer
    organisation: Organisation | None
    member: Member | None
    by_reader: bool


@dataclass(frozen=True)
class QuestionView:
    """A question as somebody may read it.

    `home` is what the reader may know of where the person works whose card it is about. `asks`, `keeps_card`, `passed`
    and `advises` say what the reader is to it: who asks, HR where the person works, the person, somebody of the
    panel, whose answers are for that audience. `coordinates`: it may take the question away.
    """

    question: Question
    skill: Skill
    organisation: Organisation
    home: Home | None
    answers: Sequence[AnswerView]
    asks: bool
    keeps_card: bool
    passed: bool
    advises: Visibility | None
    coordinates: bool
    department: str | None
    """Of the card."""
    person_id: UUID | None
    """Whose card it is, if that is known: for HR to pass it on, told to nobody."""

    @property
    def state(self) -> QuestionState:
        """How it stands as the reader is told: only where the person works is it known that it was passed on."""
        hidden = self.question.state is QuestionState.PASSED and not (self.keeps_card or self.passed)
        return QuestionState.OPEN if hidden else self.question.state

    @property
    def waits(self) -> bool:
        """Whether it may be answered still."""
        return self.question.state in WAITING and self.question.until >= clock.today()

    @cached_property
    def may_answer(self) -> bool:
        """Whether the reader may answer it now."""
        return self.waits and (self.keeps_card or self.passed or self.advises is not None)

    @property
    def refusal_words(self) -> str:
        """Why it was declined, for who asked and where the person works."""
        return self.question.refusal_words if self.asks or self.keeps_card else ""


def visible_to(actor: Actor) -> Select[Question]:
    """Return the SELECT of the questions that somebody may see, joined with what `QuestionView` is made of.

    Who asked sees it, and of one to a panel its colleagues; whom it is put to; who has answered; of one to a panel
    whoever may read an answer; and coordinators of who asked or answered. Of an organisation that has left, the
    coordinators alone.
    """
    to_panel = col(Question.offer_id).is_(None)
    at_home = col(Question.organisation_id) == actor.organisation_id
    answers = select(col(Answer.id)).join(Organisation, col(Organisation.id) == col(Answer.organisation_id))
    answers = answers.where(col(Answer.question_id) == col(Question.id)).correlate(Question)
    readable = answers.where(
        col(Answer.state) == AnswerState.GIVEN,
        reaches(actor, col(Answer.audience), col(Answer.organisation_id), col(Organisation.county_code)),
    )
    told = or_(
        _keeps_card(actor),
        _is_passed_to(actor),
        answers.where(col(Answer.member_id) == actor.member_id).exists(),
        and_(to_panel, or_(at_home, readable.exists(), _advising(actor).exists())),
    )
    seen = or_(
        col(Question.member_id) == actor.member_id,
        coordinated(actor, col(Question.organisation_id)),
        answers.where(coordinated(actor, col(Answer.organisation_id))).exists(),
        and_(col(Question.state) != QuestionState.REMOVED, takes_part(), told),
    )
    return (
        select(Question)
        .join(Skill, col(Skill.id) == col(Question.skill_id))
        .join(Organisation, col(Organisation.id) == col(Question.organisation_id))
        .outerjoin(Offer, col(Offer.id) == col(Question.offer_id))
        .outerjoin(Resource, col(Resource.id) == col(Offer.resource_id))
        .outerjoin(StaffCapacity, col(StaffCapacity.resource_id) == col(Offer.resource_id))
        .outerjoin(Employer, col(Employer.id) == col(Question.asked_id))
        .where(seen)
    )


def questions_page(
    session: Session, actor: Actor, search: QuestionSearch, page: int = 1, limit: int = DEFAULT_LIMIT
) -> Page[QuestionView]:
    """Return questions, those that wait first, the last asked first."""
    waits = col(Question.state).in_(WAITING)
    found = visible_to(actor).where(*_conditions(actor, search)).order_by(waits.desc(), col(Question.id).desc())
    return read_rows(session, _whole(actor, found), page, limit).of(lambda rows: _views(session, actor, rows))


def question_view(session: Session, actor: Actor, question_id: UUID) -> QuestionView:
    """Return one question; NotFound where there is none that the actor may see."""
    found = session.execute(_whole(actor, visible_to(actor).where(col(Question.id) == question_id))).all()
    if not found:
        raise NotFound("question", question_id)
    return _views(session, actor, found)[0]


def waiting_for(actor: Actor) -> Select[int]:
    """Count the questions that wait for an answer of the actor, those of yesterday until they are ended."""
    found = visible_to(actor).where(*_for_me(actor))
    return found.with_only_columns(func.count(), maintain_column_froms=True)


def asked_lately(session: Session, actor: Actor, since: datetime) -> int:
    """Return how many questions the actor has asked since an instant, however they stand."""
    return _counted(session, actor, col(Question.created_at) > since)


def open_of(session: Session, actor: Actor) -> int:
    """Return how many questions of the actor wait for answers."""
    return _counted(session, actor, col(Question.state).in_(WAITING))


def is_asked_already(session: Session, actor: Actor, offer_id: UUID) -> bool:
    """Tell whether the actor's organisation waits for an answer about a card."""
    found = select(col(Question.id)).where(
        col(Question.offer_id) == offer_id,
        col(Question.organisation_id) == actor.organisation_id,
        col(Question.state).in_(WAITING),
    )
    return session.execute(found.limit(1)).first() is not None


def answers_count(session: Session, question_id: UUID, member_id: UUID | None = None) -> int:
    """Return how many answers a question has, of all or of one member."""
    of_member = [col(Answer.member_id) == member_id] if member_id else []
    return session.scalars(select(func.count()).where(col(Answer.question_id) == question_id, *of_member)).one()


def unit_of(session: Session, question: Question) -> str:
    """Return the unit of the card that a question is about; empty: it is the whole organisation's."""
    found = select(col(Resource.department)).join(Offer, col(Offer.resource_id) == col(Resource.id))
    return session.scalars(found.where(col(Offer.id) == question.offer_id)).one_or_none() or ""


def over(session: Session, passed: datetime) -> list[Question]:
    """Return what nobody may answer any more and still waits, locked; what somebody else is at is left out."""
    last: date = passed.astimezone(clock.STOCKHOLM).date() - timedelta(days=1)
    found = select(Question).where(col(Question.state).in_(WAITING), col(Question.until) <= last)
    return list(session.scalars(found.order_by(col(Question.id)).with_for_update(skip_locked=True)))


def about_closed(session: Session, passed: datetime) -> list[Question]:
    """Return what waits about a card that is offered no more, locked; what somebody else is at is left out."""
    found = select(Question).join(Offer, col(Offer.id) == col(Question.offer_id))
    closed = or_(col(Offer.state) == OfferState.CLOSED, func.upper(col(Offer.during)) <= passed)
    locked = found.order_by(col(Question.id)).with_for_update(of=Question, skip_locked=True)
    return list(session.scalars(locked.where(col(Question.state).in_(WAITING), closed)))


def passed_to_nobody(session: Session) -> list[Question]:
    """Return what was passed on to somebody who has left, or has the card no more, and is not answered, locked."""
    answered = select(col(Answer.id)).where(
        col(Answer.question_id) == col(Question.id), col(Answer.member_id) == col(Question.passed_to_id)
    )
    found = (
        select(Question)
        .join(Member, col(Member.id) == col(Question.passed_to_id))
        .join(Offer, col(Offer.id) == col(Question.offer_id))
        .join(StaffCapacity, col(StaffCapacity.resource_id) == col(Offer.resource_id))
        .where(col(Question.state) == QuestionState.PASSED, ~answered.exists())
        .where(or_(~col(Member.active), col(StaffCapacity.member_id).is_distinct_from(col(Question.passed_to_id))))
    )
    return list(session.scalars(found.order_by(col(Question.id)).with_for_update(of=Question, skip_locked=True)))


def _counted(session: Session, actor: Actor, condition: ColumnElement[bool]) -> int:
    own = col(Question.member_id) == actor.member_id
    return session.scalars(select(func.count()).select_from(Question).where(own, condition)).one()


def _conditions(actor: Actor, search: QuestionSearch) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if search.whose is Whose.MINE:
        found.append(col(Question.member_id) == actor.member_id)
    if search.whose is Whose.FOR_ME:
        found += [*_for_me(actor), col(Question.until) >= clock.today()]
    if search.skill_code:
        asked = select(col(Skill.id)).where(col(Skill.code) == search.skill_code).scalar_subquery()
        found.append(is_near(col(Question.skill_id), asked))
    if search.state is QuestionState.OPEN:
        found.append(col(Question.state).in_(WAITING))  # which of the two is not told
    elif search.state is not None:
        hidden = search.state is QuestionState.PASSED
        found += [col(Question.state) == search.state, *([_keeps_card(actor)] if hidden else [])]
    if search.text:
        words = (col(Question.title), col(Question.words))
        found.append(or_(*(each.icontains(search.text, autoescape=True) for each in words)))
    return found


def _for_me(actor: Actor) -> list[ColumnElement[bool]]:
    by_hr = and_(_keeps_card(actor), col(Question.state) == QuestionState.OPEN)
    passed = and_(_is_passed_to(actor), col(Question.state) == QuestionState.PASSED)
    answered = select(col(Answer.id)).where(
        col(Answer.question_id) == col(Question.id), col(Answer.member_id) == actor.member_id
    )
    return [or_(by_hr, passed, _asked(actor)), ~answered.correlate(Question).exists()]


def _keeps_card(actor: Actor) -> ColumnElement[bool]:
    return within(actor, Permission.NOTE_APPROVAL, col(Question.asked_id), col(Resource.department))


def _is_passed_to(actor: Actor) -> ColumnElement[bool]:
    is_theirs = col(StaffCapacity.member_id) == actor.member_id
    return and_(col(Question.passed_to_id) == actor.member_id, is_theirs)


def _asked(actor: Actor) -> ColumnElement[bool]:
    """Say that the actor is of the panel that a question waits for."""
    waits = and_(col(Question.state) == QuestionState.OPEN, col(Question.offer_id).is_(None))
    others = col(Question.member_id) != actor.member_id
    return and_(waits, others, _advising(actor).exists())


def _advising(actor: Actor) -> Select[Visibility]:
    return (
        select(col(Adviser.audience))
        .where(
            col(Adviser.member_id) == actor.member_id,
            col(Adviser.state) == AdviserState.ACTIVE,
            is_near(col(Adviser.skill_id), col(Question.skill_id)),
            reaches(actor, col(Adviser.audience), col(Question.organisation_id), col(Organisation.county_code)),
        )
        .correlate(Question, Organisation)
        .order_by((col(Adviser.skill_id) == col(Question.skill_id)).desc(), col(Adviser.id))
        .limit(1)
    )


def _whole(actor: Actor, found: Select[Any]) -> Select[Any]:
    return found.add_columns(
        Skill,
        Organisation,
        StaffCapacity,
        Employer,
        col(Resource.department).label("department"),
        func.coalesce(_keeps_card(actor), false()).label("keeps_card"),
        func.coalesce(_is_passed_to(actor), false()).label("passed"),
        _advising(actor).scalar_subquery().label("advises"),
    )


def _views(session: Session, actor: Actor, rows: Sequence[Row[Any]]) -> list[QuestionView]:
    answers = _answers(session, actor, [row.Question.id for row in rows])
    return [_view(actor, row, answers[row.Question.id]) for row in rows]


def _view(actor: Actor, row: Row[Any], answers: Sequence[Row[Any]]) -> QuestionView:
    question, card, employer = row.Question, row.StaffCapacity, row.employer
    asks = question.member_id == actor.member_id
    home = None
    if employer is not None:
        said = asks and any(each.Answer.named for each in answers)
        told = said or (card.people_meant or 0) >= FEWEST_MEANT or may_know(actor, employer.id)
        places = [geo.municipality(code) for code in card.municipality_codes]
        home = home_of(employer, places, told=told)
    told_of = [_answer(actor, each, question, home, asks=asks, keeps_card=row.keeps_card) for each in answers]
    by_panel = question.state is QuestionState.OPEN and question.offer_id is None and not asks
    return QuestionView(
        question=question,
        skill=row.Skill,
        organisation=row.Organisation,
        home=home,
        answers=told_of,
        asks=asks,
        keeps_card=row.keeps_card,
        passed=row.passed and question.state is QuestionState.PASSED,
        advises=row.advises if by_panel else None,
        coordinates=actor.coordinates_for(question.organisation_id)
        or any(actor.coordinates_for(each.Answer.organisation_id) for each in answers),
        department=row.department,
        person_id=card.member_id if card is not None and row.keeps_card else None,
    )


def _answer(
    actor: Actor, row: Row[Any], question: Question, home: Home | None, *, asks: bool, keeps_card: bool
) -> AnswerView:
    """Return an answer; of one through HR who it is by is for who asked, and for HR."""
    named = row.Answer.named and (question.offer_id is None or asks or keeps_card)
    told = home is None or home.organisation is not None
    by_reader = row.Answer.member_id == actor.member_id
    return AnswerView(row.Answer, row.Organisation if told else None, row.Member if named else None, by_reader)


def _answers(session: Session, actor: Actor, question_ids: Collection[UUID]) -> dict[UUID, list[Row[Any]]]:
    """Return the answers to some questions that somebody may read, as they were given."""
    given = col(Answer.state) == AnswerState.GIVEN
    to_panel = col(Question.offer_id).is_(None)
    readable = or_(
        col(Question.member_id) == actor.member_id,
        _keeps_card(actor),
        and_(
            to_panel,
            or_(
                col(Question.organisation_id) == actor.organisation_id,
                reaches(actor, col(Answer.audience), col(Answer.organisation_id), col(Organisation.county_code)),
            ),
        ),
    )
    coordinates = or_(
        coordinated(actor, col(Answer.organisation_id)), coordinated(actor, col(Question.organisation_id))
    )
    found = (
        select(Answer, Organisation, Member)
        .join(Question, col(Question.id) == col(Answer.question_id))
        .join(Organisation, col(Organisation.id) == col(Answer.organisation_id))
        .join(Member, col(Member.id) == col(Answer.member_id))
        .outerjoin(Offer, col(Offer.id) == col(Question.offer_id))
        .outerjoin(Resource, col(Resource.id) == col(Offer.resource_id))
        .where(any_of(col(Answer.question_id), question_ids))
        .where(or_(col(Answer.member_id) == actor.member_id, coordinates, and_(given, readable)))
        .order_by(col(Answer.id))
    )
    told: dict[UUID, list[Row[Any]]] = defaultdict(list)
    for row in session.execute(found):
        told[row.Answer.question_id].append(row)
    return told
