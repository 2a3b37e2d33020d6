"""Use cases of visits: announced or invited to, said yes or no to by the link in a mail, counted when they are over.

The hub's row is locked before it is counted who comes: of two who want the last seat one gets it. Nobody learns by
them who comes: whatever is known of an address, the answer is the same.
"""

from collections import Counter
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col

from core.actor import Actor
from core.database.audit import record
from core.errors import BadInput, Conflict, NotAllowed
from hubs.membership.agreements import lock_hubs
from hubs.membership.queries import is_member
from hubs.places.queries import hub_view, is_open_house
from hubs.places.rules import check_open
from hubs.presence.queries import open_days
from hubs.presence.rules import monday_of
from hubs.visits import queries
from hubs.visits.models import HubVisit, HubVisitors, VisitKind, VisitState
from hubs.visits.rules import ANSWER_WITHIN, MOST_ASKED, MOST_ASKED_OF_ADDRESS, MOST_INVITED, VISIT, VisitDraft
from marketplace.mail.rules import MailKind
from marketplace.mail.service import post

ENTITY = VISIT.entity


def announce(session: Session, hub_id: UUID, draft: VisitDraft, language: str) -> None:
    """Let anybody come on a day of an open house, once the address has said so.

    Raises
    ------
    NotFound
        There is no such hub.
    BadInput
        It is no day of an open house.
    Conflict
        ``hub_closed``. ``no_room``: as many come already as there are seats. ``too_many_visits``: so many are asked.
    """
    check_open(hub_view(session, None, hub_id).hub)
    if not is_open_house(session, hub_id, draft.day):
        raise BadInput("day", str(draft.day), "the hub is not open to everybody that day: choose a day that is named")
    _ask(session, None, hub_id, draft, language)


def invite(session: Session, actor: Actor, hub_id: UUID, draft: VisitDraft, language: str) -> None:
    """Let a member invite somebody to a day on which it is one, and the hub is open.

    Raises
    ------
    NotFound
        There is no such hub.
    NotAllowed
        ``not_hub_member``: the actor is no member then.
    BadInput
        The hub is closed that day.
    Conflict
        As `announce`; ``too_many_visits``: the actor has invited so many. ``already_invited``: that address, by the
        actor. That others have invited it, or that it comes by itself, nobody is told.
    """
    check_open(hub_view(session, actor, hub_id).hub)
    if not is_member(session, hub_id, actor.member_id, draft.day):
        raise NotAllowed("not_hub_member", "Only members of the hub invite visitors.")
    _ask(session, actor, hub_id, draft, language)


def answer(session: Session, visit_id: UUID, *, comes: bool) -> None:
    """Say that one comes, or that one does not: then nothing is kept. Said twice, it is so once.

    Raises
    ------
    Conflict
        ``link_over``: it is over, or was cancelled. ``no_room``: others have taken the last seat. ``hub_closed``.
        ``visit_called_off``: the hub takes no visitors that day after all.
    """
    view = queries.visit_view(session, visit_id)
    if view is None:
        raise Conflict("link_over", "This link is not to be had any more, or was not copied as a whole.")
    lock_hubs(session, [view.hub.id])
    row = session.get(HubVisit, visit_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise Conflict("link_over", "This link is not to be had any more, or was not copied as a whole.")
    if not comes:
        record(session, None, ENTITY, row.id, from_state=row.state, reason_code="cancelled")
        session.delete(row)
    elif row.state is not VisitState.COMES:
        check_open(view.hub)
        _check_expected(session, row)
        _check_room(session, row.hub_id, row.day)
        VISIT.move(session, None, row.id, VisitState.COMES)
    session.flush()


def call_off(session: Session, today: date) -> None:
    """Tell those who are expected, once, that a hub takes no visitors that day after all, and forget who was asked."""
    for row in queries.without_day(session, today):
        if row.state is VisitState.ASKED:
            record(session, None, ENTITY, row.id, from_state=row.state, reason_code="called_off")
            session.delete(row)
        else:
            VISIT.move(session, None, row.id, VisitState.CALLED_OFF)
            post(session, MailKind.VISIT_CALLED_OFF, row.id)
    session.flush()


def forget(session: Session, today: date, passed: datetime) -> None:
    """Count the visits that are over; delete them, those that were called off, and what was not confirmed in time."""
    over = (col(HubVisit.day) < today, col(HubVisit.state) == VisitState.COMES)
    gone = session.execute(delete(HubVisit).where(*over).returning(col(HubVisit.hub_id), col(HubVisit.day)))
    for (hub_id, day), visitors in Counter(tuple(each) for each in gone).items():
        added = insert(HubVisitors).values(hub_id=hub_id, day=day, visitors=visitors)
        more = {"visitors": col(HubVisitors.visitors) + visitors}
        session.execute(added.on_conflict_do_update(index_elements=["hub_id", "day"], set_=more))
    late = (col(HubVisit.state) == VisitState.ASKED) & (col(HubVisit.at) < passed - ANSWER_WITHIN)
    session.execute(delete(HubVisit).where((col(HubVisit.day) < today) | late))


def _ask(session: Session, actor: Actor | None, hub_id: UUID, draft: VisitDraft, language: str) -> None:
    if draft.day not in open_days(session, hub_id, monday_of(draft.day)):
        raise BadInput("day", str(draft.day), "the hub is closed that day: choose another")
    lock_hubs(session, [hub_id])
    own = queries.invited_count(session, actor.member_id, hub_id) if actor else 0
    if own >= MOST_INVITED or queries.asked_count(session, hub_id=hub_id) >= MOST_ASKED:
        raise Conflict("too_many_visits", "So many are asked already whether they come. Try again in some days.")
    _check_room(session, hub_id, draft.day)
    email = draft.email.strip().lower()
    if actor and queries.has_invited(session, actor.member_id, hub_id, draft.day, email):
        raise Conflict("already_invited", "You have invited that address for that day already.")
    if queries.asked_count(session, email=email) >= MOST_ASKED_OF_ADDRESS:
        return
    row = HubVisit(
        hub_id=hub_id,
        day=draft.day,
        first_name=draft.first_name.strip(),
        comes_from=draft.comes_from.strip(),
        email=email,
        language=language,
        kind=VisitKind.INVITED if actor else VisitKind.OPEN_HOUSE,
        member_id=actor.member_id if actor else None,
    )
    off = (col(HubVisit.hub_id) == hub_id, col(HubVisit.day) == draft.day, col(HubVisit.email) == email)
    session.execute(delete(HubVisit).where(*off, col(HubVisit.state) == VisitState.CALLED_OFF))
    made = insert(HubVisit).values(row.model_dump()).on_conflict_do_nothing().returning(col(HubVisit.id))
    if session.scalar(made) is not None:
        record(session, actor, ENTITY, row.id, to_state=row.state)
        post(session, MailKind.VISIT, row.id)


def _check_expected(session: Session, row: HubVisit) -> None:
    """Refuse a visit that was called off, or is about to be."""
    is_on = row.kind is VisitKind.INVITED or is_open_house(session, row.hub_id, row.day)
    is_open = row.day in open_days(session, row.hub_id, monday_of(row.day))
    if row.state is VisitState.CALLED_OFF or not (is_on and is_open):
        raise Conflict("visit_called_off", "The hub takes no visitors that day after all.")


def _check_room(session: Session, hub_id: UUID, day: date) -> None:
    if queries.is_full(session, hub_id, day):
        raise Conflict("no_room", "As many come that day as there is room for. Choose another.")
