"""Rows for loans of people to which somebody no longer says yes, after it was agreed."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Date, Index, text
from sqlmodel import Field, SQLModel

from competence.approvals.models import Approver
from core.database.tables import Identified, Instant, Timestamped, Versioned, stored_by_value


class WithdrawalState(StrEnum):
    """waiting → kept, notice, ended or cancelled."""

    WAITING = "waiting"
    KEPT = "kept"
    """The yes was given again: the loan goes on as it was agreed."""
    NOTICE = "notice"
    """It goes on until the notice has run; so it does without an answer."""
    ENDED = "ended"
    CANCELLED = "cancelled"


class LoanWithdrawal(Identified, Timestamped, Versioned, SQLModel, table=True):
    """That a yes was taken back after the loan was agreed, and what the lender's HR makes of it."""

    __tablename__ = "loan_withdrawal"
    __table_args__ = (
        Index("uq_loan_withdrawal_waiting", "booking_id", unique=True, postgresql_where=text("state = 'waiting'")),
        Index(None, "state", "decide_by"),
    )

    booking_id: UUID = Field(foreign_key="booking.id", index=True)
    who: Approver = Field(sa_type=stored_by_value(Approver), description="Who took the yes back.")
    state: WithdrawalState = Field(default=WithdrawalState.WAITING, sa_type=stored_by_value(WithdrawalState))
    decide_by: datetime = Field(sa_type=Instant, nullable=False)
    decided_at: datetime | None = Field(default=None, sa_type=Instant)
    last_day: date | None = Field(default=None, sa_type=Date, description="The last day of the loan, as decided.")
