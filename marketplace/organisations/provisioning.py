"""What an organisation's own directory says of its people, by SCIM: added, changed, kept out, deleted.

Done by the same use cases as on the pages, so that the same rules hold. Whoever the directory deletes is kept out and
is nobody any more to it: the address, if it comes again, is another member's. What the person did stands.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func
from sqlmodel import Session, col, select

from core.actor import Actor
from core.database.audit import record
from core.database.changes import change
from core.errors import BadInput, Faults, InvalidParameter, NotFound
from core.limits import LONGEST_EMAIL, LONGEST_NAME
from core.text import text_faults
from core.time import clock
from marketplace.organisations import queries, rules, service
from marketplace.organisations.grants import roles_of
from marketplace.organisations.models import AccessToken, GroupMembership, Member
from marketplace.organisations.rules import MemberDraft, Scope

REASON = "SCIM"
"""Why a member has a role that its organisation's directory gives."""
_CALLED = {"name": "displayName", "email": "emails", "department": "department"}


@dataclass(frozen=True)
class Entry:
    """A person in a directory."""

    user_name: str
    name: str
    email: str
    external_id: str | None = None
    department: str | None = None
    active: bool = True


def user_name() -> ColumnElement[str]:
    """Return what a directory finds a member by: its name there, or its address where it was added here."""
    return func.coalesce(col(Member.user_name), col(Member.email))


def of_directory(actor: Actor) -> ColumnElement[bool]:
    """Return the condition for the members that the actor's organisation has and its directory has not deleted."""
    return (col(Member.organisation_id) == actor.organisation_id) & col(Member.deprovisioned_at).is_(None)


def members(
    session: Session, actor: Actor, found_by: ColumnElement[bool], skipped: int, most: int
) -> tuple[int, Sequence[Member]]:
    """Return how many members of the organisation are found, and some of them in the order they were added."""
    rules.may_provision(actor)
    which = of_directory(actor) & found_by
    total = session.exec(select(func.count()).select_from(Member).where(which)).one()
    rows = select(Member).where(which).order_by(col(Member.id)).offset(skipped).limit(most)
    return total, session.exec(rows).all() if most else ()


def member(session: Session, actor: Actor, member_id: UUID) -> Member:
    """Return a member of the organisation.

    Raises
    ------
    NotFound
        There is none, or the directory has deleted it.
    """
    rules.may_provision(actor)
    found = session.exec(select(Member).where(of_directory(actor), col(Member.id) == member_id)).one_or_none()
    if found is None:
        raise NotFound("user", member_id)
    return found


def provision(session: Session, actor: Actor, entry: Entry) -> Member:
    """Add a person to the organisation, without a role.

    Raises
    ------
    Conflict
        The organisation has a member with the address, the name or the id already.
    """
    rules.may_provision(actor)
    row = service.add_member(session, actor, actor.organisation_id, _draft(entry, None), REASON)
    return _follow(session, actor, row, entry)


def reprovision(session: Session, actor: Actor, member_id: UUID, entry: Entry) -> Member:
    """Let a member be what the directory says; kept out at once where it says so. Raises as `provision` does."""
    row = member(session, actor, member_id)
    draft = _draft(entry, row)
    if (draft.name.strip(), draft.email, draft.department) != (row.name, row.email, row.department):
        row = service.update_member(session, actor, row.id, draft, reason=REASON)
    return _follow(session, actor, row, entry)


def deprovision(session: Session, actor: Actor, member_id: UUID) -> None:
    """Keep a person out that the directory has deleted; its tokens, roles and names there are gone for good.

    Raises
    ------
    Conflict
        ``last_admin``: nobody would be the organisation's admin any more.
    """
    row = service.deactivate_member(session, actor, member(session, actor, member_id).id, by_directory=True)
    for each in queries.tokens_of(session, actor, row.id):
        if each.revoked_at is None:
            service.revoke_token(session, actor, each.id)
    session.execute(delete(GroupMembership).where(col(GroupMembership.member_id) == row.id))
    gone: dict[str, object] = dict.fromkeys(("user_name", "external_id", "issuer", "subject"))
    gone |= {"roles": [], "grants": {}}
    change(session, actor, "member", row, gone | {"deprovisioned_at": clock.now()})
    record(session, actor, "member", row.id, reason_code="deprovisioned", words=REASON)


def tokens(session: Session, actor: Actor) -> Sequence[tuple[AccessToken, Member]]:
    """Return the tokens that the organisation's directory may be connected by, newest first, with their makers."""
    rules.may_provision(actor)
    statement = (
        select(AccessToken, Member)
        .join(Member, col(Member.id) == col(AccessToken.member_id))
        .where(col(Member.organisation_id) == actor.organisation_id)
        .where(col(AccessToken.scopes).contains([Scope.PROVISION.value]))
        .order_by(col(AccessToken.id).desc())
    )
    return session.exec(statement).all()


def _follow(session: Session, actor: Actor, row: Member, entry: Entry) -> Member:
    known_as = {"user_name": entry.user_name.strip(), "external_id": entry.external_id}
    change(session, actor, "member", row, known_as)
    if row.active and not entry.active:
        return service.deactivate_member(session, actor, row.id, by_directory=True)
    if entry.active and not row.active:
        return service.activate_member(session, actor, row.id)
    return row


def _draft(entry: Entry, row: Member | None) -> MemberDraft:
    """Return what an entry says of a member, which keeps its roles; all that is wrong with it is told at once."""
    faults = Faults()
    faults.parameters += text_faults("userName", entry.user_name, 1, LONGEST_EMAIL)
    faults.parameters += text_faults("externalId", entry.external_id or "", 0, LONGEST_NAME)
    kept = {"roles": roles_of(row), "language": row.language} if row else {}
    try:
        draft = MemberDraft(entry.name, entry.email, department=entry.department, **kept)  # type: ignore[arg-type]
    except BadInput as error:
        faults.parameters += [
            InvalidParameter(_CALLED.get(each.property, each.property), each.value, each.reason)
            for each in error.parameters
        ]
    faults.refuse()
    return draft
