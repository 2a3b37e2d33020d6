"""Rows for what members of a hub say of themselves, and for the others whom they have chosen or want to meet."""

from enum import StrEnum
from uuid import UUID

from sqlalchemy import String
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field, SQLModel

from core.database.tables import Identified, Timestamped, Versioned


class ProfileAudience(StrEnum):
    """Whom a member of hubs tells a part of what it says of itself."""

    NOBODY = "nobody"
    CHOSEN = "chosen"
    """The members whom one has chosen at a hub, there."""
    MEMBERS = "members"
    """All who are members of a hub to which one belongs."""
    HOSTS = "hosts"
    """All these, and the hosts of those hubs: they may suggest whom to meet."""
    ALL_HUBS = "all_hubs"
    """All these, and the members of all other hubs."""

    @property
    def is_all_members(self) -> bool:
        """Tell whether each member of a hub to which one belongs is told."""
        return self in {ProfileAudience.MEMBERS, ProfileAudience.HOSTS, ProfileAudience.ALL_HUBS}

    @property
    def is_hosts(self) -> bool:
        """Tell whether the hosts of the hubs to which one belongs are told."""
        return self in {ProfileAudience.HOSTS, ProfileAudience.ALL_HUBS}


class ProfilePart(StrEnum):
    """What has an audience of its own."""

    NAME = "name"
    ORGANISATION = "organisation"
    CAN = "can"
    LEARNS = "learns"
    WONDERS = "wonders"


class HubProfile(Identified, Timestamped, Versioned, SQLModel, table=True):
    """What a member says of itself, the same at all its hubs. Whom the first name is not told finds nothing of it."""

    __tablename__ = "hub_profile"

    member_id: UUID = Field(foreign_key="member.id", unique=True)
    can: list[str] = Field(default_factory=list, sa_type=ARRAY(String), nullable=False)
    learns: list[str] = Field(
        default_factory=list, sa_type=ARRAY(String), nullable=False, description="What the member wants to learn."
    )
    wonders: str = Field(default="", description="The member's question to the others.")
    told_to: dict[str, str] = Field(
        default_factory=dict,
        sa_type=JSONB,
        nullable=False,
        description="A `ProfileAudience` for each `ProfilePart`; what is not named is told to nobody.",
    )

    def audience(self, part: ProfilePart) -> ProfileAudience:
        """Return whom a part is told."""
        return ProfileAudience(self.told_to.get(part, ProfileAudience.NOBODY))


class HubContact(SQLModel, table=True):
    """Another member whom somebody has chosen to tell more, wants to meet, or both. The other never learns of it."""

    __tablename__ = "hub_contact"

    hub_id: UUID = Field(primary_key=True, foreign_key="hub.id")
    member_id: UUID = Field(primary_key=True, foreign_key="member.id", index=True)
    other_id: UUID = Field(primary_key=True, foreign_key="member.id", index=True)
    chosen: bool
    wanted: bool
