"""Rows for what members of a hub say of themselves, and for the others whom they have chosen or want to meet."""

from enum import StrEnum
from uuid import UUID

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field, SQLModel

from core.database.tables import Identified, Timestamped, Versioned


class Audience(StrEnum):
    """Whom a member of a hub tells something."""

    NOBODY = "nobody"
    CHOSEN = "chosen"
    """The members whom one has chosen."""
    MEMBERS = "members"
    """All who are members of the hub."""
    HOSTS = "hosts"
    """All members, and the hosts of the hub: they may suggest whom to meet."""

    @property
    def is_all_members(self) -> bool:
        """Tell whether each member of the hub is told."""
        return self in {Audience.MEMBERS, Audience.HOSTS}


class ProfilePart(StrEnum):
    """What has an audience of its own."""

    NAME = "name"
    ORGANISATION = "organisation"
    CAN = "can"
    LEARNS = "learns"
    WONDERS = "wonders"


class HubProfile(Identified, Timestamped, Versioned, SQLModel, table=True):
    """What a member says of itself at a hub. Whom the first name is not told finds nothing of it."""

    __tablename__ = "hub_profile"
    __table_args__ = (UniqueConstraint("hub_id", "member_id"),)

    hub_id: UUID = Field(foreign_key="hub.id")
    member_id: UUID = Field(foreign_key="member.id", index=True)
    can: list[str] = Field(default_factory=list, sa_type=ARRAY(String), nullable=False)
    learns: list[str] = Field(
        default_factory=list, sa_type=ARRAY(String), nullable=False, description="What the member wants to learn."
    )
    wonders: str = Field(default="", description="The member's question to the others.")
    told_to: dict[str, str] = Field(
        default_factory=dict,
        sa_type=JSONB,
        nullable=False,
        description="An `Audience` for each `ProfilePart`; what is not named is told to nobody.",
    )

    def audience(self, part: ProfilePart) -> Audience:
        """Return whom a part is told."""
        return Audience(self.told_to.get(part, Audience.NOBODY))


class HubContact(SQLModel, table=True):
    """Another member whom somebody has chosen to tell more, wants to meet, or both. The other never learns of it."""

    __tablename__ = "hub_contact"

    hub_id: UUID = Field(primary_key=True, foreign_key="hub.id")
    member_id: UUID = Field(primary_key=True, foreign_key="member.id", index=True)
    other_id: UUID = Field(primary_key=True, foreign_key="member.id", index=True)
    chosen: bool
    wanted: bool
