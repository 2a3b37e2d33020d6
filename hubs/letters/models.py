"""Rows for letters of hubs, when they are drafted, and who gets them. Where a letter goes is a `Mail` each."""

from datetime import date, datetime, time
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, column, func
from sqlmodel import Field, SQLModel

from core.database.tables import Identified, Instant, Timestamped, Versioned, stored_by_value
from core.time import clock


class LetterKind(StrEnum):
    """For whom a letter is."""

    WEEKLY = "weekly"
    """The hub's members, and employees of member organisations who have asked for it."""
    NEWSLETTER = "newsletter"
    """Anybody who has asked for it and confirmed the address."""


class LetterState(StrEnum):
    """draft ⇄ scheduled → sent; draft or scheduled → cancelled."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    """A host has said that it goes at its time."""
    SENT = "sent"
    CANCELLED = "cancelled"


class HubLetterPlan(SQLModel, table=True):
    """When the next letter of a kind is to go from a hub, for which a draft is made some days before."""

    __tablename__ = "hub_letter_plan"
    __table_args__ = (CheckConstraint("weeks > 0", name="weeks"),)

    hub_id: UUID = Field(primary_key=True, foreign_key="hub.id")
    kind: LetterKind = Field(primary_key=True, sa_type=stored_by_value(LetterKind))
    next_on: date
    at: time = Field(description="By the clock on the wall.")
    weeks: int = Field(description="Until the one after that.")
    language: str = Field(max_length=2)


class HubLetter(Identified, Timestamped, Versioned, SQLModel, table=True):
    """A letter as the host writes it; what its marks stand for is told to each reader, see `hubs.letters.text`."""

    __tablename__ = "hub_letter"
    __table_args__ = (
        Index("ix_hub_letter_to_send", "send_at", postgresql_where=column("state") == LetterState.SCHEDULED.value),
        CheckConstraint("(state = 'sent') = (sent_at is not null)", name="sent"),
    )

    hub_id: UUID = Field(foreign_key="hub.id", index=True)
    kind: LetterKind = Field(sa_type=stored_by_value(LetterKind))
    state: LetterState = Field(default=LetterState.DRAFT, sa_type=stored_by_value(LetterState))
    language: str = Field(max_length=2)
    subject: str
    words: str
    since: datetime = Field(sa_type=Instant, nullable=False, description="From when on it tells what has happened.")
    send_at: datetime = Field(sa_type=Instant, nullable=False)
    sent_at: datetime | None = Field(default=None, sa_type=Instant)
    readers: int | None = Field(default=None, description="To how many it went.")


class HubLetterWish(Identified, SQLModel, table=True):
    """Whether somebody wants a hub's weekly letter. Members without a row get one with their first letter.

    None: it has not said. As a member it gets letters, and no more once it has left.
    """

    __tablename__ = "hub_letter_wish"
    __table_args__ = (UniqueConstraint("hub_id", "member_id"),)

    hub_id: UUID = Field(foreign_key="hub.id")
    member_id: UUID = Field(foreign_key="member.id", index=True)
    wanted: bool | None


class NewsletterSubscriber(Identified, SQLModel, table=True):
    """An address to which a hub's newsletter goes once it is confirmed; deleted when that is not done in time."""

    __tablename__ = "newsletter_subscriber"
    __table_args__ = (Index("uq_newsletter_subscriber_address", "hub_id", func.lower(column("address")), unique=True),)

    hub_id: UUID = Field(foreign_key="hub.id")
    address: str
    language: str = Field(max_length=2)
    created_at: datetime = Field(default_factory=clock.now, sa_type=Instant, nullable=False, index=True)
    confirmed_at: datetime | None = Field(default=None, sa_type=Instant)
