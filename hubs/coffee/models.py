"""Rows for rounds of coffee: who takes part, how often there is a round, and who had coffee with whom."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from core.database.tables import Identified, Instant


class CoffeeGuest(SQLModel, table=True):
    """A member of a hub who takes part in its rounds of coffee, which is the consent to be told of to whom it meets."""

    __tablename__ = "hub_coffee_guest"

    hub_id: UUID = Field(primary_key=True, foreign_key="hub.id")
    member_id: UUID = Field(primary_key=True, foreign_key="member.id", index=True)


class CoffeeSchedule(SQLModel, table=True):
    """How often a hub has a round of coffee by itself."""

    __tablename__ = "hub_coffee_schedule"
    __table_args__ = (CheckConstraint("weeks between 1 and 26", name="weeks"),)

    hub_id: UUID = Field(primary_key=True, foreign_key="hub.id")
    weeks: int
    next_on: date = Field(index=True)


class CoffeeRound(Identified, SQLModel, table=True):
    """A round of coffee at a hub."""

    __tablename__ = "hub_coffee_round"
    __table_args__ = (UniqueConstraint("hub_id", "number"), CheckConstraint("number > 0", name="number"))

    hub_id: UUID = Field(foreign_key="hub.id")
    number: int
    at: datetime = Field(sa_type=Instant, nullable=False)


class CoffeePair(SQLModel, table=True):
    """Two who have coffee in a round, or the one who rests because their number is odd."""

    __tablename__ = "hub_coffee_pair"
    __table_args__ = (CheckConstraint("one_id < other_id", name="order"),)

    round_id: UUID = Field(primary_key=True, foreign_key="hub_coffee_round.id")
    one_id: UUID = Field(primary_key=True, foreign_key="member.id", index=True)
    other_id: UUID | None = Field(default=None, foreign_key="member.id", index=True)
