"""Use cases of an organisation's agreement with hubs: ask, agree, refuse, withdraw, end, and let its time pass.

The hubs' rows are locked first, then the agreement's: two who take the last seat, or end what another fills, wait for
each other. An agreement that ends has ended for all its people at once; that they are told so follows.
"""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from core.actor import Actor, Permission, check_may
from core.database.audit import record
from core.database.tables import any_of
from core.errors import Conflict, NotFound
from core.limits import LONGEST_WORDS
from core.text import check_text
from core.time import clock
from hubs.membership import queries
from hubs.membership.models import (
    ONE_AT_A_TIME,
    HubMember,
    HubMembership,
    HubMembershipPlace,
    HubMembershipState,
    HubMemberState,
)
from hubs.membership.rules import HUB_MEMBER, HUB_MEMBERSHIP, MembershipDraft, Terms
from hubs.places.models import Hub
from hubs.places.queries import hosted_hub, hub_view
from hubs.places.rules import check_open
from marketplace.notices.rules import NoticeCode
from marketplace.notices.service import mark_answered, notify
from marketplace.organisations.models import Member, Organisation

_S = HubMembershipState


def ask(session: Session, actor: Actor, draft: MembershipDraft) -> HubMembership:
    """Ask for the actor's organisation to join hubs, one agreement for all of them. Their hosts are told.

    Raises
    ------
    NotAllowed
        The actor is no admin of its organisation.
    NotFound
        There is no such hub.
    Conflict
        ``hub_closed``: one takes nobody in. ``membership_exists``: the organisation has, or has asked for, an agreement
        that covers one of them.
    """
    check_may(actor, Permission.ADMINISTER, actor.organisation_id)
    hubs = [hub_view(session, actor, key).hub for key in draft.hub_ids]
    lock_hubs(session, draft.hub_ids)
    for each in hubs:
        check_open(each)
    if queries.going_on(session, actor.organisation_id, draft.hub_ids):
        raise Conflict("membership_exists", "Your organisation has, or has asked for, a membership there already.")
    row = HubMembership(
        organisation_id=actor.organisation_id,
        hub_id=draft.hub_ids[0],
        member_id=actor.member_id,
        starts=draft.starts,
        ends=draft.ends,
        seats=draft.seats,
        employees=draft.employees,
        signatory=draft.signatory.strip(),
    )
    HUB_MEMBERSHIP.begin(session, actor, row, _S.ASKED)
    session.add(row)
    session.flush()
    session.add_all([HubMembershipPlace(membership_id=row.id, hub_id=key) for key in draft.hub_ids])
    for hub in hubs:
        _tell_hosts(session, row, hub, NoticeCode.HUB_MEMBERSHIP_ASKED)
    return row


def agree(session: Session, actor: Actor, membership_id: UUID, terms: Terms) -> HubMembership:
    """Agree as the host who keeps the agreement, or agree anew to other terms. The organisation is told.

    Raises
    ------
    NotFound, NotAllowed, StateChanged
        The actor does not see it, is not that host, or it is over.
    Conflict
        ``seats_taken``: more of its people are members than there would be seats.
    """
    row = _of_host(session, actor, membership_id)
    if terms.seats is not None and queries.seats_of_membership(session, row.id) > terms.seats:
        raise Conflict("seats_taken", "More people of the organisation are members than there would be seats.")
    its: dict[str, Any] = asdict(terms)
    HUB_MEMBERSHIP.move(session, actor, row.id, _S.AGREED, **its)
    _agree_at(session, row.id, row.hub_id)
    session.refresh(row)
    _mark_answered(session, row)
    _tell_admins(session, row)
    return row


def cover(session: Session, actor: Actor, membership_id: UUID, hub_id: UUID) -> HubMembership:
    """Agree, as the host of another hub that an agreement is to cover, that it does.

    Raises
    ------
    NotFound, NotAllowed
        The actor does not see the agreement, or is not host of that hub; or it is not to cover it.
    Conflict
        ``not_agreed``: the host who keeps the agreement has not agreed yet, or it is over. ``hub_closed``.
    """
    row = queries.membership(session, actor, membership_id)
    check_open(hosted_hub(session, actor, hub_id).hub)
    place = session.get(HubMembershipPlace, (membership_id, hub_id), with_for_update=True)
    if place is None:
        raise NotFound("hub", hub_id)
    if row.state is not _S.AGREED:
        raise Conflict("not_agreed", "The host who keeps the agreement has not agreed to it, or it is over.")
    _agree_at(session, membership_id, hub_id)
    _mark_answered(session, row)
    record(session, actor, HUB_MEMBERSHIP.entity, row.id, reason_code="covered", details={"hub": str(hub_id)})
    return row


def refuse(session: Session, actor: Actor, membership_id: UUID, words: str = "") -> HubMembership:
    """Refuse as the host who would keep the agreement. The organisation is told, and why.

    Raises
    ------
    NotFound, NotAllowed, StateChanged, BadInput
        The actor does not see it, is not that host, it is answered already, or the words are too many.
    """
    check_text("words", words, most=LONGEST_WORDS)
    row = _of_host(session, actor, membership_id)
    HUB_MEMBERSHIP.move(session, actor, row.id, _S.REFUSED, words=words.strip() or None)
    session.refresh(row)
    _mark_answered(session, row)
    _tell_admins(session, row)
    return row


