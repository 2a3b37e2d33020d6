"""Use cases of introductions: propose, answer, withdraw, and let go of what nobody answers or who has left.

A no looks like no answer to everybody else, the host too: it waits for the same day, and then did not come about.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col

from core.actor import Actor
from core.database.audit import record
from core.errors import Conflict, InvalidParameter
from core.limits import refuse_if
from core.time import clock
from hubs.introductions import queries
from hubs.introductions.models import (
    Introduction,
    IntroductionAnswer,
    IntroductionSaid,
    IntroductionState,
)
from hubs.introductions.rules import ANSWERED_WITHIN, INTRODUCTION, NOT_AGAIN_WITHIN, words_faults
from hubs.membership.agreements import lock_hubs
from hubs.places.models import Hub
from hubs.places.queries import hosted_hub
from hubs.places.rules import check_open
from hubs.profiles.queries import told_to_hosts
from marketplace.notices.rules import NoticeCode
from marketplace.notices.service import mark_answered, notify
from marketplace.organisations.queries import member

_S = IntroductionState


def propose(
    session: Session, actor: Actor, hub_id: UUID, profile_ids: tuple[UUID, UUID], words: str = ""
) -> Introduction:
    """Ask two members who tell the hosts their names whether they would like to meet; for a host.

    Neither is told who the other is before both have said yes.

    Raises
    ------
    NotFound, NotAllowed
        The actor does not see the hub, or is not host there.
    BadInput
        One of the two does not tell the hosts its name; the words are too many.
    Conflict
        ``hub_closed``. ``same_person``. ``introduced_before``: it has been proposed to them, or was lately.
    """
    check_open(hosted_hub(session, actor, hub_id).hub)
    refuse_if(words_faults(words))
    lock_hubs(session, [hub_id])  # of two who propose the same at once one does
    known = {each.id: each.member_id for each in told_to_hosts(session, hub_id)}
    refuse_if(
        InvalidParameter(name, str(each), "it is nobody who tells the hosts its first name")
        for name, each in zip(("oneId", "otherId"), profile_ids, strict=True)
        if each not in known
    )
    one_id, other_id = sorted(known[each] for each in profile_ids)
    if one_id == other_id:
        raise Conflict("same_person", "Choose two different people.")
    if frozenset({one_id, other_id}) in queries.pairs_since(session, hub_id, clock.now() - NOT_AGAIN_WITHIN):
        raise Conflict(
            "introduced_before", "It has been proposed to these two already, or was half a year ago or less."
        )
    row = Introduction(
        hub_id=hub_id,
        one_id=one_id,
        other_id=other_id,
        words=words.strip(),
        answer_by=clock.now() + ANSWERED_WITHIN,
    )
    INTRODUCTION.begin(session, actor, row, _S.ASKED)
    session.add(row)
    session.flush()
    _tell(session, row, NoticeCode.INTRODUCTION_ASKED, answerBy=row.answer_by.isoformat())
    return row


def answer(session: Session, actor: Actor, introduction_id: UUID, said: IntroductionAnswer) -> Introduction:
    """Say yes or no; while it waits, also something else than before. With the second yes both are told of each other.

    The audit says that somebody has answered, not who: a no is nobody else's to know.

    Raises
    ------
    NotFound
        It is not the actor's.
    Conflict
        ``not_open``: it waits for no answer any more.
    """
    row = queries.introduction(session, actor, introduction_id, lock=True)
    if row.state is not _S.ASKED or row.answer_by <= clock.now():
        raise Conflict("not_open", "It does not wait for an answer any more.")
    values = {"introduction_id": row.id, "member_id": actor.member_id, "answer": said}
    made = insert(IntroductionSaid).values(values)
    keys = ["introduction_id", "member_id"]
    session.execute(made.on_conflict_do_update(index_elements=keys, set_={"answer": said}))
    record(session, None, INTRODUCTION.entity, row.id, reason_code="answered")
    _mark_answered(session, row, actor.member_id)
    both = queries.answers(session, row.id)
    if [*both.values()] == [IntroductionAnswer.YES] * 2 and queries.both_belong(session, row):
        _move(session, row, _S.MADE)
    return row


def withdraw(session: Session, actor: Actor, introduction_id: UUID) -> Introduction:
    """Let oneself and the other be shown to each other no more; both are told. What was read cannot be untold.

    Raises
    ------
    NotFound, StateChanged
        It is not the actor's, or is not made.
    """
    row = queries.introduction(session, actor, introduction_id, lock=True)
    _move(session, row, _S.ENDED)
    return row


def pass_time(session: Session, passed: datetime) -> None:
    """Let go of what was not answered with two yeses in time, and of those who belong to the hub no more."""
    for introduction_id in queries.over(session, passed):
        row = session.get_one(Introduction, introduction_id, with_for_update=True, populate_existing=True)
        if row.state is _S.ASKED:
            _move(session, row, _S.LAPSED)
        elif row.state is _S.MADE and not queries.both_belong(session, row):  # and not by a second yes meanwhile
            _move(session, row, _S.ENDED)


def _move(session: Session, row: Introduction, to: IntroductionState) -> None:
    """Move it by nobody, so that the audit does not say whose answer it was; and tell both."""
    INTRODUCTION.move(session, None, row.id, to)
    session.execute(delete(IntroductionSaid).where(col(IntroductionSaid.introduction_id) == row.id))
    session.refresh(row)
    for each in (row.one_id, row.other_id):
        _mark_answered(session, row, each)
    _tell(session, row, NoticeCode.INTRODUCTION, to=row.state.value)


def _mark_answered(session: Session, row: Introduction, member_id: UUID) -> None:
    home = member(session, member_id).organisation_id
    code = NoticeCode.INTRODUCTION_ASKED
    mark_answered(session, {home}, code, INTRODUCTION.entity, row.id, member_id=member_id)


def _tell(session: Session, row: Introduction, code: NoticeCode, **facts: Any) -> None:
    """Tell both who belong to the hub, and nothing of each other: notices and mails stay when they are read no more."""
    hub = session.get_one(Hub, row.hub_id).name
    for each in sorted(queries.belonging(session, row.hub_id, (row.one_id, row.other_id))):
        home = member(session, each).organisation_id
        notify(session, {home}, code, INTRODUCTION.entity, row.id, member_id=each, hub=hub, **facts)
