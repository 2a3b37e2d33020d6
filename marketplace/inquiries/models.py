"""Rows for inquiries: whether a change of a need, after which something is free for it, would do."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from core.database.tables import Identified, Instant, StoredAsJson, Timestamped, Versioned, stored_by_value
from marketplace.runs.changes import AnyChange, change_from_json, change_to_json


class InquiryState(StrEnum):
    """waiting → accepted, refused or lapsed."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    LAPSED = "lapsed"


class Inquiry(Identified, Timestamped, Versioned, SQLModel, table=True):
    """A coordinator's question to a requester: would this change of a need do?"""

    model_config = {"arbitrary_types_allowed": True}
    __table_args__ = (
        Index("ix_inquiry_waiting", "need_id", unique=True, postgresql_where=text("state = 'waiting'")),
        Index(None, "state", "answer_by"),
    )

    request_id: UUID = Field(foreign_key="request.id", index=True)
    need_id: UUID = Field(foreign_key="need.id", index=True)
    member_id: UUID = Field(foreign_key="member.id", index=True, description="The coordinator who asks.")
    change: AnyChange = Field(sa_type=StoredAsJson(change_from_json, change_to_json), nullable=False)
    said: dict[str, Any] = Field(sa_type=JSONB, nullable=False, description="What the need said when it was asked.")
    state: InquiryState = Field(default=InquiryState.WAITING, sa_type=stored_by_value(InquiryState))
    answer_by: datetime = Field(sa_type=Instant, nullable=False)
    answered_at: datetime | None = Field(default=None, sa_type=Instant)
    words: str = Field(default="", description="Why it would not do, if the requester says so.")
