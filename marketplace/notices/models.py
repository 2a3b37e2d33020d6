"""Rows for notices: what an organisation should know, as a code with facts; the words are made at the edge."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, column
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from core.database.tables import Identified, Instant, sequence


class Notice(Identified, SQLModel, table=True):
    """One notice to one organisation."""

    __table_args__ = (
        Index(None, "organisation_id", "sequence"),
        Index(
            "ix_notice_without_mail",
            "organisation_id",
            "sequence",
            postgresql_where=column("mail_queued_at").is_(None),
        ),
        Index(
            "ix_notice_without_webhooks",
            "sequence",
            postgresql_where=column("webhooks_queued_at").is_(None),
        ),
    )

    organisation_id: UUID = Field(foreign_key="organisation.id")
    sequence: int = sequence()
    at: datetime = Field(sa_type=Instant, nullable=False)
    code: str = Field(max_length=40)
    entity: str = Field(max_length=40)
    entity_id: UUID
    facts: dict[str, Any] = Field(default_factory=dict, sa_type=JSONB, nullable=False)
    permission: str | None = Field(
        default=None, max_length=40, description="Only members who may do this read it; nothing: all of them."
    )
    department: str | None = Field(
        default=None,
        description="Of a permission, whose roles have to reach this unit; empty: the whole organisation; None: any.",
    )
    member_id: UUID | None = Field(
        default=None, foreign_key="member.id", description="Only this one reads it, and who has the permission."
    )
    read_at: datetime | None = Field(default=None, sa_type=Instant)
    mail_queued_at: datetime | None = Field(
        default=None, sa_type=Instant, description="When it was put into the outbox of its readers, if it was."
    )
    webhooks_queued_at: datetime | None = Field(
        default=None, sa_type=Instant, description="When deliveries were made of it for webhooks, if any want it."
    )
