"""Rows for the yeses to a capacity card: one for each that is asked for or given, kept when it no longer holds."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.dialects.postgresql import JSONB, TSTZRANGE, Range
from sqlmodel import Field, SQLModel

from core.database.tables import Identified, Instant, Timestamped, Versioned, stored_by_value


class Approver(StrEnum):
    """Those who say yes, in the order in which they are asked: they agree, approve and decide."""

    EMPLOYEE = "employee"
    MANAGER = "manager"
    HR = "hr"


class ApprovalState(StrEnum):
    """asked → given or declined; given → withdrawn, expired, or overtaken by a card that says something else."""

    ASKED = "asked"
    GIVEN = "given"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    OVERTAKEN = "overtaken"
    REPLACED = "replaced"
    """Somebody else is asked instead: another manager, or the deputy."""


class Channel(StrEnum):
    """How somebody said it."""

    SIGNED_IN = "signed_in"
    LINK = "link"
    NOTED = "noted"
    """HR wrote down what it was told, with evidence."""


class CardApproval(Identified, Timestamped, Versioned, SQLModel, table=True):
    """One person's yes to a capacity card as it was, or that it is asked for."""

    __tablename__ = "card_approval"
    model_config = {"arbitrary_types_allowed": True}
    __table_args__ = (
        Index(
            "uq_card_approval_live",
            "resource_id",
            "who",
            "state",
            unique=True,
            postgresql_where=text("state in ('asked', 'given')"),
        ),
        Index(None, "state", "answer_by"),
    )

    resource_id: UUID = Field(foreign_key="staff_capacity.resource_id", index=True)
    who: Approver = Field(sa_type=stored_by_value(Approver))
    state: ApprovalState = Field(default=ApprovalState.ASKED, sa_type=stored_by_value(ApprovalState))
    said: dict[str, Any] = Field(
        sa_type=JSONB, nullable=False, description="What the card said, to which the yes is: its facts."
    )
    covers: Range[datetime] | None = Field(
        default=None, sa_type=TSTZRANGE, description="When the person may be lent, by this yes."
    )
    at: datetime | None = Field(default=None, sa_type=Instant, description="When it was said, yes or no.")
    channel: Channel | None = Field(default=None, sa_type=stored_by_value(Channel))
    member_id: UUID | None = Field(
        default=None, foreign_key="member.id", index=True, description="Who said it, or noted it."
    )
    noted_by: str = Field(default="", description="What that one was called then.")
    evidence: str = Field(default="", description="How it is known, or what was added to it.")
    asked_of_id: UUID | None = Field(
        default=None, foreign_key="member.id", index=True, description="Who is asked, and nobody else."
    )
    deputy_id: UUID | None = Field(
        default=None, foreign_key="member.id", description="Who is asked instead once `answer_by` is past."
    )
    answer_by: datetime | None = Field(default=None, sa_type=Instant)
    warned_at: datetime | None = Field(
        default=None, sa_type=Instant, description="When it was told that it runs out before what rests on it."
    )
    link_hash: str | None = Field(
        default=None, unique=True, max_length=64, description="Of the link by which it may be answered, once."
    )

    def is_late(self, now: datetime) -> bool:
        """Tell whether it is asked and the time to answer is over."""
        return self.state is ApprovalState.ASKED and self.answer_by is not None and self.answer_by <= now
