"""Rows for papers: each with its number and what it says, its file, and the series that numbers come from."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, LargeBinary, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from core.database.tables import Identified, Instant, Timestamped, stored_by_value


class PaperState(StrEnum):
    """waiting → made, or failed, after which it may be made again."""

    WAITING = "waiting"
    MADE = "made"
    FAILED = "failed"


class PaperSeries(SQLModel, table=True):
    """How an organisation numbers its papers, and the last number that it has given."""

    __tablename__ = "paper_series"

    organisation_id: UUID = Field(primary_key=True, foreign_key="organisation.id")
    pattern: str = Field(max_length=40)
    year: int = 0
    last: int = Field(default=0, description="Of that year.")


class Paper(Identified, Timestamped, SQLModel, table=True):
    """An agreement on a booking, or an addendum to it. What it says never changes once it is made."""

    __table_args__ = (
        UniqueConstraint("booking_id", "addendum"),
        UniqueConstraint("issuer_id", "number", "addendum"),
        CheckConstraint("(state = 'made') = (sha256 is not null and size is not null)", name="made"),
        CheckConstraint("addendum >= 0 and signatures >= 0", name="counts"),
    )

    booking_id: UUID = Field(foreign_key="booking.id")
    issuer_id: UUID = Field(foreign_key="organisation.id", description="Of whose series its number is: the lender.")
    number: str = Field(max_length=60, description="An addendum's is that of its agreement.")
    addendum: int = Field(default=0, description="From 1; 0: the agreement itself.")
    template: str = Field(max_length=40, description="What it was written by, with its version.")
    content: dict[str, Any] = Field(sa_type=JSONB, nullable=False, description="What it says, in words.")
    state: PaperState = Field(default=PaperState.WAITING, sa_type=stored_by_value(PaperState), index=True)
    attempts: int = 0
    size: int | None = Field(default=None, description="Bytes of the file as it was made.")
    sha256: str | None = Field(default=None, max_length=64, description="Of those bytes, hex.")
    signatures: int = 0
    signed_at: datetime | None = Field(default=None, sa_type=Instant, description="When the last one was taken in.")


class PaperFile(SQLModel, table=True):
    """A paper's PDF; once signed, it begins with the bytes that were made, and the signatures follow."""

    __tablename__ = "paper_file"

    paper_id: UUID = Field(primary_key=True, foreign_key="paper.id")
    body: bytes = Field(sa_type=LargeBinary, nullable=False)
