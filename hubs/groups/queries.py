"""Every question about groups: by members of any hub; who is in one, by those who are in it too."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, literal, select
from sqlmodel import Session, col

from core.actor import Actor
from core.database.page import DEFAULT_LIMIT, Page, read_rows
from core.database.tables import by_swedish
from core.errors import NotFound
from hubs.groups.models import HubGroup, HubGroupMember
from hubs.membership.models import HubMember, HubMemberState
from hubs.membership.queries import belonging, belongs_anywhere, is_member, member_ids
from hubs.places.models import Hub, HubPhase
from marketplace.organisations.models import Member, Organisation
from marketplace.organisations.queries import actors_for
from marketplace.organisations.tokens import token_hash


@dataclass(frozen=True)
class GroupView:
    """A group as somebody may read it: `own` is how the reader is in it, `keeps` that it may change and close it."""

    group: HubGroup
    hub: Hub
    own: HubGroupMember | None
    keeps: bool

    @property
    def may_join(self) -> bool:
        """Whether the reader may join it, or say anew whether the others are told its name."""
        return self.group.closed_at is None


@dataclass(frozen=True)
class GroupPerson:
    """Somebody in a group who tells the others so."""

    first_name: str
    organisation: str


def check_reads(session: Session, actor: Actor, hub_id: UUID) -> Hub:
    """Return a hub whose groups the actor may read: a member of any hub, or its host; of one that is being prepared
    its own members. Raises NotFound.
    """
    hub = session.get(Hub, hub_id)
    if hub is None or not _reads(session, actor, hub):
        raise NotFound("hub of yours", hub_id)
    return hub


def may_make(session: Session, actor: Actor, hub: Hub) -> bool:
    """Tell whether the actor may begin a group at a hub: its members and hosts may."""
    return hosts(actor, hub) or is_member(session, hub.id, actor.member_id)


def hosts(actor: Actor, hub: Hub) -> bool:
    """Tell whether the actor is host of a hub."""
    return actor.hosts(hub.site_id, hub.organisation_id)


def groups_page(
    session: Session, actor: Actor, hub_id: UUID, page: int = 1, limit: int = DEFAULT_LIMIT
) -> Page[GroupView]:
    """Return the groups that began at a hub and are not closed, by name. Raises NotFound."""
    check_reads(session, actor, hub_id)
    found = _groups(actor).where(col(HubGroup.hub_id) == hub_id, col(HubGroup.closed_at).is_(None))
    ordered = found.order_by(by_swedish(col(HubGroup.name)), col(HubGroup.id))
    return read_rows(session, ordered, page, limit).of(lambda rows: [_view(actor, row) for row in rows])


def group_view(session: Session, actor: Actor, group_id: UUID) -> GroupView:
    """Return a group that the actor may read.

    Raises
    ------
    NotFound
        There is none such.
    """
    found = session.execute(_groups(actor).where(col(HubGroup.id) == group_id)).one_or_none()
    if found is None or not _reads(session, actor, found.Hub):
        raise NotFound("group", group_id)
    return _view(actor, found)


def people(session: Session, actor: Actor, group_id: UUID) -> list[GroupPerson]:
    """Return who is in a group and tells the others so, by name, to who is in it; to all others nobody."""
    if not is_in(session, group_id, actor.member_id):
        return []
    hub_id: Any = col(Hub.id)
    found: Select[*tuple[Any, ...]] = (
        select(func.min(col(HubMember.first_name)).label("first_name"), col(Organisation.name).label("organisation"))
        .join(HubGroupMember, col(HubGroupMember.member_id) == col(HubMember.member_id))
        .join(Hub, col(Hub.id) == col(HubMember.hub_id))
        .join(Member, col(Member.id) == col(HubMember.member_id))
        .join(Organisation, col(Organisation.id) == col(Member.organisation_id))
        .where(
            col(HubGroupMember.group_id) == group_id,
            col(HubGroupMember.named),
            col(HubMember.state) == HubMemberState.ACTIVE,
            col(HubMember.member_id).in_(member_ids(hub_id)),
        )
        .group_by(col(HubMember.member_id), col(Organisation.name))
    )
    told = [GroupPerson(row.first_name, row.organisation) for row in session.execute(found)]
    return sorted(told, key=lambda each: (each.first_name.casefold(), each.organisation))


def size(session: Session, group_id: UUID) -> int:
    """Return how many are in a group; for who keeps it: see the callers."""
    return session.scalars(select(func.count()).where(col(HubGroupMember.group_id) == group_id)).one()


def own_groups(session: Session, actor: Actor) -> Sequence[HubGroup]:
    """Return the groups that the actor is in and that are not closed, by name."""
    found = select(HubGroup).join(HubGroupMember, _own(actor)).where(col(HubGroup.closed_at).is_(None))
    return session.scalars(found.order_by(by_swedish(col(HubGroup.name)), col(HubGroup.id))).all()


def is_in(session: Session, group_id: UUID, member_id: UUID) -> bool:
    """Tell whether somebody is in a group."""
    return bool(session.scalar(select(in_group(member_id, group_id))))


def feed_at(session: Session, secret: str) -> tuple[HubGroup, Actor | None] | None:
    """Return of which group an address is, and for whom it is read: nobody who is not in it any more, or kept out."""
    found = (
        select(HubGroup, col(HubGroupMember.member_id))
        .join(HubGroupMember, col(HubGroupMember.group_id) == col(HubGroup.id))
        .where(col(HubGroupMember.feed_hash) == token_hash(secret))
    )
    row = session.execute(found).one_or_none()
    if row is None:
        return None
    reader = actors_for(session, [row.member_id]).get(row.member_id)
    return row.HubGroup, reader if is_in(session, row.HubGroup.id, row.member_id) else None


def in_group(member_id: Any, group_id: Any) -> ColumnElement[bool]:
    """Return the condition that somebody is in a group, and a member of a hub today; each by its id, or a column of
    ids that may be none.
    """
    own = (col(HubGroupMember.group_id) == group_id, col(HubGroupMember.member_id) == member_id)
    return select(literal(True)).where(*own, belonging(col(HubGroupMember.member_id))).exists()


def _reads(session: Session, actor: Actor, hub: Hub) -> bool:
    if may_make(session, actor, hub):
        return True
    return hub.phase is not HubPhase.PREPARE and belongs_anywhere(session, actor.member_id)


def _own(actor: Actor) -> ColumnElement[bool]:
    return and_(col(HubGroupMember.group_id) == col(HubGroup.id), col(HubGroupMember.member_id) == actor.member_id)


def _groups(actor: Actor) -> Select[*tuple[Any, ...]]:
    found = select(HubGroup, Hub, HubGroupMember).join(Hub, col(Hub.id) == col(HubGroup.hub_id))
    return found.outerjoin(HubGroupMember, _own(actor))


def _view(actor: Actor, row: Any) -> GroupView:
    keeps = hosts(actor, row.Hub) or row.HubGroup.member_id == actor.member_id
    return GroupView(row.HubGroup, row.Hub, row.HubGroupMember, keeps)
