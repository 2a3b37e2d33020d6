"""The groups of an organisation's directory, by SCIM. The roles are groups: who is in one has the role.

A group of each role is always there, but for coordinators, whom the organisation does not make. A group may also stand
for a role in one unit: who is in several such has the role in these units, and who is in the role's own group, too, in
the whole organisation. Other groups are kept for the directory, and give nothing.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select
from uuid_utils.compat import uuid7

from core.actor import Actor, Role
from core.database import bulk
from core.database.audit import record
from core.database.changes import change
from core.database.tables import any_of
from core.errors import Conflict, InvalidParameter, NotFound
from core.limits import LONGEST_NAME, refuse_if
from core.text import text_faults
from core.time import clock
from marketplace.organisations import rules
from marketplace.organisations.grants import grants_of
from marketplace.organisations.group_members import give, is_in, keep, take, units_by_role
from marketplace.organisations.models import GroupMembership, Member, ProvisionedGroup
from marketplace.organisations.provisioning import REASON, of_directory

ROLES = tuple(role for role in Role if role is not Role.COORDINATOR)
MOST_GROUPS = 500
"""Of one organisation."""


@dataclass(frozen=True)
class GroupDraft:
    """A group as a directory says it is; `role` is the one that its name stands for, `department` the unit of that."""

    display_name: str
    member_ids: frozenset[UUID]
    external_id: str | None = None
    role: Role | None = None
    department: str = ""

    def __post_init__(self) -> None:
        refuse_if(self._faults())

    def _faults(self) -> Iterator[InvalidParameter]:
        yield from text_faults("displayName", self.display_name, 1, LONGEST_NAME)
        yield from text_faults("externalId", self.external_id or "", 0, LONGEST_NAME)


@dataclass(frozen=True)
class GroupView:
    """A group with those in it, by the order they were added; none where nobody asked for them."""

    group: ProvisionedGroup
    members: Sequence[Member] = ()


def groups(
    session: Session, actor: Actor, found_by: ColumnElement[bool], skipped: int, most: int, *, with_members: bool = True
) -> tuple[int, list[GroupView]]:
    """Return how many groups of the organisation are found, and some of them in the order they were added."""
    _add_roles(session, actor)
    which = (col(ProvisionedGroup.organisation_id) == actor.organisation_id) & found_by
    total = session.exec(select(func.count()).select_from(ProvisionedGroup).where(which)).one()
    rows = select(ProvisionedGroup).where(which).order_by(col(ProvisionedGroup.id)).offset(skipped).limit(most)
    found = session.exec(rows).all() if most else ()
    return total, _views(session, actor, found) if with_members else [GroupView(each) for each in found]


def group(session: Session, actor: Actor, group_id: UUID) -> GroupView:
    """Return a group of the organisation with its members.

    Raises
    ------
    NotFound
        There is none.
    """
    _add_roles(session, actor)
    found = session.get(ProvisionedGroup, group_id)
    if found is None or found.organisation_id != actor.organisation_id:
        raise NotFound("group", group_id)
    return _views(session, actor, [found])[0]


def groups_of(session: Session, actor: Actor, members: Sequence[Member]) -> dict[UUID, list[ProvisionedGroup]]:
    """Return the groups that members are in."""
    _add_roles(session, actor)
    own = col(ProvisionedGroup.organisation_id) == actor.organisation_id
    of_roles = session.exec(select(ProvisionedGroup).where(own, col(ProvisionedGroup.role).is_not(None))).all()
    kept = session.exec(
        select(ProvisionedGroup, GroupMembership.member_id)
        .join(GroupMembership, col(GroupMembership.group_id) == col(ProvisionedGroup.id))
        .where(own, any_of(col(GroupMembership.member_id), [each.id for each in members]))
    ).all()
    inside = {(row.id, member_id) for row, member_id in kept}
    rows = {row.id: row for row in (*of_roles, *(row for row, _ in kept))}
    units = units_by_role(session, actor)
    return {each.id: [row for row in rows.values() if is_in(row, each, inside, units)] for each in members}


def create_group(session: Session, actor: Actor, draft: GroupDraft) -> GroupView:
    """Keep a group for the directory.

    Raises
    ------
    Conflict
        ``already_exists``: its name stands for a role, or there is one with its id. ``too_many_groups``.
    """
    _add_roles(session, actor)
    _refuse_name_of_other(session, actor, draft, None)
    own = select(func.count()).select_from(ProvisionedGroup)
    if session.exec(own.where(col(ProvisionedGroup.organisation_id) == actor.organisation_id)).one() >= MOST_GROUPS:
        raise Conflict("too_many_groups", f"There are {MOST_GROUPS} groups already. Delete some first.")
    row = ProvisionedGroup(
        organisation_id=actor.organisation_id,
        display_name=draft.display_name.strip(),
        external_id=draft.external_id,
        role=draft.role,
        department=draft.department,
    )
    session.add(row)
    bulk.flush(session)
    record(session, actor, "provisioned_group", row.id, to_state="provisioned")
    _let_be_in(session, actor, GroupView(row), draft.member_ids)
    return group(session, actor, row.id)


def change_group(session: Session, actor: Actor, group_id: UUID, draft: GroupDraft) -> GroupView:
    """Let a group be what the directory says; who comes into the group of a role gets the role, who leaves loses it.

    Raises
    ------
    BadInput
        Somebody in it is not a member of the organisation.
    Conflict
        ``last_admin``: nobody would be the organisation's admin any more. ``already_exists``, as in `create_group`.
    """
    there = group(session, actor, group_id)
    _refuse_name_of_other(session, actor, draft, there.group)
    values = {"display_name": draft.display_name.strip(), "external_id": draft.external_id}
    change(session, actor, "provisioned_group", there.group, values)
    _let_be_in(session, actor, there, draft.member_ids)
    return group(session, actor, group_id)


def delete_group(session: Session, actor: Actor, group_id: UUID) -> None:
    """Forget a group. The directory takes back the roles that it gave by it; a role has a new, unconnected group then.

    Raises
    ------
    Conflict
        ``last_admin``, as in `change_group`.
    """
    there = group(session, actor, group_id)
    role = there.group.role
    stay = [each.id for each in there.members if role and grants_of(each)[Role(role)].reason != REASON]
    _let_be_in(session, actor, there, stay)
    record(session, actor, "provisioned_group", group_id, to_state="deleted")
    session.execute(delete(GroupMembership).where(col(GroupMembership.group_id) == group_id))
    session.delete(there.group)
    bulk.flush(session)


def _add_roles(session: Session, actor: Actor) -> None:
    """Let the group of each role be there."""
    rules.may_provision(actor)
    now, home = clock.now(), actor.organisation_id
    own = select(ProvisionedGroup.role).where(col(ProvisionedGroup.organisation_id) == home)
    there = set(
        session.exec(own.where(col(ProvisionedGroup.role).is_not(None), col(ProvisionedGroup.department) == ""))
    )
    same = {"organisation_id": home, "created_at": now, "updated_at": now, "version": 1, "department": ""}
    missing = [same | {"id": uuid7(), "role": each, "display_name": each} for each in ROLES if each not in there]
    if missing:
        session.execute(insert(ProvisionedGroup).values(missing).on_conflict_do_nothing())


def _refuse_name_of_other(session: Session, actor: Actor, draft: GroupDraft, here: ProvisionedGroup | None) -> None:
    if draft.role is None or (here is not None and here.display_name == draft.display_name.strip()):
        return
    if here is not None and (here.role, here.department) == (draft.role, draft.department):
        return
    own = col(ProvisionedGroup.organisation_id) == actor.organisation_id
    same = (col(ProvisionedGroup.role) == draft.role, col(ProvisionedGroup.department) == draft.department)
    there = session.exec(select(ProvisionedGroup.id).where(own, *same)).one_or_none()
    if there is not None:
        raise Conflict(
            "already_exists", f"The group of the role {draft.role} is there already, with the id {there}: use that one."
        )
    if here is not None:
        raise Conflict("already_exists", "The name stands for a role in a unit: add a new group that has it.")


def _views(session: Session, actor: Actor, rows: Sequence[ProvisionedGroup]) -> list[GroupView]:
    if not rows:
        return []
    people = session.exec(select(Member).where(of_directory(actor)).order_by(col(Member.id))).all()
    inside = set(
        session.exec(
            select(GroupMembership.group_id, GroupMembership.member_id).where(
                any_of(col(GroupMembership.group_id), [each.id for each in rows])
            )
        )
    )
    units = units_by_role(session, actor)
    return [GroupView(row, [each for each in people if is_in(row, each, inside, units)]) for row in rows]


def _let_be_in(session: Session, actor: Actor, there: GroupView, wanted: Collection[UUID]) -> None:
    """Let just these be in a group: first who comes, then who goes, so that an admin may follow the last one."""
    before, row = {each.id for each in there.members}, there.group
    come, go = sorted(set(wanted) - before), sorted(before - set(wanted))
    known = (
        set(session.exec(select(Member.id).where(of_directory(actor), any_of(col(Member.id), come)))) if come else ()
    )
    refuse_if(InvalidParameter("members", str(key), "there is no such user") for key in come if key not in known)
    if row.role is None or row.department:
        keep(session, row, come, go)
    if row.role is not None:
        for key in come:
            give(session, actor, row, key)
        for key in go:
            take(session, actor, row, key)
    elif come or go:
        details = {"added": [str(key) for key in come], "removed": [str(key) for key in go]}
        record(session, actor, "provisioned_group", row.id, reason_code="members_changed", details=details)
