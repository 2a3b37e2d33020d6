"""Who is in the groups of a directory, and what coming and going gives and takes: a role, in the whole or in a unit."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from core.actor import Actor, Role
from core.database import bulk
from core.database.tables import any_of
from marketplace.organisations import queries, service
from marketplace.organisations.grants import Grant, GrantDraft, grants_of, roles_of
from marketplace.organisations.models import GroupMembership, Member, ProvisionedGroup
from marketplace.organisations.provisioning import REASON


def units_by_role(session: Session, actor: Actor) -> dict[tuple[str, UUID], set[str]]:
    """Return, by role and member, the units whose groups they are in."""
    found: dict[tuple[str, UUID], set[str]] = defaultdict(set)
    kept = session.exec(
        select(ProvisionedGroup.role, GroupMembership.member_id, ProvisionedGroup.department)
        .join(GroupMembership, col(GroupMembership.group_id) == col(ProvisionedGroup.id))
        .where(col(ProvisionedGroup.organisation_id) == actor.organisation_id, col(ProvisionedGroup.department) != "")
    )
    for role, member_id, department in kept:
        found[role or "", member_id].add(department)
    return found


def is_in(
    row: ProvisionedGroup,
    member: Member,
    inside: Collection[tuple[UUID, UUID]],
    units: Mapping[tuple[str, UUID], Collection[str]],
) -> bool:
    """Tell whether a member is in a group: of a role, whoever has it there, be it limited by an admin."""
    if row.role is None:
        return (row.id, member.id) in inside
    if row.role not in roles_of(member):
        return False
    limited = grants_of(member)[Role(row.role)].departments
    if row.department:
        return (row.id, member.id) in inside and (not limited or row.department in limited)
    return not limited or not units.get((row.role, member.id))


def keep(session: Session, row: ProvisionedGroup, come: Sequence[UUID], go: Sequence[UUID]) -> None:
    """Note who comes into a group, and who goes, where that is not told by who has its role."""
    if come:
        added = [{"group_id": row.id, "member_id": key} for key in come]
        session.execute(insert(GroupMembership).values(added).on_conflict_do_nothing())
    left = delete(GroupMembership).where(col(GroupMembership.group_id) == row.id)
    session.execute(left.where(any_of(col(GroupMembership.member_id), go)))
    bulk.flush(session)


def give(session: Session, actor: Actor, row: ProvisionedGroup, member_id: UUID) -> None:
    """Give the role of a group: for its unit beside those that there are, or for the whole organisation."""
    role, held = _held(session, row, member_id)
    if not row.department or held is None:
        units = (row.department,) if row.department else ()
        service.grant_role(session, actor, member_id, GrantDraft(role, REASON, departments=units))
    elif held.departments and row.department not in held.departments:
        draft = _limited(role, held, {*held.departments, row.department})
        service.grant_role(session, actor, member_id, draft)


def take(session: Session, actor: Actor, row: ProvisionedGroup, member_id: UUID) -> None:
    """Take what the group gives: its unit, or the whole organisation; the role stays for units of other groups."""
    role, held = _held(session, row, member_id)
    if held is None or (row.department and not held.departments):
        return
    of_groups = units_by_role(session, actor).get((role, member_id), set())
    left = {*held.departments} - {row.department} if row.department else of_groups
    if left:
        service.grant_role(session, actor, member_id, _limited(role, held, left))
    else:
        service.withdraw_role(session, actor, member_id, role, REASON)


def _limited(role: Role, held: Grant, departments: Collection[str]) -> GrantDraft:
    return GrantDraft(role, held.reason or REASON, held.until, departments=tuple(sorted(departments)))


def _held(session: Session, row: ProvisionedGroup, member_id: UUID) -> tuple[Role, Grant | None]:
    """Return the role of a group, and how a member has it now, if it does."""
    role = Role(row.role or "")
    grant = grants_of(queries.member(session, member_id)).get(role)
    return role, grant if grant is not None and grant.holds else None
