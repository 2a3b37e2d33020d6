"""HR says whose a capacity card is, and asks: the employee on its own page, the manager by a link that holds once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, func, select

from competence.approvals import queries as approvals_queries
from competence.approvals import service as approvals
from competence.approvals.models import ApprovalState, Approver, CardApproval
from competence.approvals.rules import APPROVAL
from competence.queries import HeldCard
from core.actor import Actor, Permission, check_may
from core.database.audit import record
from core.errors import BadInput
from core.settings import settings
from core.time import clock
from marketplace.cards.approving import held_card, offered_during, runs_short, take_back
from marketplace.notices.rules import NoticeCode
from marketplace.notices.service import notify
from marketplace.offers.queries import offers_of
from marketplace.organisations.models import Member
from marketplace.organisations.tokens import new_token, token_hash
from resources.models import Resource

ENTITY = APPROVAL.entity
CARD_HAS_PERSON = "card_has_person"


@dataclass(frozen=True)
class Asked:
    """Whom somebody asked, until when that one may answer, and the text of the link, which nothing keeps."""

    member: Member
    answer_by: datetime
    secret: str


def say_whose(session: Session, actor: Actor, resource: Resource, address: str) -> None:
    """Say which member a card is of, who is told, and asked unless HR has noted its yes already.

    All is taken back that was said of the card as somebody else's, or by that member as the manager or HR.

    Raises
    ------
    BadInput
        No member of the organisation has that address.
    NotAllowed, NotFound
        The actor is no HR there; the resource has no card.
    """
    check_may(actor, Permission.NOTE_APPROVAL, resource.organisation_id, resource.department)
    held = held_card(session, resource.id)
    member = _colleague(session, resource, address, "person")
    said = {each.member_id for each in held.live if each.who is not Approver.EMPLOYEE}
    if held.row.member_id not in {None, member.id} or member.id in said:
        take_back(session, actor, resource, Approver.EMPLOYEE)
        held = held_card(session, resource.id)
    held.row.member_id = member.id
    resource.version += 1
    record(session, actor, "resource", resource.id, reason_code=CARD_HAS_PERSON)
    noted = next((each for each in held.live if each.who is Approver.EMPLOYEE), None)
    if noted is None or noted.state is not ApprovalState.GIVEN:
        ask_employee(session, actor, resource, held)
    else:
        notify(session, {resource.organisation_id}, NoticeCode.CARD_YOURS, ENTITY, noted.id, member_id=member.id)


def ask_employee(session: Session, actor: Actor | None, resource: Resource, held: HeldCard) -> None:
    """Ask the one whose card it is, if that is known, and say so."""
    if held.row.member_id is not None:
        asked = approvals.ask(session, actor, held, Approver.EMPLOYEE, held.row.member_id)
        home = {resource.organisation_id}
        notify(session, home, NoticeCode.CARD_YOURS, ENTITY, asked.id, member_id=asked.asked_of_id)


def ask_manager(session: Session, actor: Actor, resource: Resource, manager: str, deputy: str = "") -> Asked:
    """Ask a member to approve a card, and another when the first has not answered in time; return the link, this once.

    While a yes stands that ends before the card is offered no more, it is asked for anew, and stands until then.

    Raises
    ------
    BadInput
        No member of the organisation has that address, or it is of the employee.
    Conflict
        ``consent_order``: the employee is asked before. ``already_given``: a manager has approved.
    NotAllowed, NotFound
        The actor is no HR there; the resource has no card.
    """
    check_may(actor, Permission.NOTE_APPROVAL, resource.organisation_id, resource.department)
    held = held_card(session, resource.id)
    found = _colleague(session, resource, manager, "manager")
    other = _colleague(session, resource, deputy, "deputy") if deputy else None
    for field, each in (("manager", found), ("deputy", other)):
        if each is not None and each.id == held.row.member_id:
            raise BadInput(field, None, "nobody approves a card of their own: name somebody else")
    offered = offered_during(session, resource.id)
    given = (each for each in approvals_queries.given_of(held.live) if each.who is Approver.MANAGER)
    anew = any(runs_short(each, offered) for each in given)
    return _ask_manager(session, actor, held, found, other, anew=anew)


def pass_unanswered(session: Session, now: datetime) -> None:
    """Ask the deputy where a manager has not answered in time, or else nobody; HR is told of both.

    Nobody is asked where the employee's yes has run out meanwhile, or where the card is the deputy's own by now.
    """
    for key in approvals_queries.unanswered(session, now):
        held = held_card(session, key)  # first the card, then what is asked of it, as whoever answers does
        late = next((each for each in held.live if each.is_late(now)), None)
        if late is None:
            continue
        resource = session.get_one(Resource, key)
        deputy = session.get(Member, late.deputy_id) if late.deputy_id else None
        agreed = any(each.who is Approver.EMPLOYEE and each.state is ApprovalState.GIVEN for each in held.live)
        if agreed and deputy is not None and deputy.active and deputy.id != held.row.member_id:
            _ask_manager(session, None, held, deputy, anew=True)
            to = ApprovalState.REPLACED
        else:
            to = ApprovalState.EXPIRED
            APPROVAL.move(session, None, late.id, to, reason_code="deadline")
        tell_hr(session, resource, late.who, to)


def ask_anew(session: Session) -> None:
    """Ask those again whose card says something else since they answered."""
    for key in approvals_queries.to_ask_anew(session):
        ask_employee(session, None, session.get_one(Resource, key), held_card(session, key))


def tell_hr(session: Session, resource: Resource, who: Approver, to: ApprovalState) -> None:
    """Tell HR how one of the three has answered."""
    tell_those(session, resource, Permission.NOTE_APPROVAL, NoticeCode.CARD_ANSWERED, who=who.value, to=to.value)


def tell_those(session: Session, resource: Resource, may: Permission, code: NoticeCode, **facts: Any) -> None:
    """Tell those who may do something in a card's unit about it, by its offer, whose page tells the rest."""
    offered = offers_of(session, [resource.id])
    if offered:
        home, unit = {resource.organisation_id}, resource.department or ""
        notify(session, home, code, "offer", offered[0].id, permission=may, department=unit, **facts)