def withdraw(session: Session, actor: Actor, membership_id: UUID) -> HubMembership:
    """Take back what one's organisation has asked for, before it is answered; for its admins."""
    row = _of_organisation(session, actor, membership_id)
    HUB_MEMBERSHIP.move(session, actor, row.id, _S.WITHDRAWN)
    session.refresh(row)
    _mark_answered(session, row)
    return row


def end(session: Session, actor: Actor, membership_id: UUID) -> HubMembership:
    """End an agreement from today on: for the organisation's admins, or the host who keeps it. All are told.

    Raises
    ------
    NotFound, NotAllowed, StateChanged
        The actor does not see it, is neither, or it is not agreed.
    """
    row = queries.membership(session, actor, membership_id)
    if actor.may(Permission.ADMINISTER, row.organisation_id):
        row = _of_organisation(session, actor, membership_id)
    else:
        row = _of_host(session, actor, membership_id)
    _end(session, actor, row, min(filter(None, (row.ends, clock.today()))))
    return row


def pass_time(session: Session, today: date) -> None:
    """End agreements whose last day is over, and tell all their people, and the hosts of the hubs."""
    for row in queries.out_of_time(session, today):
        _lock(session, row)
        if row.state is _S.AGREED and row.ends is not None and row.ends < today:
            _end(session, None, row, row.ends, "deadline")


def lock_hubs(session: Session, hub_ids: Collection[UUID]) -> Sequence[Hub]:
    """Lock hubs in one order, so that whoever counts what is taken there waits for others."""
    found = select(Hub).where(any_of(col(Hub.id), hub_ids)).order_by(col(Hub.id))
    return session.scalars(found.with_for_update().execution_options(populate_existing=True)).all()


def _end(session: Session, actor: Actor | None, row: HubMembership, last: date, why: str | None = None) -> None:
    HUB_MEMBERSHIP.move(session, actor, row.id, _S.ENDED, reason_code=why, ends=max(last, row.starts))
    session.refresh(row)
    found = select(HubMember).where(col(HubMember.membership_id) == row.id, col(HubMember.state).in_(ONE_AT_A_TIME))
    people = session.scalars(found.order_by(col(HubMember.id)).with_for_update()).all()
    HUB_MEMBER.move_all(session, actor, [each.id for each in people], HubMemberState.ENDED, reason_code="membership")
    _tell_admins(session, row)
    for each in people:
        tell_person(session, each, HubMemberState.ENDED)
    _mark_answered(session, row)
    for _place, hub in queries.places_of(session, row.id):
        _tell_hosts(session, row, hub, NoticeCode.HUB_MEMBERSHIP_ENDED)


def tell_person(session: Session, row: HubMember, to: HubMemberState) -> None:
    """Tell a person, and nobody else, what has become of its membership of a hub, of which no host need read now."""
    mark_application(session, row)
    home = session.get_one(Member, row.member_id).organisation_id
    name = session.get_one(Hub, row.hub_id).name
    notify(session, [home], NoticeCode.HUB_MEMBER_MOVED, "hub", row.hub_id, member_id=row.member_id, hub=name, to=to)


def mark_application(session: Session, row: HubMember) -> None:
    """Note that no host need read any more that somebody has applied."""
    host = session.get_one(Hub, row.hub_id).organisation_id
    mark_answered(session, {host}, NoticeCode.HUB_APPLIED, HUB_MEMBER.entity, row.id)


def _tell_admins(session: Session, row: HubMembership) -> None:
    name = session.get_one(Hub, row.hub_id).name
    told: dict[str, Any] = {"permission": Permission.ADMINISTER, "hub": name, "to": row.state.value}
    notify(session, [row.organisation_id], NoticeCode.HUB_MEMBERSHIP_MOVED, "hub", row.hub_id, **told)


def _tell_hosts(session: Session, row: HubMembership, hub: Hub, code: NoticeCode) -> None:
    organisation = session.get_one(Organisation, row.organisation_id).name
    told: dict[str, Any] = {"hub": hub.name, "hubId": str(hub.id), "organisation": organisation}
    entity = HUB_MEMBERSHIP.entity
    notify(session, [hub.organisation_id], code, entity, row.id, permission=Permission.HOST, **told)


def _mark_answered(session: Session, row: HubMembership) -> None:
    """Let those hosts be asked no more who have answered for all of their hubs, or have nothing to answer."""
    places = queries.places_of(session, row.id)
    waiting = {
        hub.organisation_id for place, hub in places if row.state in queries.GOING_ON and place.agreed_at is None
    }
    hosts = {hub.organisation_id for _place, hub in places} - waiting
    mark_answered(session, hosts, NoticeCode.HUB_MEMBERSHIP_ASKED, HUB_MEMBERSHIP.entity, row.id)


def _agree_at(session: Session, membership_id: UUID, hub_id: UUID) -> None:
    place = session.get_one(HubMembershipPlace, (membership_id, hub_id))
    place.agreed_at = place.agreed_at or clock.now()
    session.flush()


def _lock(session: Session, row: HubMembership) -> None:
    lock_hubs(session, queries.hubs_of(session, row.id))
    session.refresh(row, with_for_update=True)


def _of_host(session: Session, actor: Actor, membership_id: UUID) -> HubMembership:
    row = queries.membership(session, actor, membership_id)
    hosted_hub(session, actor, row.hub_id)
    _lock(session, row)
    return row


def _of_organisation(session: Session, actor: Actor, membership_id: UUID) -> HubMembership:
    row = queries.membership(session, actor, membership_id)
    check_may(actor, Permission.ADMINISTER, row.organisation_id)
    _lock(session, row)
    return row
