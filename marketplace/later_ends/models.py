"""Rows for later ends of bookings."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from core.database.tables import Identified, Instant, Timestamped, stored_by_value


class LaterEndState(StrEnum):
    """waiting → granted, refused, lapsed (no answer in time, or the booking is over) or replaced (asked for anew)."""

    WAITING = "waiting"
    GRANTED = "granted"
    REFUSED = "refused"
    LAPSED = "lapsed"
    REPLACED = "replaced"


class LaterEnd(Identified, Timestamped, SQLModel, table=True):
    """A borrower's question whether a booking may end later."""

    __tablename__ = "later_end"
    __table_args__ = (
        Index("ix_later_end_waiting", "booking_id", unique=True, postgresql_where=text("state = 'waiting'")),
    )

    booking_id: UUID = Field(foreign_key="booking.id", index=True)
    ends_at: datetime = Field(sa_type=Instant, nullable=False, description="When it was to end as this was asked.")
    until: datetime = Field(sa_type=Instant, nullable=False)
    words: str = Field(default="", description="Why, in the borrower's words.")
    state: LaterEndState = Field(default=LaterEndState.WAITING, sa_type=stored_by_value(LaterEndState))
    answer_by: datetime = Field(sa_type=Instant, nullable=False)
    answered_at: datetime | None = Field(default=None, sa_type=Instant)
