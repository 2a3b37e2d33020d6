"""Rows for introductions of two members of a hub to each other, and for what each has answered."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, column
from sqlmodel import Field, SQLModel

from core.database.tables import Identified, Instant, Timestamped, Versioned, stored_by_value


class IntroductionState(StrEnum):
    """asked → made → ended; asked → lapsed."""

    ASKED = "asked"
    """Both may answer, and change their answers."""
    MADE = "made"
    """Both have said yes, and are told who the other is."""
    LAPSED = "lapsed"
    """It did not come about: be it by a no or by no answer, which nobody is told."""
    ENDED = "ended"
    """One of them has withdrawn, or has left the hub."""


GOING_ON = (IntroductionState.ASKED, IntroductionState.MADE)


class IntroductionAnswer(StrEnum):
    """What one of the two says."""

    YES = "yes"
    NO = "no"


class Introduction(Identified, Timestamped, Versioned, SQLModel, table=True):
    """A proposal of a host that two members meet. Of each pair at most one goes on."""

    __tablename__ = "hub_introduction"
    __table_args__ = (
        CheckConstraint("one_id < other_id", name="order"),
        Index(
            "uq_hub_introduction_hub_id_one_id_other_id",
            "hub_id",
            "one_id",
            "other_id",
            unique=True,
            postgresql_where=column("state").in_([each.value for each in GOING_ON]),
        ),
    )

    hub_id: UUID = Field(foreign_key="hub.id")
    one_id: UUID = Field(foreign_key="member.id", index=True)
    other_id: UUID = Field(foreign_key="member.id", index=True)
    state: IntroductionState = Field(
        default=IntroductionState.ASKED, sa_type=stored_by_value(IntroductionState), index=True
    )
    words: str = Field(default="", description="What the host says that they could talk about.")
    answer_by: datetime = Field(sa_type=Instant, nullable=False)

    def partner_of(self, member_id: UUID) -> UUID:
        """Return the other of the two."""
        return self.other_id if member_id == self.one_id else self.one_id


class IntroductionSaid(SQLModel, table=True):
    """What one of the two has answered: for itself alone, and gone when it can make no difference any more."""

    __tablename__ = "hub_introduction_answer"

    introduction_id: UUID = Field(primary_key=True, foreign_key="hub_introduction.id")
    member_id: UUID = Field(primary_key=True, foreign_key="member.id", index=True)
    answer: IntroductionAnswer = Field(sa_type=stored_by_value(IntroductionAnswer))
