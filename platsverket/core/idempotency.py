"""Rows that remember the answer to a request with an ``Idempotency-Key``, so that sending it again changes nothing."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from platsverket.core.tables import Instant


class IdempotentAnswer(SQLModel, table=True):
    """What was answered to a member's key, and a digest of what was asked."""

    __tablename__ = "idempotent_answer"

    member_id: UUID = Field(primary_key=True)
    key: str = Field(primary_key=True, max_length=200)
    request_digest: str
    status: int
    body: dict[str, Any] = Field(sa_type=JSONB, nullable=False)
    location: str | None = None
    at: datetime = Field(sa_type=Instant, nullable=False, index=True)
