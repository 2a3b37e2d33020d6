"""Every question about who belongs to a hub.

A person is a member on a day while it has a seat, is not kept out, and its organisation takes part and has an agreement
on that day that covers the hub. Nothing has to be written for an agreement to end: it ends for all its people at once.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, distinct, exists, func, literal, or_, select
from sqlalchemy.orm import Mapped, aliased
from sqlmodel import Session, col

from core.actor import Actor, Permission, Role, check_may
from core.database.page import DEFAULT_LIMIT, Page, read_page, read_rows
from core.database.tables import any_of, by_swedish
from core.errors import NotFound
from core.time import clock
from hubs.membership.models import (
    ONE_AT_A_TIME,
    HubMember,
    HubMembership,
    HubMembershipPlace,
    HubMembershipState,
    HubMemberState,
    HubSignature,
)
from hubs.places.models import Hub, HubManifesto
from hubs.places.queries import HubView
from marketplace.organisations.grants import holds_role
from marketplace.organisations.models import Member, Organisation
from resources.models import Site

MOST_HOLDERS = 1000
"""People that a role may be given to in a form."""
_AnyHub = aliased(Hub)
GOING_ON = (HubMembershipState.ASKED, HubMembershipState.AGREED)


@dataclass(frozen=True)
class MembershipView:
    """An organisation's agreement, the hub whose host keeps it, and how many of its people have a seat by it."""

    membership: HubMembership
    organisation: Organisation
    hub: Hub
    taken: int
    places: Sequence[tuple[HubMembershipPlace, Hub]]


@dataclass(frozen=True)
class PersonView:
    """Somebody who has applied to a hub or is a member, and which versions of the manifesto it has signed."""

    row: HubMember
    member: Member
    organisation: Organisation
    signed: Mapping[int, datetime]


def holds_on(day: date) -> ColumnElement[bool]:
    """Return the condition that a `HubMembership`, joined to its organisation and a place, holds there on a day."""
    return and_(
        col(HubMembership.state) == HubMembershipState.AGREED,
        col(HubMembershipPlace.agreed_at).is_not(None),
        col(HubMembership.starts) <= day,
        or_(col(HubMembership.ends).is_(None), col(HubMembership.ends) >= day),
        col(Organisation.left_at).is_(None),
    )


def member_ids(hub_id: UUID | Mapped[UUID], day: date | None = None) -> ColumnElement[UUID]:
    """Return a subquery of the ids of all who are members of a hub on a day, today unless one is named.

    They are ids of `Member`, which is a person in one organisation. The hub may be a column of the query around it.
    """
    at_hub = and_(
        col(HubMembershipPlace.membership_id) == col(HubMembership.id),
        col(HubMembershipPlace.hub_id) == col(HubMember.hub_id),
    )
    found = (
        select(col(HubMember.member_id))
        .join(Member, col(Member.id) == col(HubMember.member_id))
        .join(Organisation, col(Organisation.id) == col(Member.organisation_id))
        .join(HubMembership, col(HubMembership.id) == col(HubMember.membership_id))
        .join(HubMembershipPlace, at_hub)
        .where(col(HubMember.hub_id) == hub_id, col(HubMember.state) == HubMemberState.ACTIVE, col(Member.active))
    )
    return found.where(holds_on(day or clock.today())).scalar_subquery()


def is_member(session: Session, hub_id: UUID, member_id: UUID, day: date | None = None) -> bool:
    """Tell whether somebody is a member of a hub on a day, today unless one is named."""
    found = select(col(Member.id)).where(col(Member.id) == member_id, col(Member.id).in_(member_ids(hub_id, day)))
    return session.scalars(found).one_or_none() is not None


def belonging(member_id: Any) -> ColumnElement[bool]:
    """Return the condition that somebody, by its id or a column of ids, is a member of any hub today."""
    hub_id: Any = col(_AnyHub.id)
    who = literal(member_id) if isinstance(member_id, UUID) else member_id
    return select(hub_id).where(who.in_(member_ids(hub_id))).exists()


def belongs_anywhere(session: Session, member_id: UUID) -> bool:
    """Tell whether somebody is a member of any hub today."""
    return bool(session.scalar(select(belonging(member_id))))


