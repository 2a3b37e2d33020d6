"""What happened to things, told to somebody who may see them: by whom as far as that is the reader's to know.

A name is told of the reader's own colleagues and to their coordinators, of others the organisation alone. Who has read
of a person is not told here: the person is told (`platsverket person export`).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from uuid import UUID

from sqlalchemy import Select, and_, or_, select
from sqlmodel import Session, col

from core.actor import Actor, check_may
from core.database.audit import READ, AuditEntry
from core.database.page import Page, read_page
from core.database.tables import among, any_of
from core.roles import Permission
from marketplace.offers.queries import OfferView
from marketplace.organisations.models import Member, Organisation

_Told = tuple[AuditEntry, str | None, UUID | None, str | None]
"""An entry with the name of the member who did it, and that one's organisation."""


@dataclass(frozen=True)
class Happening:
    """An entry of the audit, and who did it: name and organisation, the latter alone, or neither for the system."""

    entry: AuditEntry
    name: str | None = None
    organisation: str | None = None
    home_id: UUID | None = None

    @property
    def who(self) -> str | None:
        """Who did it in a word; nothing for the system itself."""
        return self.name or self.organisation


def happenings(session: Session, actor: Actor, things: Mapping[str, Collection[UUID]]) -> list[Happening]:
    """Return what happened to things of some kinds, in order. Whether the reader may see them is for the caller."""
    rows = session.execute(_happened(tuple(things)), {kind: list(ids) for kind, ids in things.items()})
    return [_told(actor, *row) for row in rows]


@cache
def _happened(kinds: tuple[str, ...]) -> Select[*_Told]:
    of_them = (and_(col(AuditEntry.entity) == kind, among(col(AuditEntry.entity_id), kind)) for kind in kinds)
    found = _entries().where(or_(*of_them), col(AuditEntry.reason_code).is_distinct_from(READ))
    return found.order_by(col(AuditEntry.sequence))


def reads_offer(actor: Actor, view: OfferView) -> bool:
    """Tell whether an actor may know what happened to an offer: who may change it, auditors and coordinators."""
    duties = (Permission.DECIDE, Permission.READ_AUDIT)
    return view.managed or any(actor.may(each, view.owner.id) for each in duties)


def audit_page(session: Session, actor: Actor, page: int, limit: int) -> Page[Happening]:
    """Return what the members of the actor's organisation did and were shown, newest first; for its auditors.

    Raises
    ------
    NotAllowed
        The actor is none.
    """
    check_may(actor, Permission.READ_AUDIT, actor.organisation_id)
    members = select(col(Member.id)).where(col(Member.organisation_id) == actor.organisation_id)
    entries = select(AuditEntry).where(col(AuditEntry.actor_id).in_(members))
    found = read_page(session, entries.order_by(col(AuditEntry.sequence).desc()), page, limit)
    return found.of(lambda items: _named(session, actor, [each.id for each in items]))


def _named(session: Session, actor: Actor, ids: Collection[UUID]) -> list[Happening]:
    rows = session.execute(_entries().where(any_of(col(AuditEntry.id), ids)).order_by(col(AuditEntry.sequence).desc()))
    return [_told(actor, *row) for row in rows]


def _entries() -> Select[*_Told]:
    return (
        select(AuditEntry, col(Member.name), col(Organisation.id), col(Organisation.name))
        .outerjoin(Member, col(Member.id) == col(AuditEntry.actor_id))
        .outerjoin(Organisation, col(Organisation.id) == col(Member.organisation_id))
    )


def _told(actor: Actor, entry: AuditEntry, member: str | None, home_id: UUID | None, home: str | None) -> Happening:
    if home_id is None:
        return Happening(entry)
    may_know = home_id == actor.organisation_id or actor.coordinates_for(home_id)
    return Happening(entry, member if may_know else None, home, home_id)
