"""Use cases of a person at a hub: apply, be let in while there are seats, have a first name, be welcomed, leave."""

from collections.abc import Collection
from uuid import UUID

from sqlmodel import Session

from core.actor import Actor, Permission
from core.database import changes
from core.errors import BadInput, Conflict
from core.limits import LONGEST_WORDS, refuse_if
from core.text import check_text
from core.time import clock
from hubs.membership import queries
from hubs.membership.agreements import lock_hubs, mark_application, tell_person
from hubs.membership.models import ONE_AT_A_TIME, HubMember, HubMembership, HubMemberState
from hubs.membership.rules import HUB_MEMBER, WELCOME, ApplicationDraft, first_name_faults
from hubs.places.models import Hub
from hubs.places.queries import hosted_hub, hub_view
from hubs.places.rules import check_open
from marketplace.notices.rules import NoticeCode
from marketplace.notices.service import notify

_S = HubMemberState


def apply(session: Session, actor: Actor, hub_id: UUID, draft: ApplicationDraft) -> HubMember:
    """Apply to a hub that an agreement of the actor's organisation covers. The hosts are told.

    Raises
    ------
    NotFound
        There is no such hub.
    Conflict
        ``hub_closed``. ``no_membership``: no agreement of the organisation covers it now. ``already_applied``: the
        actor has applied, or is a member.
    """
    hub = hub_view(session, actor, hub_id).hub
    lock_hubs(session, [hub_id])
    check_open(hub)
    agreed = queries.membership_at(session, actor.organisation_id, hub_id)
    if agreed is None:
        raise Conflict("no_membership", "Your organisation has no membership there now. Ask an admin for one.")
    if queries.own(session, actor, hub_id) is not None:
        raise Conflict("already_applied", "You have applied already, or are a member.")
    row = HubMember(
        hub_id=hub_id,
        member_id=actor.member_id,
        membership_id=agreed.id,
        aims=draft.aims.strip(),
        contribution=draft.contribution.strip(),
        first_name=draft.first_name.strip(),
    )
    HUB_MEMBER.begin(session, actor, row, _S.APPLIED)
    session.add(row)
    session.flush()
    notify(
        session,
        [hub.organisation_id],
        NoticeCode.HUB_APPLIED,
        HUB_MEMBER.entity,
        row.id,
        permission=Permission.HOST,
        hub=hub.name,
        hubId=str(hub_id),
    )
    return row


def admit(session: Session, actor: Actor, hub_member_id: UUID) -> HubMember:
    """Give an applicant a seat, of the hub's and of those of its organisation; for a host. The person is told.

    Raises
    ------
    NotFound, NotAllowed, StateChanged
        The actor does not see the application, is not host there, or it is answered already.
    Conflict
        ``hub_closed``. ``no_membership``: the organisation's agreement does not cover the hub now. ``no_seat``: none is
        left.
    """
    row = _of_host(session, actor, hub_member_id)
    hub = session.get_one(Hub, row.hub_id)
    check_open(hub)
    agreed = queries.membership_at(session, queries.home_of(session, row), row.hub_id)
    if agreed is None or agreed.id != row.membership_id:
        raise Conflict("no_membership", "The organisation has no membership there now.")
    session.refresh(agreed, with_for_update=True)
    if hub.seats is not None and queries.seats_of_hub(session, hub.id) >= hub.seats:
        raise Conflict("no_seat", "All seats of the hub are taken.")
    if _has_no_seat(session, agreed, row):
        raise Conflict("no_seat", "All seats of the organisation are taken.")
    HUB_MEMBER.move(session, actor, row.id, _S.ACTIVE, joined_at=clock.now())
    return _moved(session, row)


def refuse(session: Session, actor: Actor, hub_member_id: UUID, words: str = "") -> HubMember:
    """Say no to an applicant, who is told; for a host. Why is in the audit alone.

    Raises
    ------
    NotFound, NotAllowed, StateChanged, BadInput
        As `admit`; or the words are too many.
    """
    check_text("words", words, most=LONGEST_WORDS)
    row = _of_host(session, actor, hub_member_id)
    HUB_MEMBER.move(session, actor, row.id, _S.REFUSED, words=words.strip() or None)
    return _moved(session, row)


def end(session: Session, actor: Actor, hub_member_id: UUID) -> HubMember:
    """End somebody's membership, who is told; for a host. The seat is free at once."""
    row = _of_host(session, actor, hub_member_id)
    HUB_MEMBER.move(session, actor, row.id, _S.ENDED)
    return _moved(session, row)


def leave(session: Session, actor: Actor, hub_member_id: UUID) -> HubMember:
    """Take back one's application, or leave the hub: the seat is free at once.

    Raises
    ------
    NotFound, StateChanged
        It is not the actor's own, or is over.
    """
    row = queries.own_hub_member(session, actor, hub_member_id)
    lock_hubs(session, [row.hub_id])
    session.refresh(row, with_for_update=True)
    HUB_MEMBER.move(session, actor, row.id, _S.WITHDRAWN if row.state is _S.APPLIED else _S.LEFT)
    session.refresh(row)
    mark_application(session, row)
    return row


def welcome(session: Session, actor: Actor, hub_member_id: UUID, steps: Collection[str]) -> HubMember:
    """Note which steps of the welcome are done; for a host.

    Raises
    ------
    NotFound, NotAllowed
        The actor does not see the member, or is not host there.
    BadInput
        There is no such step.
    """
    row = _of_host(session, actor, hub_member_id)
    if unknown := sorted({*steps} - {*WELCOME}):
        raise BadInput("welcomed", unknown[0], f"there is no such step: {', '.join(WELCOME)}")
    changes.change(session, actor, HUB_MEMBER.entity, row, {"welcomed": [each for each in WELCOME if each in steps]})
    return row


def call_oneself(session: Session, actor: Actor, hub_member_id: UUID, first_name: str) -> HubMember:
    """Have another first name on the clothes-peg, as one who has applied or is a member.

    Raises
    ------
    NotFound, BadInput
        It is not the actor's own; there is no name, or it is too long.
    Conflict
        ``membership_over``: the actor has left, or was not let in.
    """
    refuse_if(first_name_faults(first_name))
    row = queries.own_hub_member(session, actor, hub_member_id)
    if row.state not in ONE_AT_A_TIME:
        raise Conflict("membership_over", "You are no member there any more, and have not applied.")
    changes.change(session, actor, HUB_MEMBER.entity, row, {"first_name": first_name.strip()})
    return row


def _has_no_seat(session: Session, agreed: HubMembership, row: HubMember) -> bool:
    """Tell whether the organisation has no seat left; who is a member of one hub takes no second seat for another."""
    if agreed.seats is None or queries.has_seat(session, agreed.id, row.member_id):
        return False
    return queries.seats_of_membership(session, agreed.id) >= agreed.seats


def _of_host(session: Session, actor: Actor, hub_member_id: UUID) -> HubMember:
    row = queries.hub_member(session, actor, hub_member_id)
    hosted_hub(session, actor, row.hub_id)
    lock_hubs(session, [row.hub_id])
    session.refresh(row, with_for_update=True)
    return row


def _moved(session: Session, row: HubMember) -> HubMember:
    session.refresh(row)
    tell_person(session, row, row.state)
    return row