def membership(session: Session, actor: Actor, membership_id: UUID) -> HubMembership:
    """Return an agreement for who administers the organisation and for hosts of its hubs; NotFound for all others."""
    row = session.get(HubMembership, membership_id)
    if row is None or not (actor.may(Permission.ADMINISTER, row.organisation_id) or _hosts_one(session, actor, row.id)):
        raise NotFound("hub_membership", membership_id)
    return row


def membership_view(session: Session, actor: Actor, membership_id: UUID) -> MembershipView:
    """Return an agreement as `membership`, with what it covers."""
    found = _memberships().where(col(HubMembership.id) == membership(session, actor, membership_id).id)
    [view] = _views(session, session.execute(found).all())
    return view


def memberships_of_hub(
    session: Session, hub_id: UUID, page: int = 1, limit: int = DEFAULT_LIMIT
) -> Page[MembershipView]:
    """Return the agreements that are to cover a hub, those that wait first; for its hosts: see the callers."""
    covers = exists().where(
        col(HubMembershipPlace.membership_id) == col(HubMembership.id), col(HubMembershipPlace.hub_id) == hub_id
    )
    waits_first = case(
        {state: number for number, state in enumerate(GOING_ON)}, value=col(HubMembership.state), else_=2
    )
    order = (waits_first, by_swedish(col(Organisation.name)), col(HubMembership.id))
    return read_rows(session, _memberships().where(covers).order_by(*order), page, limit).of(
        lambda rows: _views(session, rows)
    )


def own_memberships(session: Session, actor: Actor, hub_id: UUID) -> list[MembershipView]:
    """Return the agreements of the actor's organisation about a hub that are not over, for all of its members."""
    ids = going_on(session, actor.organisation_id, [hub_id])
    found = _memberships().where(any_of(col(HubMembership.id), ids)).order_by(col(HubMembership.id))
    return _views(session, session.execute(found).all())


def going_on(session: Session, organisation_id: UUID, hub_ids: Collection[UUID]) -> Sequence[UUID]:
    """Return the agreements of an organisation that are to cover any of some hubs, and are not over."""
    found = (
        select(col(HubMembership.id))
        .join(HubMembershipPlace, col(HubMembershipPlace.membership_id) == col(HubMembership.id))
        .where(col(HubMembership.organisation_id) == organisation_id, any_of(col(HubMembershipPlace.hub_id), hub_ids))
        .where(col(HubMembership.state).in_(GOING_ON), _not_over(clock.today()))
    )
    return session.scalars(found.distinct()).all()


def membership_at(
    session: Session, organisation_id: UUID, hub_id: UUID, day: date | None = None
) -> HubMembership | None:
    """Return the agreement by which an organisation's people may be members of a hub on a day, today unless named."""
    found = (
        select(HubMembership)
        .join(HubMembershipPlace, col(HubMembershipPlace.membership_id) == col(HubMembership.id))
        .join(Organisation, col(Organisation.id) == col(HubMembership.organisation_id))
        .where(col(HubMembership.organisation_id) == organisation_id, col(HubMembershipPlace.hub_id) == hub_id)
        .where(holds_on(day or clock.today()))
    )
    return session.scalars(found.order_by(col(HubMembership.id)).limit(1)).one_or_none()


def organisations_of(session: Session, hub_id: UUID) -> Sequence[Organisation]:
    """Return the organisations that are members of a hub today, by name: everybody may know."""
    found = (
        select(Organisation)
        .join(HubMembership, col(HubMembership.organisation_id) == col(Organisation.id))
        .join(HubMembershipPlace, col(HubMembershipPlace.membership_id) == col(HubMembership.id))
        .where(col(HubMembershipPlace.hub_id) == hub_id, holds_on(clock.today()))
    )
    return session.scalars(found.order_by(by_swedish(col(Organisation.name)), col(Organisation.id))).unique().all()


def may_hold_roles(session: Session, view: HubView) -> tuple[list[Organisation], list[tuple[Member, Organisation]]]:
    """Return the organisations and the people, with theirs, that may have a role at a hub, by name.

    The host and the member organisations; the hub's members, and whoever hosts at the host's.
    """
    organisations = {each.id: each for each in (view.host, *organisations_of(session, view.hub.id))}
    hosting = (col(Member.organisation_id) == view.host.id) & holds_role(Role.HUB_HOST)
    found = (
        select(Member, Organisation)
        .join(Organisation, col(Organisation.id) == col(Member.organisation_id))
        .where(or_(col(Member.id).in_(member_ids(view.hub.id)), hosting), col(Member.active))
        .order_by(by_swedish(col(Member.name)), col(Member.id))
        .limit(MOST_HOLDERS)
    )
    return list(organisations.values()), [(member, home) for member, home in session.execute(found)]


