"""Every question about organisations, members and tokens."""

from uuid import UUID

from sqlmodel import Session, col, select

from platsverket.core.actor import Actor, Role
from platsverket.core.errors import NotFound
from platsverket.marketplace.organisations.models import Member, Organisation, Partnership


def actor_for(session: Session, member_id: UUID) -> Actor:
    """Return the active member as an actor; NotFound if there is none."""
    found = session.exec(
        select(Member, Organisation)
        .join(Organisation, col(Organisation.id) == col(Member.organisation_id))
        .where(col(Member.id) == member_id, col(Member.active))
    ).one_or_none()
    if found is None:
        raise NotFound("member", member_id)
    return _actor(session, *found)


def _actor(session: Session, member: Member, organisation: Organisation) -> Actor:
    partners = session.exec(
        select(Partnership.partner_id).where(col(Partnership.organisation_id) == organisation.id)
    ).all()
    return Actor(
        member_id=member.id,
        name=member.name,
        organisation_id=organisation.id,
        county_code=organisation.county_code,
        department=member.department,
        partner_ids=frozenset(partners),
        roles=frozenset(map(Role, member.roles)),
        language=member.language,
    )
