"""Rows for loans of people: what each side has confirmed, and what is to go on."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from core.database.tables import Identified, Instant, stored_by_value
from marketplace.proposals.models import Side


class LoanConfirmation(Identified, SQLModel, table=True):
    """That somebody has confirmed what a rule requires of a loan, as the rule stood in that version of the packs."""

    __tablename__ = "loan_confirmation"
    __table_args__ = (UniqueConstraint("proposal_id", "need_id", "offer_id", "side", "rule"),)

    proposal_id: UUID = Field(foreign_key="proposal.id", index=True)
    need_id: UUID = Field(foreign_key="need.id")
    offer_id: UUID = Field(foreign_key="offer.id")
    side: Side = Field(sa_type=stored_by_value(Side))
    rule: str = Field(max_length=40)
    pack: str = Field(max_length=40)
    version: str = Field(max_length=20, description="Of the packs, as `competence/loans/data/packs.toml` had it then.")
    member_id: UUID = Field(foreign_key="member.id")
    confirmed_at: datetime = Field(sa_type=Instant, nullable=False)


class LoanExtension(SQLModel, table=True):
    """That a need asks for a loan to go on."""

    __tablename__ = "loan_extension"

    need_id: UUID = Field(primary_key=True, foreign_key="need.id")
    booking_id: UUID = Field(foreign_key="booking.id", index=True)
