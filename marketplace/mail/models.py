"""The outbox: which notice is for whom by mail, the mails that they go in, and what a reply may answer.

No mail's words are kept, neither of those that go out nor of those that come in.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, column
from sqlmodel import Field, SQLModel

from core.database.tables import Identified, Instant, stored_by_value
from core.time import clock
from marketplace.mail.rules import CalendarAnswer, IgnoredAnswer, MailKind, Reply, ReplyOutcome

LONGEST_FAULT = 300


class Mail(Identified, SQLModel, table=True):
    """One mail, sent once: its id makes the Message-ID, so that a repetition is known as one.

    It brings a member notices, a calendar an invitation as that is when it goes, or somebody without an account what
    its kind says; with a `letter_id` it brings either a letter of a hub. One that has failed and has a
    `data_at` may have arrived: nobody was told what the server made of it.
    """

    __table_args__ = (
        CheckConstraint("sent_at is null or failed_at is null", name="ended_once"),
        CheckConstraint("sent_at is null or data_at is null", name="sent_is_known"),
        CheckConstraint("num_nonnulls(member_id, invitation_id, of_id) = 1", name="of_one"),
        CheckConstraint("(kind is null) = (of_id is null)", name="kind_of_what"),
        *(
            Index(
                f"uq_mail_letter_id_{whose}",
                "letter_id",
                whose,
                unique=True,
                postgresql_where=column("letter_id").is_not(None),
            )
            for whose in ("member_id", "of_id")
        ),
        Index(
            "ix_mail_to_send",
            "due_at",
            postgresql_where=column("sent_at").is_(None) & column("failed_at").is_(None),
        ),
    )

    member_id: UUID | None = Field(default=None, foreign_key="member.id", index=True)
    invitation_id: UUID | None = Field(default=None, foreign_key="invitation.id", index=True, ondelete="CASCADE")
    kind: MailKind | None = Field(default=None, sa_type=stored_by_value(MailKind))
    of_id: UUID | None = Field(
        default=None, index=True, description="What a mail of its kind is about, while that is kept."
    )
    letter_id: UUID | None = Field(
        default=None,
        foreign_key="hub_letter.id",
        ondelete="CASCADE",
        description="Once to each, by the indexes.",
    )
    created_at: datetime = Field(default_factory=clock.now, sa_type=Instant, nullable=False, index=True)
    due_at: datetime = Field(default_factory=clock.now, sa_type=Instant, nullable=False, description="Not before.")
    attempts: int = 0
    taken_until: datetime | None = Field(
        default=None, sa_type=Instant, description="While a worker sends it; past that the worker has died."
    )
    data_at: datetime | None = Field(
        default=None, sa_type=Instant, description="When its text began to go to the server (DATA), until that answers."
    )
    sent_at: datetime | None = Field(default=None, sa_type=Instant)
    failed_at: datetime | None = Field(default=None, sa_type=Instant)
    fault: str = Field(
        default="", max_length=LONGEST_FAULT, description="Why the last attempt came to nothing, as the server said."
    )


class MailItem(SQLModel, table=True):
    """A notice that a member gets by mail, once; and once more where it reminds of a deadline."""

    __tablename__ = "mail_item"
    __table_args__ = (Index("ix_mail_item_waiting", "due_at", postgresql_where=column("mail_id").is_(None)),)

    notice_id: UUID = Field(primary_key=True, foreign_key="notice.id", ondelete="CASCADE")
    member_id: UUID = Field(primary_key=True, foreign_key="member.id", index=True)
    reminds: bool = Field(default=False, primary_key=True)
    due_at: datetime = Field(sa_type=Instant, nullable=False)
    mail_id: UUID | None = Field(
        default=None, foreign_key="mail.id", index=True, ondelete="CASCADE", description="Nothing: it waits for one."
    )


class Invitation(Identified, SQLModel, table=True):
    """That one calendar is invited to one date of a booking: what it was told last, and what it has answered.

    The calendar is that of a room or vehicle, at `address`, or a member's.
    """

    __table_args__ = (
        UniqueConstraint("booking_id", "start", "address"),
        UniqueConstraint("booking_id", "start", "member_id"),
        CheckConstraint("(member_id is null) <> (address is null)", name="of_one"),
    )

    booking_id: UUID = Field(foreign_key="booking.id")
    organisation_id: UUID = Field(foreign_key="organisation.id", index=True, description="Whose calendar it is.")
    member_id: UUID | None = Field(default=None, foreign_key="member.id", index=True)
    address: str | None = None
    start: datetime = Field(sa_type=Instant, nullable=False)
    until: datetime = Field(sa_type=Instant, nullable=False)
    sequence: int = Field(default=0, description="Raised whenever it is told anything else; an answer names it.")
    cancelled: bool = False
    answer: CalendarAnswer = Field(default=CalendarAnswer.WAITING, sa_type=stored_by_value(CalendarAnswer))
    answered_at: datetime | None = Field(
        default=None, sa_type=Instant, description="When the last answer that counts was written, as it says."
    )
    proposed_start: datetime | None = Field(default=None, sa_type=Instant, description="Of another time, if any.")
    proposed_until: datetime | None = Field(default=None, sa_type=Instant)
    ignored: IgnoredAnswer | None = Field(
        default=None, sa_type=stored_by_value(IgnoredAnswer), description="Why the last answer does not count."
    )


class MailQuestion(SQLModel, table=True):
    """What a reply to a mail may answer, once; and of a mail that answers a reply, what became of that."""

    __tablename__ = "mail_question"

    mail_id: UUID = Field(primary_key=True, foreign_key="mail.id", ondelete="CASCADE")
    notice_id: UUID = Field(foreign_key="notice.id", index=True, ondelete="CASCADE", description="What it is about.")
    version: int = Field(description="Of the thing that is asked about, when it was asked.")
    expires_at: datetime | None = Field(sa_type=Instant, description="Until when it is asked; nothing: it is not.")
    to_confirm: Reply | None = Field(
        default=None, sa_type=stored_by_value(Reply), description="The answer that has only to be confirmed."
    )
    outcome: ReplyOutcome | None = Field(
        default=None, sa_type=stored_by_value(ReplyOutcome), description="Nothing: the mail tells of notices."
    )
    round: int = Field(default=0, description="How many replies came before it.")
    answered_at: datetime | None = Field(default=None, sa_type=Instant, description="A second reply does nothing.")
