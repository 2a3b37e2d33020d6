"""Rows for bookings: what both sides have agreed."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, text
from sqlalchemy.dialects.postgresql import TSTZRANGE, Range
from sqlmodel import Field, SQLModel

from core.database.tables import Identified, Instant, Timestamped, Versioned, sequence, stored_by_value
from marketplace.bookings.ledger import MovementKind


class BookingState(StrEnum):
    """agreed → handed over → returned → closed, by its movements; cancelled; disputed (damage)."""

    AGREED = "agreed"
    HANDED_OVER = "handed_over"
    RETURNED = "returned"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    DISPUTED = "disputed"


class BookingKind(StrEnum):
    """What kind of agreement it is."""

    ROOM_USE = "room_use"
    ITEM_LOAN = "item_loan"
    HAND_OVER = "hand_over"
    VEHICLE_LOAN = "vehicle_loan"
    STAFF_LOAN = "staff_loan"


class BundleState(StrEnum):
    """waiting → kept, replaced or cancelled."""

    WAITING = "waiting"
    KEPT = "kept"
    REPLACED = "replaced"
    CANCELLED = "cancelled"


class Booking(Identified, Timestamped, Versioned, SQLModel, table=True):
    """What both sides have agreed about one resource. Its claims stand in the claims table."""

    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        Index("ix_booking_out", "id", postgresql_where=text("state = 'handed_over' and overdue_told_at is null")),
        Index("ix_booking_to_invite", "id", postgresql_where=text("invited_version is distinct from version")),
    )

    line_id: UUID = Field(foreign_key="proposal_line.id", unique=True, description="One booking a line, ever.")
    request_id: UUID = Field(foreign_key="request.id", index=True)
    need_id: UUID = Field(foreign_key="need.id", index=True)
    offer_id: UUID = Field(foreign_key="offer.id", index=True)
    lender_id: UUID = Field(foreign_key="organisation.id", index=True)
    borrower_id: UUID = Field(foreign_key="organisation.id", index=True)
    kind: BookingKind = Field(sa_type=stored_by_value(BookingKind))
    state: BookingState = Field(default=BookingState.AGREED, sa_type=stored_by_value(BookingState))
    amount: int
    during: Range[datetime] = Field(
        sa_type=TSTZRANGE, nullable=False, description="From the first start to the last end."
    )
    returned_at: datetime | None = Field(
        default=None, sa_type=Instant, description="When the last of what was out came back, or was given up on."
    )
    disputed_at: datetime | None = Field(
        default=None, sa_type=Instant, description="Since when something is wrong; it stays so when it has come back."
    )
    overdue_told_at: datetime | None = Field(
        default=None, sa_type=Instant, description="When both sides were told that not all is back in time, if so."
    )
    invited_version: int | None = Field(
        default=None, description="The version by which calendars were last invited to it, see invitations."
    )
    thanks: str | None = Field(default=None, description="What the borrower of a person says when it has begun.")


class Movement(Identified, SQLModel, table=True):
    """Some of what a booking is about went out, came back, was lost, damaged or mended. Rows are only added."""

    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        Index("ix_movement_lost", "booking_id", postgresql_where=text("kind = 'lost'")),
    )

    sequence: int = sequence()
    booking_id: UUID = Field(foreign_key="booking.id", index=True)
    kind: MovementKind = Field(sa_type=stored_by_value(MovementKind))
    amount: int
    condition: str = Field(default="", description="In the words of whoever noted it.")
    member_id: UUID | None = Field(default=None, foreign_key="member.id", description="Who noted it, where known.")
    at: datetime = Field(sa_type=Instant, nullable=False)


class MovementPhoto(SQLModel, table=True):
    """In what condition something was when it moved, as those who may note it photographed it."""

    __tablename__ = "movement_photo"

    movement_id: UUID = Field(primary_key=True, foreign_key="movement.id")
    number: int = Field(default=1, primary_key=True, description="From 1, in the order in which they came.")
    body: bytes = Field(sa_type=LargeBinary, nullable=False, description="As WebP, made anew.")


class MovementCheck(SQLModel, table=True):
    """What was looked through as something went out or came back, as it was worded then."""

    __tablename__ = "movement_check"

    movement_id: UUID = Field(primary_key=True, foreign_key="movement.id")
    position: int = Field(primary_key=True, description="From 0, in the order in which it was shown.")
    item: str
    ticked: bool
    remark: str = Field(default="", description="In the words of whoever noted it.")


class BundleDecision(Identified, Timestamped, SQLModel, table=True):
    """What is to become of the rest of needs that belong together, asked for when the booking of one was cancelled."""

    __tablename__ = "bundle_decision"
    __table_args__ = (Index(None, "state", "decide_by"),)

    request_id: UUID = Field(foreign_key="request.id", index=True)
    booking_id: UUID = Field(foreign_key="booking.id", index=True, description="The one that was cancelled.")
    state: BundleState = Field(default=BundleState.WAITING, sa_type=stored_by_value(BundleState))
    decide_by: datetime = Field(sa_type=Instant, nullable=False)
    decided_at: datetime | None = Field(default=None, sa_type=Instant)
