"""Use cases of an alert: raise it, answer its calls, let time pass, and stand down. Each answer has it planned anew."""

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session

from core.actor import Actor, Permission, check_may
from core.database import audit
from core.errors import BadInput, StateChanged
from core.limits import LONGEST_NAME, MOST_NEEDS
from core.time import clock
from marketplace.loans.ending import end_with_notice
from marketplace.notices.rules import NoticeCode
from marketplace.notices.service import mark_answered, notify
from marketplace.organisations.queries import organisation
from marketplace.planning.service import queue_surge_run
from marketplace.requests.models import Priority
from marketplace.requests.rules import RequestDraft
from marketplace.requests.service import file_for_surge, withdraw_all
from marketplace.surges import alerts
from marketplace.surges.calls import calls_in, check_answers, lenders, locked_calls, overdue, own_call, units_called
from marketplace.surges.models import CallState, Surge, SurgeCall, SurgeRole, SurgeState
from marketplace.surges.pool import reached_late
from marketplace.surges.rules import ANSWERS, CALL, PLANNED_WITH, SURGE, AlertDraft, RoleDraft

PERSON_COMES, PERSON_DECLINED = "person_comes", "person_declined"
"""Of entries that name nobody: who reads what happened to a call learns not whose card it is."""


def raise_alert(session: Session, actor: Actor, draft: AlertDraft) -> Surge:
    """Ask for what an organisation needs in a crisis, and have those called who fit and a first plan made, in one run.

    It files ordinary requests of the organisation, so that what is proposed is agreed on and booked as ever.

    Raises
    ------
    NotFound, NotAllowed
        There is no such organisation, or (``alert_without_authority``) the actor does not coordinate it.
    BadInput
        A role asks for a skill that the vocabulary does not have.
    """
    check_may(actor, Permission.ALERT, organisation(session, draft.organisation_id).id)
    surge = Surge(
        organisation_id=draft.organisation_id,
        member_id=actor.member_id,
        occasion=draft.occasion,
        title=draft.title.strip(),
        what=draft.what.strip(),
        answer_by=draft.answer_by,
    )
    SURGE.begin(session, actor, surge, SurgeState.OPEN)
    session.add(surge)
    session.flush()
    for position, role in enumerate(draft.roles, start=1):
        _file(session, actor, surge, position, role)
    queue_surge_run(session, surge.id)
    return surge


def answer_calls(
    session: Session,
    actor: Actor,
    surge_id: UUID,
    call_ids: Collection[UUID],
    to: CallState,
    *,
    begins: date | None = None,
) -> list[SurgeCall]:
    """Say yes or no for cards that are called, or take a yes back; a yes after the time is still one.

    `begins` is from which day on they can come, where that is later than with their notice.

    Raises
    ------
    NotFound, NotAllowed
        There is no such alert, or nobody is called whom the actor may answer for.
    BadInput
        It is no answer, or there are no calls, or one is not the actor's to answer.
    StateChanged
        The alert has ended, or a call has been answered so that it cannot become this.
    """
    alerts.surge_view(session, actor, surge_id)
    check_answers(session, actor, surge_id)
    if to not in ANSWERS:
        raise BadInput("answer", to.value, f"it has to be one of {', '.join(ANSWERS)}")
    if not call_ids:
        raise BadInput("callIds", [], "choose one")
    calls = locked_calls(session, actor, surge_id, call_ids)
    missing = set(call_ids) - {call.id for call in calls}
    if missing:
        raise BadInput("callIds", str(min(missing)), "it is no call of yours in this alert")
    _check_open(session.get_one(Surge, surge_id), to)
    ids = [call.id for call in calls]
    if begins is not None and to is CallState.ACCEPTED:
        for call in calls:
            call.begins = max(call.begins, begins)
        session.flush()
    CALL.move_all(session, actor, ids, to, answered_at=clock.now(), member_id=actor.member_id)
    for home, unit in units_called(session, surge_id, [call.resource_id for call in calls]):
        mark_answered(session, {home}, NoticeCode.CALLED, SURGE.entity, surge_id, department=unit)
    queue_surge_run(session, surge_id)
    return calls


