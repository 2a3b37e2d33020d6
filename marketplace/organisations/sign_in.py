"""Who somebody is here that an identity provider knows: a member in one organisation, or in several.

A member is known by the provider and its name for the person (iss, sub). Before the first sign-in that is not known
yet; then the member is found by the address that the organisation wrote down, where the provider says that it has
verified it, and within the organisations only that the provider vouches for. Never by the domain of an address.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, func, or_
from sqlmodel import Session, col, select
from uuid_utils.compat import uuid7

from core.database.audit import record
from marketplace.organisations import queries
from marketplace.organisations.machine_clients import is_machine
from marketplace.organisations.models import Member, Organisation


@dataclass(frozen=True)
class Identity:
    """What a provider says of somebody, as far as its word is taken.

    Attributes
    ----------
    issuer, subject
        Who says so, and its name for the person.
    organisations
        The numbers of the organisations that it vouches for, NNNNNN-NNNN.
    email
        An address that it has verified.
    """

    issuer: str
    subject: str
    organisations: tuple[str, ...]
    email: str | None


def memberships(session: Session, identity: Identity) -> Sequence[tuple[Member, Organisation]]:
    """Return the active members that somebody is, with their organisations, by the organisations' names."""
    is_known = and_(col(Member.issuer) == identity.issuer, col(Member.subject) == identity.subject)
    is_new = and_(col(Member.issuer).is_(None), func.lower(col(Member.email)) == (identity.email or "").lower())
    return session.exec(
        select(Member, Organisation)
        .join(Organisation, col(Organisation.id) == col(Member.organisation_id))
        .where(col(Organisation.number).in_(identity.organisations), queries.takes_part())
        .where(col(Member.active), ~is_machine(), or_(is_known, is_new))
        .order_by(col(Organisation.name), col(Member.id))
    ).all()


def are_registered(session: Session, numbers: Sequence[str]) -> bool:
    """Tell whether any of the organisations is in the register."""
    found = select(Organisation.id).where(col(Organisation.number).in_(numbers)).limit(1)
    return session.exec(found).first() is not None


def have_left(session: Session, numbers: Sequence[str]) -> bool:
    """Tell whether any of the organisations was in the register and has left."""
    found = select(Organisation.id).where(col(Organisation.number).in_(numbers), ~queries.takes_part()).limit(1)
    return session.exec(found).first() is not None


def link(session: Session, member: Member, identity: Identity) -> None:
    """Let a member be known by the provider's name for the person from now on."""
    if member.issuer is None:
        member.issuer, member.subject = identity.issuer, identity.subject
        session.flush()
        record(session, None, "member", member.id, to_state="linked", details={"issuer": identity.issuer})


def record_refusal(session: Session, why: str, details: dict[str, Any]) -> None:
    """Write down that somebody could not sign in."""
    record(session, None, "sign_in", uuid7(), to_state="refused", reason_code=why, details=details)
