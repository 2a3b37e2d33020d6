"""Use cases of profiles: say something of oneself, choose others or want to meet them."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col

from core.actor import Actor
from core.database import changes
from core.database.audit import record
from core.errors import Conflict
from core.time import clock
from hubs.membership.models import ONE_AT_A_TIME, HubMember
from hubs.profiles import queries
from hubs.profiles.models import HubContact, HubProfile, ProfileAudience, ProfilePart
from hubs.profiles.rules import MOST_CONTACTS, ProfileDraft, topics
from marketplace.organisations import queries as organisations

ENTITY = "hub_profile"


def save(
    session: Session, actor: Actor, hub_id: UUID, draft: ProfileDraft, *, if_version: int | None = None
) -> HubProfile:
    """Replace what the actor says of itself, and whom it is told. What is told nobody any more is gone at once.

    Raises
    ------
    NotFound, VersionChanged
        The actor is no member; it was changed meanwhile.
    """
    row = _kept(session, actor, hub_id)
    values = {
        "can": topics(draft.can),
        "learns": topics(draft.learns),
        "wonders": draft.wonders.strip(),
        "told_to": {part.value: audience.value for part, audience in draft.told_to.items()},
    }
    if changes.change(session, actor, ENTITY, row, values, if_version=if_version):
        _forget_unseen(session, row)
    return row


def note_contact(
    session: Session, actor: Actor, hub_id: UUID, profile_id: UUID, *, chosen: bool, wanted: bool
) -> queries.Person:
    """Note whether the actor has chosen somebody whose name it is told, and wants to meet it. Nobody else learns it.

    Raises
    ------
    NotFound
        There is none such, or the actor is no member.
    Conflict
        ``too_many_contacts``: the actor has noted as many as there may be.
    """
    other = queries.person(session, actor, hub_id, profile_id)
    session.refresh(organisations.member(session, actor.member_id), with_for_update=True)  # others wait to be counted
    mine = (col(HubContact.hub_id) == hub_id, col(HubContact.member_id) == actor.member_id)
    others = select(func.count()).where(*mine, col(HubContact.other_id) != other.member_id)
    if not (chosen or wanted):
        session.execute(delete(HubContact).where(*mine, col(HubContact.other_id) == other.member_id))
    elif session.scalars(others).one() >= MOST_CONTACTS:
        raise Conflict("too_many_contacts", f"You have noted {MOST_CONTACTS} people, which is the most. Take one away.")
    else:
        keys = {"hub_id": hub_id, "member_id": actor.member_id, "other_id": other.member_id}
        said = {"chosen": chosen, "wanted": wanted}
        made = insert(HubContact).values(keys | said)
        session.execute(made.on_conflict_do_update(index_elements=list(keys), set_=said))
    own = _kept(session, actor, hub_id)
    own.updated_at = clock.now()  # what days are planned by is other than before
    _forget_unseen(session, own)
    record(session, actor, ENTITY, own.id, reason_code="contacts")
    return queries.person(session, actor, hub_id, profile_id)


def forget_left(session: Session) -> None:
    """Delete profiles of those who belong to no hub any more, and contacts of and with those who have left a hub."""
    session.execute(delete(HubProfile).where(~_belongs(col(HubProfile.member_id)).exists()))
    for member in (col(HubContact.member_id), col(HubContact.other_id)):
        session.execute(delete(HubContact).where(has_left(col(HubContact.hub_id), member)))


def has_left(hub_id: Any, member_id: Any) -> ColumnElement[bool]:
    """Return the condition that columns name a hub and somebody who neither belongs to it nor has applied."""
    return ~_belongs(member_id).where(col(HubMember.hub_id) == hub_id).exists()


def _belongs(member_id: Any) -> Select[UUID]:
    return select(col(HubMember.id)).where(
        col(HubMember.member_id) == member_id, col(HubMember.state).in_(ONE_AT_A_TIME)
    )


def _forget_unseen(session: Session, row: HubProfile) -> None:
    """Delete that others have noted a member whose name they are told no more: they could not take it back."""
    audience = row.audience(ProfilePart.NAME)
    theirs = delete(HubContact).where(col(HubContact.other_id) == row.member_id)
    if audience is ProfileAudience.CHOSEN:
        theirs = theirs.where(~queries.has_chosen(col(HubContact.hub_id), row.member_id, col(HubContact.member_id)))
    if not audience.is_all_members:
        session.execute(theirs)


def _kept(session: Session, actor: Actor, hub_id: UUID) -> HubProfile:
    """Return the actor's row, made first where there is none: of two who make it at once one does."""
    row = queries.own_profile(session, actor, hub_id)
    if row in session:
        return row
    values = row.model_dump()
    session.execute(insert(HubProfile).values(values).on_conflict_do_nothing())
    return queries.own_profile(session, actor, hub_id)
