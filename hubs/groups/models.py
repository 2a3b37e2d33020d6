"""Rows for groups of members of hubs, and for who is in them."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from core.database.tables import Identified, Instant, Timestamped, Versioned, in_swedish_order, stored_by_value


class HubGroupKind(StrEnum):
    """What a group is for."""

    NETWORK = "network"
    """Who has something in common, such as to facilitate or to be newly employed."""
    WORKING_GROUP = "working_group"
    """Who has a task, such as a festival."""


@in_swedish_order("name")
class HubGroup(Identified, Timestamped, Versioned, SQLModel, table=True):
    """A network or working group that began at a hub; members of any hub may join."""

    __tablename__ = "hub_group"
    __table_args__ = (UniqueConstraint("hub_id", "name"),)

    hub_id: UUID = Field(foreign_key="hub.id")
    member_id: UUID | None = Field(default=None, foreign_key="member.id", index=True, description="Who began it.")
    kind: HubGroupKind = Field(sa_type=stored_by_value(HubGroupKind))
    name: str
    about: str = ""
    closed_at: datetime | None = Field(default=None, sa_type=Instant, description="Since when nobody joins it.")


class HubGroupMember(SQLModel, table=True):
    """A member of a hub who is in a group, and whether the others in it are told its first name and organisation."""

    __tablename__ = "hub_group_member"

    group_id: UUID = Field(primary_key=True, foreign_key="hub_group.id")
    member_id: UUID = Field(primary_key=True, foreign_key="member.id", index=True)
    named: bool
    feed_hash: str | None = Field(
        default=None, unique=True, description="Of the address by which its calendar program reads what is on, if any."
    )
