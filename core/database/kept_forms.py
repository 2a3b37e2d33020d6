"""Forms that could not be handled: kept for a while for whoever filled them in, to be shown again as they were.

In the same table are those that an organisation keeps to go on with later, see `drafts`.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from sqlalchemy import Index, and_, case, delete, select
from sqlmodel import Field, Session, col

from core.database.tables import Identified, Instant
from core.settings import settings
from core.time import clock

KEPT_FOR = timedelta(hours=1)
LARGEST_BYTES = 500_000
MOST_OF_A_MEMBER = 20


class KeptForm(Identified, table=True):
    """What a member had typed, shown to that member in the same browser only; or an organisation's draft."""

    __tablename__ = "kept_form"
    __table_args__ = (Index(None, "organisation_id", "page"),)

    member_id: UUID = Field(index=True)
    organisation_id: UUID | None = Field(default=None, description="Whose draft it is; nothing: it is no draft.")
    browser: str | None = Field(
        default=None, description="A digest of the secret in the browser's cookie; nothing of a draft."
    )
    page: str = Field(description="The address of the page on which the form stands.")
    content: bytes
    version: int = Field(default=1, nullable=False)
    at: datetime = Field(default_factory=clock.now, sa_type=Instant, nullable=False, index=True)


@dataclass(frozen=True)
class Content:
    """The fields of a form, why it is kept, where it led to if it was sent before, and what was said to be wrong."""

    fields: Mapping[str, Sequence[str]]
    why: str
    led_to: str | None = None
    faults: tuple[tuple[str, str], ...] = ()


def keep(session: Session, member_id: UUID, secret: str, page: str, content: Content) -> UUID | None:
    """Keep a form, and of a member's the latest only; nothing where it is too large."""
    written = msgspec.json.encode(content)
    if len(written) > LARGEST_BYTES:
        return None
    kept = KeptForm(member_id=member_id, browser=digest(secret), page=page, content=written)
    session.add(kept)
    session.flush()
    own = and_(col(KeptForm.member_id) == member_id, col(KeptForm.organisation_id).is_(None))
    latest = (
        select(col(KeptForm.id))
        .where(own)
        .order_by(col(KeptForm.at).desc(), col(KeptForm.id).desc())
        .limit(MOST_OF_A_MEMBER)
    )
    session.execute(delete(KeptForm).where(own, col(KeptForm.id).not_in(latest.scalar_subquery())))
    return kept.id


def find(session: Session, kept_id: UUID, member_id: UUID, secret: str, page: str) -> Content | None:
    """Return what the member typed on this page in this browser, if it is kept still."""
    found = session.scalars(
        select(KeptForm).where(
            col(KeptForm.id) == kept_id,
            col(KeptForm.member_id) == member_id,
            col(KeptForm.browser) == digest(secret),
            col(KeptForm.page) == page,
            col(KeptForm.at) > clock.now() - KEPT_FOR,
        )
    ).one_or_none()
    return msgspec.json.decode(found.content, type=Content) if found else None


def forget_old(session: Session) -> None:
    """Forget the forms whose time is out."""
    drafts = col(KeptForm.organisation_id).is_not(None)
    oldest = case((drafts, clock.now() - timedelta(days=settings().draft_days)), else_=clock.now() - KEPT_FOR)
    session.execute(delete(KeptForm).where(col(KeptForm.at) <= oldest))


def digest(secret: str) -> str:
    """Return what is kept of a browser's secret."""
    return hashlib.sha256(secret.encode()).hexdigest()
