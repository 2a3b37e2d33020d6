"""Use cases of questions at hubs: ask, answer, report, and take away."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session

from core.actor import Actor, Permission, refusal
from core.database.audit import record
from core.errors import BadInput, Conflict, NotFound
from core.limits import refuse_if
from core.time import clock
from hubs.activities.queries import activity_view
from hubs.groups.models import HubGroup
from hubs.groups.queries import group_view, is_in
from hubs.profiles.queries import check_member
from hubs.questions import queries
from hubs.questions.models import HubAnswerState, HubQuestion, HubQuestionAnswer, HubQuestionState
from hubs.questions.queries import HubQuestionView
from hubs.questions.rules import HUB_ANSWER, HUB_QUESTION, MOST_A_DAY, HubQuestionDraft
from marketplace.notices.rules import NoticeCode
from marketplace.notices.service import mark_answered, notify
from marketplace.organisations.queries import member
from marketplace.questions.rules import MOST_ANSWERS, MOST_ANSWERS_EACH, words_faults

ENTITY = HUB_QUESTION.entity


def ask(session: Session, actor: Actor, hub_id: UUID, draft: HubQuestionDraft) -> HubQuestion:
    """Ask at a hub that the actor is a member of, or in a group that began there and that it is in.

    Raises
    ------
    NotFound
        The actor is no member there.
    BadInput
        There is no such activity at the hub that the actor may see, or no such group that it is in.
    Conflict
        ``too_many_questions``: the actor has asked too many today. ``group_closed``: nothing is asked in the group.
    """
    if draft.group_id is None:
        check_member(session, actor, hub_id)
    else:
        _check_group(session, actor, hub_id, draft.group_id)
    if draft.activity_id is not None:
        _check_activity(session, actor, hub_id, draft.activity_id)
    session.refresh(member(session, actor.member_id), with_for_update=True)  # others wait to be counted
    if queries.asked_lately(session, actor.member_id, clock.now() - timedelta(days=1)) >= MOST_A_DAY:
        raise Conflict("too_many_questions", f"You may ask {MOST_A_DAY} questions within a day.")
    row = HubQuestion(
        hub_id=hub_id,
        member_id=actor.member_id,
        activity_id=draft.activity_id,
        group_id=draft.group_id,
        audience=draft.audience,
        title=draft.title.strip(),
        words=draft.words.strip(),
        named=draft.named,
    )
    HUB_QUESTION.begin(session, actor, row, HubQuestionState.ASKED)
    session.add(row)
    session.flush()
    return row


def answer(session: Session, actor: Actor, question_id: UUID, words: str, *, named: bool = False) -> HubQuestionAnswer:
    """Answer a question, as a member of its hub, of any hub where it is asked of all, of its group, or as a host.

    Who asked is told, unless it has left the group.

    Raises
    ------
    NotFound
        The actor does not see it.
    BadInput
        It says nothing, or something that has no place there.
    Conflict
        ``group_closed``: so is the group. ``not_member``: the actor only reads it. ``too_many_answers``: it has as
        many as there may be, of all or of the actor.
    """
    view = _locked(session, actor, question_id)
    _check_open(view.group)
    if not view.may_answer:
        raise Conflict("not_member", "Members of the hub answer, and members of all hubs where all are asked.")
    refuse_if(words_faults(words))
    if queries.answers_count(session, question_id) >= MOST_ANSWERS:
        raise Conflict("too_many_answers", f"The question has {MOST_ANSWERS} answers, which is the most.")
    if queries.answers_count(session, question_id, actor.member_id) >= MOST_ANSWERS_EACH:
        raise Conflict("too_many_answers", f"You have answered it {MOST_ANSWERS_EACH} times, which is the most.")
    row = HubQuestionAnswer(question_id=question_id, member_id=actor.member_id, words=words.strip(), named=named)
    HUB_ANSWER.begin(session, actor, row, HubAnswerState.GIVEN)
    session.add(row)
    view.question.updated_at = clock.now()  # it is kept for so long after the last that was said
    session.flush()
    asker_id, group_id = view.question.member_id, view.question.group_id
    if asker_id != actor.member_id and (group_id is None or is_in(session, group_id, asker_id)):
        _tell_writer(session, view, NoticeCode.QUESTION_ANSWERED, asker_id)
    return row


def report(session: Session, actor: Actor, question_id: UUID, words: str) -> None:
    """Tell the hosts of the hub that a question or an answer has no place there.

    Raises
    ------
    NotFound, BadInput
        The actor does not see it; why is not said, or has something that has no place there.
    """
    view = _locked(session, actor, question_id)
    refuse_if(words_faults(words))
    record(session, actor, ENTITY, question_id, reason_code="reported", words=words.strip())
    notify(
        session,
        [view.hub.organisation_id],
        NoticeCode.QUESTION_REPORTED,
        ENTITY,
        question_id,
        permission=Permission.HOST,
        question=view.question.title,
        words=words.strip(),
    )


def remove(session: Session, actor: Actor, question_id: UUID, answer_id: UUID | None = None) -> None:
    """Take a question away, or one of its answers: the host, or whoever wrote it. By the host, the writer is told.

    Raises
    ------
    NotFound, NotAllowed, StateChanged
        The actor does not see it, is neither host there nor wrote it, or it was taken away already.
    """
    view = _locked(session, actor, question_id)
    if answer_id is None:
        _check_may_remove(actor, view, own=view.own)
        HUB_QUESTION.move(session, actor, question_id, HubQuestionState.REMOVED)
        writer, to = view.question.member_id, HubQuestionState.REMOVED.value
    else:
        found = next((each for each in view.answers if each.answer.id == answer_id), None)
        if found is None:
            raise NotFound(HUB_ANSWER.entity, answer_id)
        _check_may_remove(actor, view, own=found.own)
        HUB_ANSWER.move(session, actor, answer_id, HubAnswerState.REMOVED)
        writer, to = found.answer.member_id, "answer_removed"
    if writer != actor.member_id:
        _tell_writer(session, view, NoticeCode.QUESTION_ENDED, writer, to=to)
    mark_answered(session, {view.hub.organisation_id}, NoticeCode.QUESTION_REPORTED, ENTITY, question_id)


def _check_activity(session: Session, actor: Actor, hub_id: UUID, activity_id: UUID) -> None:
    try:
        is_there = activity_view(session, actor, activity_id).hub.id == hub_id
    except NotFound:
        is_there = False
    if not is_there:
        raise BadInput("activityId", str(activity_id), "nothing such is on at the hub")


def _check_group(session: Session, actor: Actor, hub_id: UUID, group_id: UUID) -> None:
    if not is_in(session, group_id, actor.member_id):
        raise BadInput("groupId", str(group_id), "choose a group that you are in")
    view = group_view(session, actor, group_id)
    if view.hub.id != hub_id:
        raise BadInput("groupId", str(group_id), "it did not begin at that hub")
    _check_open(view.group)


def _check_open(group: HubGroup | None) -> None:
    if group is not None and group.closed_at is not None:
        raise Conflict("group_closed", "The group is closed: nothing is asked or answered there any more.")


def _check_may_remove(actor: Actor, view: HubQuestionView, *, own: bool) -> None:
    if not (own or view.keeps):
        raise refusal(actor, Permission.HOST)


def _locked(session: Session, actor: Actor, question_id: UUID) -> HubQuestionView:
    """Return a question as it is now, locked until the transaction ends."""
    view = queries.question_view(session, actor, question_id)
    session.refresh(view.question, with_for_update=True)
    return queries.question_view(session, actor, question_id)


def _tell_writer(session: Session, view: HubQuestionView, code: NoticeCode, member_id: UUID, **facts: Any) -> None:
    home = member(session, member_id).organisation_id
    title = view.question.title
    notify(session, [home], code, ENTITY, view.question.id, member_id=member_id, question=title, **facts)
