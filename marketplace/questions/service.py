"""Use cases of questions: ask, answer, pass on, decline, end, report, remove, and let time pass."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from competence.queries import skills_by_code
from core.actor import Actor, Permission, check_may
from core.database.audit import record
from core.errors import Conflict, NotFound, StateChanged
from core.limits import refuse_if
from core.time import clock
from marketplace.notices.queries import unread_about
from marketplace.notices.rules import NoticeCode
from marketplace.notices.service import mark_answered, notify
from marketplace.offers.models import OfferState
from marketplace.offers.queries import OfferView, offer_view
from marketplace.organisations.queries import coordinating, member
from marketplace.questions import queries
from marketplace.questions.models import Answer, AnswerState, Question, QuestionState
from marketplace.questions.panels import chosen_skill, to_tell
from marketplace.questions.queries import QuestionView
from marketplace.questions.rules import (
    ANSWER,
    MOST_A_DAY,
    MOST_ANSWERS,
    MOST_ANSWERS_EACH,
    MOST_OPEN,
    QUESTION,
    QuestionDraft,
    words_faults,
)
from resources.families.staff import STAFF

ENTITY = QUESTION.entity
_S = QuestionState


def ask(session: Session, actor: Actor, draft: QuestionDraft) -> Question:
    """Ask the panel of a skill, or HR where somebody works whose capacity card the actor may see.

    Raises
    ------
    BadInput
        There is no such skill.
    NotFound
        There is no such card that the actor may see.
    Conflict
        ``too_many_questions``: the actor has too many that wait, or has asked too many today. ``already_asked``: the
        organisation waits for an answer about the card. ``own_card``: the person works at the actor's.
    """
    skill = chosen_skill(skills_by_code(session, [draft.skill_code]).get(draft.skill_code), draft.skill_code)
    session.refresh(member(session, actor.member_id), with_for_update=True)  # others wait to be counted
    day_ago = clock.now() - timedelta(days=1)
    if queries.open_of(session, actor) >= MOST_OPEN or queries.asked_lately(session, actor, day_ago) >= MOST_A_DAY:
        raise Conflict(
            "too_many_questions",
            f"You may have {MOST_OPEN} questions that wait for an answer, and ask {MOST_A_DAY} within a day.",
        )
    card = _card(session, actor, draft.offer_id) if draft.offer_id else None
    row = Question(
        organisation_id=actor.organisation_id,
        member_id=actor.member_id,
        skill_id=skill.id,
        title=draft.title.strip(),
        words=draft.words.strip(),
        county_code=draft.county_code,
        until=draft.until,
        offer_id=card.offer.id if card else None,
        asked_id=card.owner.id if card else None,
    )
    QUESTION.begin(session, actor, row, _S.OPEN)
    session.add(row)
    session.flush()
    if row.asked_id is not None:
        _tell(session, row, NoticeCode.QUESTION_ASKED, row.asked_id, Permission.NOTE_APPROVAL)
    for member_id, organisation_id in [] if card else to_tell(session, actor, skill.id):
        _tell(session, row, NoticeCode.QUESTION_ASKED, organisation_id, member_id)
    return row


def answer(session: Session, actor: Actor, question_id: UUID, words: str, *, named: bool = False) -> Answer:
    """Answer: somebody of the panel, HR, or the one to whom HR has passed it on. Who asked is told.

    Who it is that answers is told only where that one says so; of HR it is never told.

    Raises
    ------
    NotFound
        The actor does not see it.
    BadInput
        It says nothing, or something that has no place there.
    Conflict
        ``not_asked``: the actor is not. ``too_many_answers``: it has as many as there may be, of all or of the actor.
        StateChanged: it does not wait for answers any more.
    """
    view = _locked(session, actor, question_id)
    if not (view.keeps_card or view.passed or view.advises is not None):
        raise _not_asked(view)
    _check_waits(view)
    refuse_if(words_faults(words))
    if queries.answers_count(session, question_id) >= MOST_ANSWERS:
        raise Conflict("too_many_answers", f"The question has {MOST_ANSWERS} answers, which is the most.")
    if queries.answers_count(session, question_id, actor.member_id) >= MOST_ANSWERS_EACH:
        raise Conflict("too_many_answers", f"You have answered it {MOST_ANSWERS_EACH} times, which is the most.")
    row = Answer(
        question_id=question_id,
        organisation_id=actor.organisation_id,
        member_id=actor.member_id,
        words=words.strip(),
        named=named and (view.passed or view.advises is not None),
        audience=view.advises,
    )
    ANSWER.begin(session, None if view.passed else actor, row, AnswerState.GIVEN)  # or auditors knew whose card it is
    session.add(row)
    session.flush()
    question = view.question
    if question.asked_id is not None:
        mark_answered(session, {question.asked_id}, NoticeCode.QUESTION_ASKED, ENTITY, question_id)
    _tell(session, question, NoticeCode.QUESTION_ANSWERED, question.organisation_id, question.member_id)
    return row


def pass_on(session: Session, actor: Actor, question_id: UUID) -> None:
    """Let the one whose card it is have the question, who answers or says no; for HR.

    Raises
    ------
    NotFound, NotAllowed, StateChanged
        The actor does not see it, is not HR there, or it does not wait for HR.
    Conflict
        ``person_unknown``: whose card it is has not been said, or that one has left.
    """
    view = _for_hr(session, actor, question_id)
    if view.person_id is None or not member(session, view.person_id).active:
        raise Conflict(
            "person_unknown",
            "It has not been said whose card it is, or that one has left: say so on the card's page, or answer "
            "yourself.",
        )
    QUESTION.move(session, actor, question_id, _S.PASSED, passed_to_id=view.person_id)
    home_id = member(session, view.person_id).organisation_id
    mark_answered(session, {home_id}, NoticeCode.QUESTION_ASKED, ENTITY, question_id)
    _tell(session, view.question, NoticeCode.QUESTION_PASSED, home_id, view.person_id)


def decline(session: Session, actor: Actor, question_id: UUID, words: str = "") -> None:
    """Say no: HR, which ends it, or the one to whom it was passed on, after which it is HR's again.

    Only HR is told that a person has said no, and nobody why.

    Raises
    ------
    NotFound
        The actor does not see it.
    Conflict
        ``not_asked``: the actor is not. StateChanged: it does not wait any more.
    BadInput
        The words are too long, or have something that has no place there.
    """
    view = _locked(session, actor, question_id)
    question = view.question
    if not (view.passed or view.keeps_card):
        raise _not_asked(view)
    _check_waits(view)
    if view.passed:
        _return(session, question)
        return
    refuse_if(words_faults(words, least=0))
    QUESTION.move(session, actor, question_id, _S.DECLINED, words=words or None, refusal_words=words.strip())
    _ended(session, question, _S.DECLINED)


def end(session: Session, actor: Actor, question_id: UUID, to: QuestionState) -> None:
    """Say that one's question is answered, or ask it no more (withdrawn).

    Raises
    ------
    NotFound, StateChanged
        The actor has not asked it, or it has ended.
    """
    view = _locked(session, actor, question_id)
    if not view.asks:
        raise NotFound("question of yours", question_id)
    QUESTION.move(session, actor, question_id, _S.ANSWERED if to is _S.ANSWERED else _S.WITHDRAWN)
    _nobody_is_asked(session, view.question)


def report(session: Session, actor: Actor, question_id: UUID, words: str) -> None:
    """Tell coordinators of who asked and answered that a question or an answer has no place here, once as it is unread.

    Raises
    ------
    NotFound, BadInput
        The actor does not see it; why is not said, or has something that has no place there.
    """
    view = _locked(session, actor, question_id)
    refuse_if(words_faults(words))
    told = None if view.passed else actor  # or auditors knew whose card it is about
    record(session, told, ENTITY, question_id, reason_code="reported", words=words.strip())
    homes = {view.question.organisation_id, *(each.answer.organisation_id for each in view.answers)}
    knowing = {home for home, _ in unread_about(session, NoticeCode.QUESTION_REPORTED, [question_id])}
    for home_id in sorted(coordinating(session, homes) - knowing):
        _tell(session, view.question, NoticeCode.QUESTION_REPORTED, home_id, Permission.DECIDE, words=words.strip())


def remove(session: Session, actor: Actor, question_id: UUID, answer_id: UUID | None = None) -> None:
    """Take a question away, or one of its answers; for coordinators of whose it is. Who wrote it is told.

    Raises
    ------
    NotFound, NotAllowed, StateChanged
        The actor does not see it, does not coordinate whose it is, or it was taken away already.
    """
    view = _locked(session, actor, question_id)
    if answer_id is None:
        check_may(actor, Permission.DECIDE, view.question.organisation_id)
        QUESTION.move(session, actor, question_id, _S.REMOVED)
        _ended(session, view.question, _S.REMOVED)
    else:
        row = next((each.answer for each in view.answers if each.answer.id == answer_id), None)
        if row is None:
            raise NotFound("answer", answer_id)
        check_may(actor, Permission.DECIDE, row.organisation_id)
        ANSWER.move(session, actor, answer_id, AnswerState.REMOVED)
        facts = {"to": "answer_removed"}
        _tell(session, view.question, NoticeCode.QUESTION_ENDED, row.organisation_id, row.member_id, **facts)
    mark_answered(session, {actor.organisation_id}, NoticeCode.QUESTION_REPORTED, ENTITY, question_id)


def expire_due(session: Session, passed: datetime) -> None:
    """End what nobody may answer any more, and what is about a card that is offered no more.

    HR gets back what was passed on to somebody who has left.
    """
    for row in queries.about_closed(session, passed):
        QUESTION.move(session, None, row.id, _S.CLOSED)
        _ended(session, row, _S.CLOSED)
    for row in queries.over(session, passed):
        QUESTION.move(session, None, row.id, _S.EXPIRED, reason_code="deadline")
        _ended(session, row, _S.EXPIRED)
    for row in queries.passed_to_nobody(session):
        _return(session, row)


def _return(session: Session, question: Question) -> None:
    """Let HR have a question again that was passed on; the audit does not name the one who had it."""
    QUESTION.move(session, None, question.id, _S.OPEN, passed_to_id=None)
    if question.asked_id is not None:
        mark_answered(session, {question.asked_id}, NoticeCode.QUESTION_PASSED, ENTITY, question.id)
        _tell(session, question, NoticeCode.QUESTION_RETURNED, question.asked_id, Permission.NOTE_APPROVAL)


def _card(session: Session, actor: Actor, offer_id: UUID) -> OfferView:
    view = offer_view(session, actor, offer_id)
    if view.lent.resource.family != STAFF.name or view.offer.state is not OfferState.OPEN:
        raise NotFound("capacity card", offer_id)
    if view.owner.id == actor.organisation_id:
        raise Conflict("own_card", "The person works at your own organisation: ask HR there.")
    if queries.is_asked_already(session, actor, offer_id):
        raise Conflict("already_asked", "Your organisation waits for an answer about this card already.")
    return view


def _locked(session: Session, actor: Actor, question_id: UUID) -> QuestionView:
    """Return a question as it is now, locked until the transaction ends."""
    view = queries.question_view(session, actor, question_id)
    session.refresh(view.question, with_for_update=True)
    return queries.question_view(session, actor, question_id)


def _for_hr(session: Session, actor: Actor, question_id: UUID) -> QuestionView:
    view = _locked(session, actor, question_id)
    check_may(actor, Permission.NOTE_APPROVAL, view.question.asked_id, view.department)
    if view.question.offer_id is None:
        raise _not_asked(view)
    if view.question.state is not _S.OPEN or not view.waits:
        raise StateChanged(ENTITY, question_id, view.question.state.value, _S.PASSED.value)
    return view


def _not_asked(view: QuestionView) -> Conflict:
    if view.question.offer_id is not None:
        return Conflict("not_asked", "Only HR where the person works, or whom HR has passed it on to, answers this.")
    return Conflict("not_asked", "Only those who answer questions about the skill may answer, while it waits.")


def _check_waits(view: QuestionView) -> None:
    if not view.waits:
        raise StateChanged(ENTITY, view.question.id, view.state.value, _S.ANSWERED.value)


def _ended(session: Session, question: Question, to: QuestionState) -> None:
    """Tell who asked how a question has ended, and let nobody wait for an answer."""
    _nobody_is_asked(session, question)
    facts = {"to": to.value}
    home_id = question.organisation_id
    _tell(session, question, NoticeCode.QUESTION_ENDED, home_id, question.member_id, **facts)


def _nobody_is_asked(session: Session, question: Question) -> None:
    if question.asked_id is not None:
        for code in (NoticeCode.QUESTION_ASKED, NoticeCode.QUESTION_PASSED, NoticeCode.QUESTION_RETURNED):
            mark_answered(session, {question.asked_id}, code, ENTITY, question.id)


def _tell(
    session: Session,
    question: Question,
    code: NoticeCode,
    home_id: UUID,
    reader: Permission | UUID,
    **facts: str,
) -> None:
    """Tell whoever has a permission in an organisation, HR in the card's unit alone, or one of its members."""
    permission, member_id = (reader, None) if isinstance(reader, Permission) else (None, reader)
    notify(
        session,
        {home_id},
        code,
        ENTITY,
        question.id,
        permission=permission,
        department=queries.unit_of(session, question) if permission is Permission.NOTE_APPROVAL else None,
        member_id=member_id,
        question=question.title,
        **facts,
    )
