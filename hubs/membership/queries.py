"""Every question about who belongs to a hub.

A person is a member on a day while it has a seat, is not kept out, and its organisation takes part and has an agreement
on that day that covers the hub. Nothing has to be written for an agreement to end: it ends for all its people at once.
"""

from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select
from sqlmodel import Session, col

from core.time import clock
from hubs.membership.models import (
    HubMember,
    HubMembership,
    HubMembershipPlace,
    HubMembershipState,
    HubMemberState,
)
from marketplace.organisations.models import Member, Organisation


def holds_on(day: date) -> ColumnElement[bool]:
    """Return the condition that a `HubMembership`, joined to its organisation and a place, holds there on a day."""
    return and_(
        col(HubMembership.state) == HubMembershipState.AGREED,
        col(HubMembershipPlace.agreed_at).is_not(None),
        col(HubMembership.starts) <= day,
        or_(col(HubMembership.ends).is_(None), col(HubMembership.ends) >= day),
        col(Organisation.left_at).is_(None),
    )


def member_ids(hub_id: UUID, day: date | None = None) -> ColumnElement[UUID]:
    """Return a subquery of the ids of all who are members of a hub on a day, today unless one is named.

    They are ids of `Member`, which is a person in one organisation.
    """
    found = (
        select(col(HubMember.member_id))
        .join(Member, col(Member.id) == col(HubMember.member_id))
        .join(Organisation, col(Organisation.id) == col(Member.organisation_id))
        .join(HubMembership, col(HubMembership.id) == col(HubMember.membership_id))
        .join(
            HubMembershipPlace,
            and_(
                col(HubMembershipPlace.membership_id) == col(HubMembership.id),
                col(HubMembershipPlace.hub_id) == col(HubMember.hub_id),
            ),
        )
        .where(col(HubMember.hub_id) == hub_id, col(HubMember.state) == HubMemberState.ACTIVE, col(Member.active))
    )
    return found.where(holds_on(day or clock.today())).scalar_subquery()


def is_member(session: Session, hub_id: UUID, member_id: UUID, day: date | None = None) -> bool:
    """Tell whether somebody is a member of a hub on a day, today unless one is named."""
    found = select(col(Member.id)).where(col(Member.id) == member_id, col(Member.id).in_(member_ids(hub_id, day)))
    return session.scalars(found).one_or_none() is not None
