"""Rows for hubs: their zones, manifestos, roles, and open houses."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, String, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field, SQLModel

from core.database.tables import Identified, Instant, Timestamped, Versioned, in_swedish_order, stored_by_value


class HubPhase(StrEnum):
    """How far a hub is established."""

    PREPARE = "prepare"
    START = "start"
    RUN = "run"
    CLOSED = "closed"


class ZoneUse(StrEnum):
    """What a zone is for."""

    OUTLOOK = "outlook"
    """To see what is coming, and what was made."""
    CONVERSATION = "conversation"
    PAUSE = "pause"
    WORKSHOP = "workshop"
    SMALL_GROUP = "small_group"
    REST = "rest"
    QUIET = "quiet"
    CALL = "call"


class HubRole(StrEnum):
    """Who answers for what at a hub."""

    PRINCIPAL = "principal"
    """Agreements, budget and premises."""
    OWNER_GROUP = "owner_group"
    CREATIVE_BOARD = "creative_board"
    COMMUNITY_MANAGER = "community_manager"
    WORKING_GROUP = "working_group"


@in_swedish_order("name")
class Hub(Identified, Timestamped, Versioned, SQLModel, table=True):
    """A place where people of several organisations meet and work. It is open when its site is."""

    __table_args__ = (CheckConstraint("seats > 0", name="seats"),)

    organisation_id: UUID = Field(foreign_key="organisation.id", index=True, description="The host: whose site it is.")
    site_id: UUID = Field(foreign_key="site.id", unique=True)
    name: str = Field(unique=True)
    about: str = ""
    landlord: str = Field(default="", description="Who lets the premises, if not the host.")
    house_rules: str = ""
    phase: HubPhase = Field(default=HubPhase.PREPARE, sa_type=stored_by_value(HubPhase))
    done: list[str] = Field(
        default_factory=list,
        sa_type=ARRAY(String),
        nullable=False,
        description="What of the checklists of its phases is done, see `hubs.places.rules`.",
    )
    opened_on: date | None = Field(default=None, description="Its first day; none: it has not opened.")
    seats: int | None = Field(default=None, description="How many people may be members; none: as many as want to.")
    fees: list[dict[str, Any]] = Field(
        default_factory=list,
        sa_type=JSONB,
        nullable=False,
        description="What an organisation pays a year by how many it employs, see `hubs.places.rules.FeeStep`.",
    )


class HubZone(SQLModel, table=True):
    """A resource of the hub's site as a zone of the hub: its name is the resource's, and it is lent as others are."""

    __tablename__ = "hub_zone"

    resource_id: UUID = Field(primary_key=True, foreign_key="resource.id")
    hub_id: UUID = Field(foreign_key="hub.id", index=True)
    use: ZoneUse = Field(sa_type=stored_by_value(ZoneUse))
    position: int = Field(description="In which order zones are shown.")


class HubManifesto(Identified, SQLModel, table=True):
    """A version of what members of a hub sign. It is never changed: who changes the words makes the next one."""

    __tablename__ = "hub_manifesto"
    __table_args__ = (UniqueConstraint("hub_id", "number"), CheckConstraint("number > 0", name="number"))

    hub_id: UUID = Field(foreign_key="hub.id")
    number: int
    words: str
    at: datetime = Field(sa_type=Instant, nullable=False)


class HubRoleHolder(Identified, SQLModel, table=True):
    """An organisation, and perhaps one of its members, that has a role at a hub."""

    __tablename__ = "hub_role_holder"

    hub_id: UUID = Field(foreign_key="hub.id", index=True)
    role: HubRole = Field(sa_type=stored_by_value(HubRole))
    group_name: str = Field(default="", description="Of the working group.")
    organisation_id: UUID = Field(foreign_key="organisation.id", index=True)
    member_id: UUID | None = Field(default=None, foreign_key="member.id", index=True)


class HubOpenHouse(Identified, SQLModel, table=True):
    """Days on which those who are no members may come too."""

    __tablename__ = "hub_open_house"
    __table_args__ = (CheckConstraint("first <= last", name="order"),)

    hub_id: UUID = Field(foreign_key="hub.id", index=True)
    first: date
    last: date