def hubs_of(session: Session, membership_id: UUID) -> Sequence[UUID]:
    """Return the hubs that an agreement is to cover."""
    found = select(col(HubMembershipPlace.hub_id)).where(col(HubMembershipPlace.membership_id) == membership_id)
    return session.scalars(found).all()


def places_of(session: Session, membership_id: UUID) -> list[tuple[HubMembershipPlace, Hub]]:
    """Return the hubs that an agreement is to cover, with whether each does."""
    found = select(HubMembershipPlace, Hub).join(Hub, col(Hub.id) == col(HubMembershipPlace.hub_id))
    ordered = found.where(col(HubMembershipPlace.membership_id) == membership_id).order_by(col(Hub.id))
    return [(place, hub) for place, hub in session.execute(ordered)]


def out_of_time(session: Session, today: date) -> Sequence[HubMembership]:
    """Return agreements whose last day is over and that are not ended yet."""
    found = select(HubMembership).where(col(HubMembership.state) == HubMembershipState.AGREED)
    return session.scalars(found.where(~_not_over(today)).order_by(col(HubMembership.id)).limit(100)).all()


def seats_of_hub(session: Session, hub_id: UUID) -> int:
    """Count the seats of a hub that are taken, also by those who are kept out for now: they may come back."""
    found = select(func.count()).where(col(HubMember.hub_id) == hub_id, col(HubMember.state) == HubMemberState.ACTIVE)
    return session.scalars(found).one()


def seats_of_membership(session: Session, membership_id: UUID) -> int:
    """Count the people who have a seat by an agreement, at however many of its hubs."""
    found = select(func.count(distinct(col(HubMember.member_id)))).where(_seated(membership_id))
    return session.scalars(found).one()


def has_seat(session: Session, membership_id: UUID, member_id: UUID) -> bool:
    """Tell whether somebody has a seat by an agreement at one of its hubs."""
    found = select(exists().where(_seated(membership_id), col(HubMember.member_id) == member_id))
    return bool(session.scalar(found))


def hub_member(session: Session, actor: Actor, hub_member_id: UUID) -> HubMember:
    """Return an application or a member's seat, for the person itself and the hub's hosts; NotFound for all others."""
    row = session.get(HubMember, hub_member_id)
    if row is None or not (row.member_id == actor.member_id or _hosts(session, actor, [row.hub_id])):
        raise NotFound("hub_member", hub_member_id)
    return row


def own_hub_member(session: Session, actor: Actor, hub_member_id: UUID) -> HubMember:
    """Return the actor's own application, or its seat; NotFound where it is not."""
    row = hub_member(session, actor, hub_member_id)
    if row.member_id != actor.member_id:
        raise NotFound("hub_member of yours", hub_member_id)
    return row


def own_page(session: Session, actor: Actor, page: int = 1, limit: int = DEFAULT_LIMIT) -> Page[HubMember]:
    """Return all that the actor has applied to, the latest first."""
    found = select(HubMember).where(col(HubMember.member_id) == actor.member_id)
    return read_page(session, found.order_by(col(HubMember.id).desc()), page, limit)


def memberships_of_organisation(
    session: Session, actor: Actor, page: int = 1, limit: int = DEFAULT_LIMIT
) -> Page[MembershipView]:
    """Return the agreements of the actor's organisation, the latest first, for who administers it.

    Raises
    ------
    NotAllowed
        The actor does not.
    """
    check_may(actor, Permission.ADMINISTER, actor.organisation_id)
    found = _memberships().where(col(HubMembership.organisation_id) == actor.organisation_id)
    return read_rows(session, found.order_by(col(HubMembership.id).desc()), page, limit).of(
        lambda rows: _views(session, rows)
    )


def own(session: Session, actor: Actor, hub_id: UUID) -> HubMember | None:
    """Return the actor's own application to a hub, or its seat there."""
    found = select(HubMember).where(col(HubMember.hub_id) == hub_id, col(HubMember.member_id) == actor.member_id)
    return session.scalars(found.where(col(HubMember.state).in_(ONE_AT_A_TIME))).one_or_none()


