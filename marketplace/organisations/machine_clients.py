"""Programs that act as themselves: members that are no people, let in by their organisation's identity provider.

A program is made as such, by an admin of its organisation, so that none ever acts as a person that there is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from core.actor import Actor, Permission, check_may
from core.database.audit import record
from core.errors import Conflict
from core.limits import LONGEST_NAME, refuse_if
from core.text import text_faults
from core.time import clock
from marketplace.organisations import queries, service
from marketplace.organisations.models import MachineClient, Member
from marketplace.organisations.rules import MemberDraft

LONGEST_ISSUER = 500
USE_TOLD_EVERY = timedelta(hours=1)
"""How often the audit is told that a program is at work, and by which token."""


@dataclass(frozen=True)
class ClientDraft:
    """What a program's provider is, and knows it as.

    Raises
    ------
    BadInput
        One of them is empty or too long.
    """

    issuer: str
    client_id: str

    def __post_init__(self) -> None:
        refuse_if(
            (
                *text_faults("issuer", self.issuer, 1, LONGEST_ISSUER),
                *text_faults("clientId", self.client_id, 1, LONGEST_NAME),
            )
        )


def is_machine() -> ColumnElement[bool]:
    """Return the condition for members that are programs."""
    return select(MachineClient.id).where(col(MachineClient.member_id) == col(Member.id)).exists()


def add(
    session: Session,
    actor: Actor | None,
    organisation_id: UUID,
    member: MemberDraft,
    client: ClientDraft,
    *,
    reason: str,
) -> Member:
    """Make a member that is a program. For the organisation's own admins.

    Raises
    ------
    Conflict
        ``client_known``: a program with this client id is registered already. Else as `service.add_member`.
    """
    check_may(actor, Permission.PROVISION, organisation_id)
    its = (col(MachineClient.issuer) == client.issuer, col(MachineClient.client_id) == client.client_id)
    if session.exec(select(MachineClient.id).where(*its)).first() is not None:
        raise Conflict("client_known", "A program with this client id of this provider is registered already.")
    row = service.add_member(session, actor, organisation_id, member, reason)
    session.add(
        MachineClient(member_id=row.id, issuer=client.issuer, client_id=client.client_id, created_at=clock.now())
    )
    session.flush()
    details = {"issuer": client.issuer, "client": client.client_id}
    record(session, actor, "member", row.id, reason_code="client_registered", details=details)
    return row


def clients(session: Session, actor: Actor, organisation_id: UUID) -> Sequence[tuple[MachineClient, Member]]:
    """Return the programs of an organisation with the members that they are, newest first; for its own admins."""
    check_may(actor, Permission.PROVISION, organisation_id)
    return session.exec(
        select(MachineClient, Member)
        .join(Member, col(Member.id) == col(MachineClient.member_id))
        .where(col(Member.organisation_id) == organisation_id)
        .order_by(col(MachineClient.id).desc())
    ).all()


def actor_for_client(session: Session, issuer: str, client_id: str) -> tuple[Actor, MachineClient, str | None] | None:
    """Return as whom a program acts that may act, with the number of its organisation."""
    its = (col(MachineClient.issuer) == issuer, col(MachineClient.client_id) == client_id)
    row = session.exec(select(MachineClient).where(*its)).one_or_none()
    found = queries.actors_for(session, [row.member_id]) if row else {}
    if row is None or not found:
        return None
    actor = found[row.member_id]
    return actor, row, queries.organisation(session, actor.organisation_id).number


def note_use(session: Session, actor: Actor, client_row_id: UUID, token_id: str) -> None:
    """Note that a program is at work, and now and then in the audit, by which of its provider's tokens."""
    statement = select(MachineClient).where(col(MachineClient.id) == client_row_id).with_for_update(skip_locked=True)
    row = session.exec(statement).one_or_none()
    if row is None:
        return
    if row.last_used_at is None or clock.now() - row.last_used_at >= USE_TOLD_EVERY:
        record(session, actor, "member", actor.member_id, reason_code="client_let_in", details={"jti": token_id})
    row.last_used_at = clock.now()
    session.flush()
