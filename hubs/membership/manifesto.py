"""Use cases of a hub's manifesto: have a new version of it, and sign it."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col

from core.actor import Actor
from core.database.audit import record
from core.errors import Conflict, NotFound
from core.limits import refuse_if
from core.time import clock
from hubs.membership import queries
from hubs.membership.models import ONE_AT_A_TIME, HubMember, HubMemberState, HubSignature
from hubs.membership.rules import HUB_MEMBER
from hubs.places.models import HubManifesto
from hubs.places.queries import hosted_hub, manifestos
from hubs.places.rules import manifesto_faults
from marketplace.notices.rules import NoticeCode
from marketplace.notices.service import mark_answered, notify
from marketplace.organisations.models import Member


def publish(session: Session, actor: Actor, hub_id: UUID, words: str) -> HubManifesto:
    """Have a version of the manifesto that members are asked to sign; what was signed before stays as it was.

    The same words once more are no new version.

    Raises
    ------
    NotFound, NotAllowed
        The actor does not see the hub, or is not host of it.
    BadInput
        It says nothing, or too much.
    """
    row = hosted_hub(session, actor, hub_id).hub
    refuse_if(manifesto_faults(words))
    session.refresh(row, with_for_update=True)
    latest = next(iter(manifestos(session, hub_id)), None)
    if latest is not None and latest.words == words.strip():
        return latest
    number = latest.number + 1 if latest else 1
    made = HubManifesto(hub_id=hub_id, number=number, words=words.strip(), at=clock.now())
    session.add(made)
    session.flush()
    record(session, actor, "hub", hub_id, reason_code="manifesto", details={"number": made.number})
    _ask_members(session, hub_id, row.name)
    return made


def sign(session: Session, actor: Actor, hub_member_id: UUID, number: int) -> HubMember:
    """Sign the latest version of a hub's manifesto, as one who has applied or is a member. Signed twice, it is once.

    Raises
    ------
    NotFound
        It is not the actor's own, or there is nothing to sign.
    Conflict
        ``manifesto_changed``: there is a later version than the one that the actor has read. ``membership_over``: the
        actor has left, or was not let in.
    """
    row = queries.own_hub_member(session, actor, hub_member_id)
    latest = next(iter(manifestos(session, row.hub_id)), None)
    if latest is None:
        raise NotFound("manifesto to sign", row.hub_id)
    if row.state not in ONE_AT_A_TIME:
        raise Conflict("membership_over", "You are no member there any more, and have not applied.")
    if latest.number != number:
        raise Conflict(
            "manifesto_changed", "The manifesto has been changed since you read it. Read it, and sign it then."
        )
    values = {"hub_member_id": row.id, "manifesto_id": latest.id, "at": clock.now()}
    made = insert(HubSignature).values(values).on_conflict_do_nothing().returning(col(HubSignature.at))
    if session.scalar(made) is not None:
        record(session, actor, HUB_MEMBER.entity, row.id, reason_code="signed", details={"number": number})
    mark_answered(session, [actor.organisation_id], NoticeCode.HUB_MANIFESTO, HUB_MEMBER.entity, row.id)
    return row


def _ask_members(session: Session, hub_id: UUID, name: str) -> None:
    found = (
        select(col(HubMember.id), col(Member.id), col(Member.organisation_id))
        .join(Member, col(Member.id) == col(HubMember.member_id))
        .where(
            col(HubMember.hub_id) == hub_id,
            col(HubMember.state) == HubMemberState.ACTIVE,
            col(Member.id).in_(queries.member_ids(hub_id)),
        )
        .order_by(col(HubMember.id))
    )
    told: dict[str, Any] = {"hub": name, "hubId": str(hub_id)}
    for key, member_id, home in session.execute(found):
        notify(session, [home], NoticeCode.HUB_MANIFESTO, HUB_MEMBER.entity, key, member_id=member_id, **told)
