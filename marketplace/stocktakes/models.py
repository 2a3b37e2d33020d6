"""Rows for stocktakes."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, SQLModel

from core.database.tables import Identified, Instant, Timestamped, Versioned, sequence, stored_by_value


class StocktakeState(StrEnum):
    """open → closed."""

    OPEN = "open"
    CLOSED = "closed"


class StockDecisionKind(StrEnum):
    """What becomes of a difference: lost, gone for good, there again, or nothing."""

    LOST = "lost"
    WRITTEN_OFF = "written_off"
    FOUND = "found"
    LEFT = "left"


class Stocktake(Identified, Timestamped, Versioned, SQLModel, table=True):
    """A walk through what an organisation has at a site, in a unit, or of one thing; it may take days."""

    __table_args__ = (
        CheckConstraint("num_nonnulls(site_id, department, resource_id) > 0", name="of_something"),
        Index("ix_stocktake_organisation_id_state", "organisation_id", "state"),
    )

    organisation_id: UUID = Field(foreign_key="organisation.id")
    site_id: UUID | None = Field(default=None, foreign_key="site.id", index=True)
    department: str | None = Field(default=None, description="A unit of the organisation.")
    resource_id: UUID | None = Field(default=None, foreign_key="resource.id", index=True)
    state: StocktakeState = Field(default=StocktakeState.OPEN, sa_type=stored_by_value(StocktakeState))
    member_id: UUID | None = Field(default=None, foreign_key="member.id", description="Who opened it.")
    closed_at: datetime | None = Field(default=None, sa_type=Instant)


class StockCount(Identified, SQLModel, table=True):
    """How many somebody found of a thing, and how many were expected in that instant. Rows are only added."""

    __tablename__ = "stock_count"
    __table_args__ = (
        CheckConstraint("amount >= 0", name="amount_not_negative"),
        Index("ix_stock_count_stocktake_id_resource_id", "stocktake_id", "resource_id"),
    )

    sequence: int = sequence()
    stocktake_id: UUID = Field(foreign_key="stocktake.id")
    resource_id: UUID = Field(foreign_key="resource.id", index=True)
    amount: int
    adds: bool = Field(description="Whether it comes on top of what was counted before; else it is all there is.")
    expected: int = Field(description="How many were to be there: those owned, but for what is out or gone.")
    member_id: UUID | None = Field(default=None, foreign_key="member.id", description="Who counted.")
    at: datetime = Field(sa_type=Instant, nullable=False)


class StockDecision(Identified, SQLModel, table=True):
    """What became of a difference when its stocktake was closed. Rows are only added."""

    __tablename__ = "stock_decision"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        Index(None, "stocktake_id", "resource_id", unique=True),
    )

    stocktake_id: UUID = Field(foreign_key="stocktake.id")
    resource_id: UUID = Field(foreign_key="resource.id", index=True)
    kind: StockDecisionKind = Field(sa_type=stored_by_value(StockDecisionKind))
    amount: int
    member_id: UUID | None = Field(default=None, foreign_key="member.id", description="Who decided.")
    at: datetime = Field(sa_type=Instant, nullable=False)
