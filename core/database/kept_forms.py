"""Forms that could not be handled: kept for a while for whoever filled them in, to be shown again as they were."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from sqlalchemy import delete, select
from sqlmodel import Field, Session, col

from core.database.tables import Identified, Instant
from core.time import clock

KEPT_FOR = timedelta(hours=1)
LARGEST_BYTES = 500_000
MOST_OF_A_MEMBER = 20


class KeptForm(Identified, table=True):
    """What a member had typed. Shown to nobody else, and to that member in the same browser only."""

    __tablename__ = "kept_form"

    member_id: UUID = Field(index=True)
    browser: str = Field(description="A digest of the secret in the browser's cookie.")
    page: str = Field(description="The address of the page on which the form stands.")
    content: bytes
    at: datetime = Field(sa_type=Instant, nullable=False, index=True)


@dataclass(frozen=True)
class Content:
    """The fields of a form, why it is kept, and where it led to if it was sent before."""

    fields: Mapping[str, Sequence[str]]
    why: str
    led_to: str | None = None


def keep(session: Session, member_id: UUID, secret: str, page: str, content: Content) -> UUID | None:
    """Keep a form, and of a member's the latest only; nothing where it is too large."""
    written = msgspec.json.encode(content)
    if len(written) > LARGEST_BYTES:
        return None
    kept = KeptForm(member_id=member_id, browser=_digest(secret), page=page, content=written, at=clock.now())
    session.add(kept)
    session.flush()
    latest = (
        select(col(KeptForm.id))
        .where(col(KeptForm.member_id) == member_id)
        .order_by(col(KeptForm.at).desc(), col(KeptForm.id).desc())
        .limit(MOST_OF_A_MEMBER)
    )
    session.execute(
        delete(KeptForm).where(col(KeptForm.member_id) == member_id, col(KeptForm.id).not_in(latest.scalar_subquery()))
    )
    return kept.id


def find(session: Session, kept_id: UUID, member_id: UUID, secret: str, page: str) -> Content | None:
    """Return what the member typed on this page in this browser, if it is kept still."""
    found = session.scalars(
        select(KeptForm).where(
            col(KeptForm.id) == kept_id,
            col(KeptForm.member_id) == member_id,
            col(KeptForm.browser) == _digest(secret),
            col(KeptForm.page) == page,
            col(KeptForm.at) > clock.now() - KEPT_FOR,
        )
    ).one_or_none()
    return msgspec.json.decode(found.content, type=Content) if found else None


def forget_old(session: Session) -> None:
    """Forget the forms whose time is out."""
    session.execute(delete(KeptForm).where(col(KeptForm.at) <= clock.now() - KEPT_FOR))


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
