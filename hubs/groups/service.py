"""Use cases of groups: begin one, change, close, join and leave it; and forget who has left the hubs."""

from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col

from core.actor import Actor, Permission, refusal
from core.database import changes
from core.database.audit import record
from core.errors import Conflict, NotAllowed
from core.time import clock
from hubs.groups import queries
from hubs.groups.models import HubGroup, HubGroupMember
from hubs.groups.queries import GroupView
from hubs.groups.rules import MOST_GROUPS, GroupDraft
from hubs.membership.queries import belonging, belongs_anywhere
from hubs.places.models import Hub
from hubs.places.rules import check_open
from marketplace.organisations.tokens import new_token, token_hash

ENTITY = "hub_group"


def begin(session: Session, actor: Actor, hub_id: UUID, draft: GroupDraft) -> HubGroup:
    """Begin a group at a hub, as a member or host there. Who is a member is in it at once, without its name.

    Raises
    ------
    NotFound, NotAllowed
        The actor does not read the hub's groups; it is neither a member nor host there.
    Conflict
        ``hub_closed``. ``group_exists``: there is one of that name, perhaps closed. ``too_many_groups``: as many as may
        be.
    """
    hub = queries.check_reads(session, actor, hub_id)
    check_open(hub)
    if not queries.may_make(session, actor, hub):
        raise NotAllowed("not_hub_member", "Only members of the hub begin groups there.")
    session.execute(select(col(Hub.id)).where(col(Hub.id) == hub_id).with_for_update())  # others wait to be counted
    if session.scalars(select(func.count()).where(col(HubGroup.hub_id) == hub_id)).one() >= MOST_GROUPS:
        raise Conflict("too_many_groups", f"{MOST_GROUPS} groups have begun there, which is the most.")
    _check_name(session, hub_id, draft)
    row = HubGroup(hub_id=hub_id, member_id=actor.member_id, **_values(draft))
    session.add(row)
    session.flush()
    if not queries.hosts(actor, hub):
        session.add(HubGroupMember(group_id=row.id, member_id=actor.member_id, named=False))
        session.flush()
    record(session, actor, ENTITY, row.id, reason_code="begun")
    return row


def kept(session: Session, actor: Actor, group_id: UUID) -> GroupView:
    """Return a group that the actor may change and close. Raises NotFound, NotAllowed."""
    view = queries.group_view(session, actor, group_id)
    if not view.keeps:
        raise refusal(actor, Permission.HOST)
    return view


def change(
    session: Session, actor: Actor, group_id: UUID, draft: GroupDraft, *, if_version: int | None = None
) -> HubGroup:
    """Say anew what a group is: for who began it, and the host. Raises as `begin`, and VersionChanged."""
    view = kept(session, actor, group_id)
    if draft.name.strip() != view.group.name:
        _check_name(session, view.hub.id, draft)
    changes.change(session, actor, ENTITY, view.group, _values(draft), if_version=if_version)
    return view.group


def close(session: Session, actor: Actor, group_id: UUID) -> None:
    """Let nobody join a group any more, for good, and list it no more; for who began it, and the host."""
    view = kept(session, actor, group_id)
    changes.change(session, actor, ENTITY, view.group, {"closed_at": view.group.closed_at or clock.now()})


def join(session: Session, actor: Actor, group_id: UUID, *, named: bool) -> None:
    """Be in a group, as a member of any hub, and say whether the others in it are told first name and organisation.

    Raises
    ------
    NotFound, NotAllowed
        The actor does not see the group; it is host, and no member of any hub.
    Conflict
        ``group_closed``: nobody joins it any more.
    """
    view = queries.group_view(session, actor, group_id)
    if not belongs_anywhere(session, actor.member_id):
        raise NotAllowed("not_hub_member", "Only members of hubs are in groups.")
    if not view.may_join:
        raise Conflict("group_closed", "The group is closed: nobody joins it any more.")
    keys, said = {"group_id": group_id, "member_id": actor.member_id}, {"named": named}
    made = insert(HubGroupMember).values(keys | said)
    session.execute(made.on_conflict_do_update(index_elements=list(keys), set_=said))
    session.expire_all()
    record(session, None, ENTITY, group_id, reason_code="joined")  # not who: that is for it to say


def make_feed(session: Session, actor: Actor, group_id: UUID) -> str:
    """Let what the group has on be read by an address of the actor's own, and by none that it had before.

    What the address ends with is returned here and never again.

    Raises
    ------
    NotFound, Conflict
        The actor does not see the group. ``not_in_group``.
    """
    secret = new_token()
    _own(session, actor, group_id).feed_hash = token_hash(secret)
    session.flush()
    record(session, None, ENTITY, group_id, reason_code="feed_made")
    return secret


def end_feed(session: Session, actor: Actor, group_id: UUID) -> None:
    """Let nothing be read by the address that the actor had, if any. Raises as `make_feed`."""
    _own(session, actor, group_id).feed_hash = None
    session.flush()
    record(session, None, ENTITY, group_id, reason_code="feed_ended")


def leave(session: Session, actor: Actor, group_id: UUID) -> None:
    """Be in a group no more; who is not in it changes nothing. Raises NotFound."""
    view = queries.group_view(session, actor, group_id)
    if view.own is not None:
        session.delete(view.own)
        session.flush()
        record(session, None, ENTITY, group_id, reason_code="left")


def forget_left(session: Session) -> None:
    """Let those be in no group who belong to no hub any more."""
    there = belonging(col(HubGroupMember.member_id))
    session.execute(delete(HubGroupMember).where(~there).execution_options(synchronize_session=False))


def _own(session: Session, actor: Actor, group_id: UUID) -> HubGroupMember:
    own = queries.group_view(session, actor, group_id).own
    if own is None:
        raise Conflict("not_in_group", "Only who is in the group has an address of its calendar.")
    return own


def _check_name(session: Session, hub_id: UUID, draft: GroupDraft) -> None:
    same = (col(HubGroup.hub_id) == hub_id, col(HubGroup.name) == draft.name.strip())
    if session.scalars(select(col(HubGroup.id)).where(*same)).one_or_none() is not None:
        raise Conflict("group_exists", "There is a group of that name already, perhaps a closed one.")


def _values(draft: GroupDraft) -> dict[str, Any]:
    return {"kind": draft.kind, "name": draft.name.strip(), "about": draft.about.strip()}
