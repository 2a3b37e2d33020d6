"""Rows for wishes to try another employer, and for what their owners have said of needs that fit."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field, SQLModel

from core.database.tables import Identified, Instant, Timestamped, Versioned, stored_by_value
from core.time import clock


class WishState(StrEnum):
    """draft → open ⇄ paused; these → taken, ended or expired; expired → open."""

    DRAFT = "draft"
    OPEN = "open"
    PAUSED = "paused"
    TAKEN = "taken"
    """A loan by it is agreed."""
    ENDED = "ended"
    EXPIRED = "expired"


class InterestState(StrEnum):
    """asked ⇄ offered; offered → agreed; both → declined, withdrawn or lapsed. Dismissed: shown again first."""

    DISMISSED = "dismissed"
    """The owner does not want to see the need."""
    ASKED = "asked"
    """HR and the manager are asked."""
    OFFERED = "offered"
    """All three say yes: it is an option for the need."""
    AGREED = "agreed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    """The need has got somebody else, or is there no more."""


class MobilityWish(Identified, Timestamped, Versioned, SQLModel, table=True):
    """What an employee would like to try. Nobody reads it but its owner."""

    __tablename__ = "mobility_wish"
    __table_args__ = (
        CheckConstraint("extent_percent between 1 and 100", name="extent"),
        CheckConstraint("months > 0", name="months"),
        Index(None, "state", "looked_at"),
    )

    member_id: UUID = Field(foreign_key="member.id", index=True)
    state: WishState = Field(default=WishState.DRAFT, sa_type=stored_by_value(WishState))
    skills: dict[str, int] = Field(sa_type=JSONB, nullable=False, description="Levels by the codes of skills.")
    extent_percent: int
    months: int = Field(description="The longest it may last.")
    earliest: date
    county_codes: list[str] = Field(default_factory=list, sa_type=ARRAY(String), nullable=False)
    remote: bool = False
    languages: list[str] = Field(default_factory=lambda: ["sv"], sa_type=ARRAY(String), nullable=False)
    words: str = Field(default="", description="What the owner has written down, for the owner alone.")
    expires_at: datetime = Field(sa_type=Instant, nullable=False)
    reminded_at: datetime | None = Field(default=None, sa_type=Instant)
    looked_at: datetime = Field(default_factory=clock.now, sa_type=Instant, nullable=False)
    told: list[UUID] = Field(
        default_factory=list, sa_type=ARRAY(Uuid), nullable=False, description="Needs that its owner was told of."
    )


class MobilityInterest(Identified, Timestamped, Versioned, SQLModel, table=True):
    """What the owner of a wish has said of a need, and what became of it."""

    __tablename__ = "mobility_interest"
    __table_args__ = (UniqueConstraint("wish_id", "need_id"),)

    wish_id: UUID = Field(foreign_key="mobility_wish.id")
    need_id: UUID = Field(foreign_key="need.id", index=True)
    state: InterestState = Field(sa_type=stored_by_value(InterestState))
    offer_id: UUID | None = Field(
        default=None, foreign_key="offer.id", index=True, description="Of the card that was made, for that need alone."
    )
