"""What happened to one thing, told to somebody who may see it: by whom as far as that is the reader's to know.

A name is told of the reader's own colleagues and to coordinators, of others the organisation alone. Who has read of a
person is not told here: the person is told (`platsverket person export`).
"""

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, col, select

from core.actor import Actor
from core.database.audit import READ, AuditEntry
from marketplace.organisations.models import Member, Organisation


@dataclass(frozen=True)
class Happening:
    """An entry of the audit, and who did it: a name and an organisation, one of them, or neither for the system."""

    entry: AuditEntry
    name: str | None = None
    organisation: str | None = None

    @property
    def who(self) -> str | None:
        """Who did it in a word; nothing for the system itself."""
        return self.name or self.organisation


def happenings(session: Session, actor: Actor, entity: str, entity_id: UUID) -> list[Happening]:
    """Return what happened to one thing, in order. Whether the reader may see the thing is for the caller to know."""
    found = (
        select(AuditEntry, Member, Organisation)
        .outerjoin(Member, col(Member.id) == col(AuditEntry.actor_id))
        .outerjoin(Organisation, col(Organisation.id) == col(Member.organisation_id))
        .where(col(AuditEntry.entity) == entity, col(AuditEntry.entity_id) == entity_id)
        .where(col(AuditEntry.reason_code).is_distinct_from(READ))
        .order_by(col(AuditEntry.sequence))
    )
    return [_told(actor, *row) for row in session.exec(found)]


def _told(actor: Actor, entry: AuditEntry, member: Member | None, home: Organisation | None) -> Happening:
    if member is None or home is None:
        return Happening(entry)
    may_know = actor.coordinates_for(home.id) or home.id == actor.organisation_id
    return Happening(entry, member.name if may_know else None, home.name)