def home_of(session: Session, row: HubMember) -> UUID:
    """Return the organisation that a member of a hub is of."""
    return session.get_one(Member, row.member_id).organisation_id


def people_page(
    session: Session,
    hub_id: UUID,
    state: HubMemberState,
    page: int = 1,
    limit: int = DEFAULT_LIMIT,
    *,
    which: ColumnElement[bool] | None = None,
) -> Page[PersonView]:
    """Return who has applied to a hub or is a member of it, for its hosts: see the callers. The latest come first.

    `which` is a further condition on the `HubMember`.
    """
    found = (
        select(HubMember, Member, Organisation)
        .join(Member, col(Member.id) == col(HubMember.member_id))
        .join(Organisation, col(Organisation.id) == col(Member.organisation_id))
        .where(col(HubMember.hub_id) == hub_id, col(HubMember.state) == state)
    )
    if state is HubMemberState.ACTIVE:
        found = found.where(col(Member.id).in_(member_ids(hub_id)))
    if which is not None:
        found = found.where(which)
    return read_rows(session, found.order_by(col(HubMember.id).desc()), page, limit).of(
        lambda rows: _people(session, rows)
    )


def signed_by(session: Session, hub_member_ids: Collection[UUID]) -> dict[UUID, dict[int, datetime]]:
    """Return which versions of the manifesto members have signed, by their numbers, and when."""
    found = (
        select(col(HubSignature.hub_member_id), col(HubManifesto.number), col(HubSignature.at))
        .join(HubManifesto, col(HubManifesto.id) == col(HubSignature.manifesto_id))
        .where(any_of(col(HubSignature.hub_member_id), hub_member_ids))
    )
    signed: dict[UUID, dict[int, datetime]] = defaultdict(dict)
    for hub_member_id, number, at in session.execute(found):
        signed[hub_member_id][number] = at
    return signed


def _not_over(today: date) -> ColumnElement[bool]:
    return or_(col(HubMembership.ends).is_(None), col(HubMembership.ends) >= today)


def _seated(membership_id: UUID) -> ColumnElement[bool]:
    return and_(col(HubMember.membership_id) == membership_id, col(HubMember.state) == HubMemberState.ACTIVE)


def _hosts(session: Session, actor: Actor, hub_ids: Collection[UUID]) -> bool:
    if not actor.may(Permission.HOST):
        return False
    found = select(col(Site.id), col(Site.organisation_id)).join(Hub, col(Hub.site_id) == col(Site.id))
    return any(actor.hosts(*row) for row in session.execute(found.where(any_of(col(Hub.id), hub_ids))))


def _hosts_one(session: Session, actor: Actor, membership_id: UUID) -> bool:
    return actor.may(Permission.HOST) and _hosts(session, actor, hubs_of(session, membership_id))


def _memberships() -> Select[HubMembership, Organisation, Hub, int]:
    taken = (
        select(func.count(distinct(col(HubMember.member_id))))
        .where(col(HubMember.membership_id) == col(HubMembership.id), col(HubMember.state) == HubMemberState.ACTIVE)
        .correlate(HubMembership)
        .scalar_subquery()
    )
    return (
        select(HubMembership, Organisation, Hub, taken)
        .join(Organisation, col(Organisation.id) == col(HubMembership.organisation_id))
        .join(Hub, col(Hub.id) == col(HubMembership.hub_id))
    )


def _people(session: Session, rows: Sequence[Any]) -> list[PersonView]:
    signed = signed_by(session, [row.HubMember.id for row in rows])
    return [PersonView(row.HubMember, row.Member, row.Organisation, signed[row.HubMember.id]) for row in rows]


def _views(session: Session, rows: Sequence[Any]) -> list[MembershipView]:
    """Return agreements with all the hubs that they are to cover."""
    found = (
        select(HubMembershipPlace, Hub)
        .join(Hub, col(Hub.id) == col(HubMembershipPlace.hub_id))
        .where(any_of(col(HubMembershipPlace.membership_id), [row[0].id for row in rows]))
        .order_by(by_swedish(col(Hub.name)))
    )
    places: dict[UUID, list[tuple[HubMembershipPlace, Hub]]] = defaultdict(list)
    for place, hub in session.execute(found):
        places[place.membership_id].append((place, hub))
    return [MembershipView(row[0], row[1], row[2], row[3], places[row[0].id]) for row in rows]
