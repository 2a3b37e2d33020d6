"""Rows for offers: resources put up for sharing, with windows, terms and who may see them."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.dialects.postgresql import JSONB, TSTZRANGE, Range
from sqlmodel import Field, SQLModel

from core.database.tables import Identified, Timestamped, Versioned, stored_by_value


class OfferState(StrEnum):
    """draft → open ⇄ paused → closed; a closing may be undone for some minutes."""

    DRAFT = "draft"
    OPEN = "open"
    PAUSED = "paused"
    CLOSED = "closed"


class Visibility(StrEnum):
    """Who may see an offer, from narrow to wide."""

    DEPARTMENT = "department"
    ORGANISATION = "organisation"
    PARTNERS = "partners"
    REGION = "region"
    ALL = "all"


class Terms(StrEnum):
    """Whether a thing is used or lent and comes back, or is handed over for good."""

    LOAN = "loan"
    HAND_OVER = "hand_over"


class PriceBasis(StrEnum):
    """What the price is per. Costs are recovered, not earned."""

    NONE = "none"
    FIXED = "fixed"
    HOUR = "hour"
    DAY = "day"
    MONTH = "month"


class Offer(Identified, Timestamped, Versioned, SQLModel, table=True):
    """A resource put up for sharing."""

    __table_args__ = (
        CheckConstraint("not isempty(during) and not lower_inf(during)", name="period"),
        CheckConstraint("price_sek >= 0", name="price"),
        Index("ix_offer_state_during", "state", "during", postgresql_using="gist"),
    )

    organisation_id: UUID = Field(foreign_key="organisation.id", index=True)
    resource_id: UUID = Field(foreign_key="resource.id", index=True)
    member_id: UUID | None = Field(default=None, foreign_key="member.id", index=True, description="Who answers for it.")
    state: OfferState = Field(default=OfferState.DRAFT, sa_type=stored_by_value(OfferState))
    during: Range[datetime] = Field(sa_type=TSTZRANGE, nullable=False, description="Within which it may be lent.")
    visibility: Visibility = Field(default=Visibility.ALL, sa_type=stored_by_value(Visibility))
    widens: list[Any] = Field(
        default_factory=list,
        sa_type=JSONB,
        nullable=False,
        description='[["2027-01-01", "all"], …]: wider from a date.',
    )
    terms: Terms = Field(default=Terms.LOAN, sa_type=stored_by_value(Terms))
    price_basis: PriceBasis = Field(default=PriceBasis.NONE, sa_type=stored_by_value(PriceBasis))
    price_sek: int = 0
    conditions: str = Field(default="", description="What the lister wants the borrower to know.")
    for_need_id: UUID | None = Field(
        default=None, foreign_key="need.id", description="The one need that it is offered to; nothing: to any."
    )