def _ask_manager(
    session: Session,
    actor: Actor | None,
    held: HeldCard,
    manager: Member,
    deputy: Member | None = None,
    *,
    anew: bool,
) -> Asked:
    secret, answer_by = new_token(), clock.now() + timedelta(days=settings().card_answer_days)
    values = {"answer_by": answer_by, "link_hash": token_hash(secret), "deputy_id": deputy.id if deputy else None}
    asked = approvals.ask(session, actor, held, Approver.MANAGER, manager.id, anew=anew, **values)
    notify(
        session,
        {manager.organisation_id},
        NoticeCode.CARD_TO_APPROVE,
        ENTITY,
        asked.id,
        member_id=manager.id,
        answerBy=answer_by.isoformat(),
    )
    return Asked(manager, answer_by, secret)


def _colleague(session: Session, resource: Resource, address: str, field: str) -> Member:
    """Return who takes part in the organisation under an address.

    Raises
    ------
    BadInput
        Nobody does.
    """
    known = func.lower(col(Member.email)) == address.strip().lower()
    here = col(Member.organisation_id) == resource.organisation_id, col(Member.active)
    found = session.exec(select(Member).where(known, *here)).one_or_none()
    if found is None:
        raise BadInput(field, address, "no member of your organisation has that address: write the one of the sign-in")
    return found


def names_of(session: Session, asked: Iterable[CardApproval]) -> dict[UUID, str]:
    """Return what those are called who are asked."""
    keys = {each.asked_of_id for each in asked if each.asked_of_id}
    return {each.id: each.name for each in session.exec(select(Member).where(col(Member.id).in_(keys)))}
