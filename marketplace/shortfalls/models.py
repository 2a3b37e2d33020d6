"""Rows for bookings that fall short."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from core.database.tables import Identified, Instant, Timestamped, stored_by_value


class ShortfallState(StrEnum):
    """waiting → fewer, replaced (cancelled, and matched anew) or settled (nothing is missing any more)."""

    WAITING = "waiting"
    FEWER = "fewer"
    REPLACED = "replaced"
    SETTLED = "settled"


class Shortfall(Identified, Timestamped, SQLModel, table=True):
    """That not as many are there as were agreed on, and what the borrower decides about it."""

    __table_args__ = (
        CheckConstraint("missing > 0", name="missing_positive"),
        Index("ix_shortfall_waiting", "booking_id", unique=True, postgresql_where=text("state = 'waiting'")),
    )

    booking_id: UUID = Field(foreign_key="booking.id", index=True)
    missing: int
    state: ShortfallState = Field(default=ShortfallState.WAITING, sa_type=stored_by_value(ShortfallState))
    decide_by: datetime = Field(sa_type=Instant, nullable=False)
    decided_at: datetime | None = Field(default=None, sa_type=Instant)