def answer_own_call(
    session: Session, actor: Actor, resource_id: UUID, call_id: UUID, *, comes: bool, begins: date | None = None
) -> None:
    """Say, as the one whose card is called, that one can come, from a day on, or that one does not.

    A no holds at once: nobody is lent who does not want to be. A yes is told to HR, who answers the call.

    Raises
    ------
    NotFound
        It is no call of the actor's own card, or the alert is over.
    StateChanged
        It has been answered.
    """
    call = own_call(session, actor, resource_id, call_id)
    surge = session.get_one(Surge, call.surge_id)
    if call.state not in (CallState.ASKED, CallState.EXPIRED):
        raise StateChanged(CALL.entity, call.id, call.state.value, CallState.ACCEPTED.value)
    if comes:
        call.person_said_yes_at = clock.now()
        call.begins = max(call.begins, begins or call.begins)
        call.version += 1
        audit.record(session, None, CALL.entity, call.id, reason_code=PERSON_COMES)
    else:
        CALL.move(session, None, call.id, CallState.DECLINED, reason_code=PERSON_DECLINED, answered_at=clock.now())
        queue_surge_run(session, surge.id)
    mark_answered(session, [call.organisation_id], NoticeCode.YOU_ARE_CALLED, CALL.entity, call.id)
    [(home, unit)] = units_called(session, surge.id, [resource_id])
    notify(
        session,
        [home],
        NoticeCode.PERSON_ANSWERED,
        SURGE.entity,
        surge.id,
        permission=Permission.ANSWER_CALLS,
        department=unit,
        surge=surge.title,
        comes=comes,
    )


def expire_calls(session: Session, passed: datetime) -> None:
    """Let calls expire that were not answered in time, and have what they were planned for planned anew."""
    for surge_id in overdue(session, passed):
        CALL.move_all(session, None, calls_in(session, surge_id, [CallState.ASKED]), CallState.EXPIRED)
        queue_surge_run(session, surge_id)


def call_late(session: Session, now: datetime) -> None:
    """Have those called whom an open alert reaches by now: put on a roster, offered or approved after its last run."""
    for surge_id in reached_late(session, now):
        queue_surge_run(session, surge_id)


def stand_down(session: Session, actor: Actor, surge_id: UUID, *, end_loans: bool = False) -> Surge:
    """End an alert: nobody is called any more, whoever is not agreed on is released, and lenders and borrower are told.

    What is agreed stands until its own sides end it, or with `end_loans` ends with its notice, see `loans.ending`.

    Raises
    ------
    NotFound, NotAllowed, StateChanged
        The actor does not see it, does not coordinate who is in need, or it has ended.
    """
    home = alerts.surge_view(session, actor, surge_id).surge.organisation_id
    check_may(actor, Permission.ALERT, home)
    alerts.locked_surge(session, surge_id)
    SURGE.move(session, actor, surge_id, SurgeState.ENDED, ended_at=clock.now())
    requests = alerts.requests_of(session, surge_id)
    if end_loans:
        end_with_notice(session, actor, requests)
    withdraw_all(session, actor, requests)
    CALL.move_all(session, actor, calls_in(session, surge_id, PLANNED_WITH), CallState.RELEASED)
    surge = session.get_one(Surge, surge_id)
    told = {home, *lenders(session, surge_id)}
    notify(session, told, NoticeCode.STOOD_DOWN, SURGE.entity, surge_id, surge=surge.title)
    return surge


def _check_open(surge: Surge, to: CallState) -> None:
    if surge.state is not SurgeState.OPEN:
        raise StateChanged(SURGE.entity, surge.id, surge.state.value, to.value)


def _file(session: Session, actor: Actor, surge: Surge, position: int, role: RoleDraft) -> None:
    """File a role with its requests."""
    row = SurgeRole(surge_id=surge.id, position=position, title=role.need.title, number=role.number)
    session.add(row)
    session.flush()
    for first in range(0, role.number, MOST_NEEDS):
        needs = (role.need,) * min(MOST_NEEDS, role.number - first)
        title = f"{surge.title}: {role.need.title}"[:LONGEST_NAME]
        wanted = RequestDraft(title=title, purpose=surge.what, needs=needs, priority=Priority.CRISIS)
        file_for_surge(session, actor, surge.organisation_id, row.id, wanted)
