"""Rows for organisations that are members of hubs, for their people who are, and for what these have signed."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, String, column
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, SQLModel

from core.database.tables import Identified, Instant, Timestamped, Versioned, in_swedish_order, stored_by_value


class HubMembershipState(StrEnum):
    """asked → agreed → ended; asked → refused or withdrawn."""

    ASKED = "asked"
    AGREED = "agreed"
    ENDED = "ended"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class HubMembership(Identified, Timestamped, Versioned, SQLModel, table=True):
    """An organisation's agreement with the host of a hub, by which its people may be members there and where else.

    It holds on the days from `starts` through `ends` while it is agreed and the organisation has not left.
    """

    __tablename__ = "hub_membership"
    __table_args__ = (
        CheckConstraint("starts <= ends", name="days"),
        CheckConstraint("seats > 0 and employees > 0 and fee_sek >= 0", name="numbers"),
    )

    organisation_id: UUID = Field(foreign_key="organisation.id", index=True)
    hub_id: UUID = Field(foreign_key="hub.id", index=True, description="Whose host keeps the agreement.")
    member_id: UUID = Field(foreign_key="member.id", index=True, description="Who asked for it.")
    state: HubMembershipState = Field(
        default=HubMembershipState.ASKED, sa_type=stored_by_value(HubMembershipState), index=True
    )
    starts: date
    ends: date | None = Field(default=None, description="The last day; none: until it is ended.")
    seats: int | None = Field(default=None, description="How many of its people may be members; none: all who want to.")
    employees: int = Field(description="By which the fee is found.")
    fee_sek: int | None = Field(default=None, description="A year, as agreed; none: not agreed yet.")
    signatory: str = Field(description="Who signs for the organisation: an office, not a person's name.")


class HubMembershipPlace(SQLModel, table=True):
    """A hub that an organisation's agreement covers, be it one of several, once the host there has agreed too."""

    __tablename__ = "hub_membership_place"

    membership_id: UUID = Field(primary_key=True, foreign_key="hub_membership.id")
    hub_id: UUID = Field(primary_key=True, foreign_key="hub.id", index=True)
    agreed_at: datetime | None = Field(default=None, sa_type=Instant)


class HubMemberState(StrEnum):
    """applied → active → left or ended; applied → refused or withdrawn."""

    APPLIED = "applied"
    ACTIVE = "active"
    """Has a seat. Who is a member now is told by `hubs.membership.queries`: the organisation has to be, too."""
    LEFT = "left"
    ENDED = "ended"
    """The host, or the end of the organisation's agreement, has ended it."""
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


ONE_AT_A_TIME = (HubMemberState.APPLIED, HubMemberState.ACTIVE)


@in_swedish_order("first_name")
class HubMember(Identified, Timestamped, Versioned, SQLModel, table=True):
    """A person of an organisation who has applied to a hub, and what it answered to the two questions.

    Who works in two organisations is a member of each, and applies twice: neither learns of the other.
    """

    __tablename__ = "hub_member"
    __table_args__ = (
        Index(
            "uq_hub_member_hub_id_member_id",
            "hub_id",
            "member_id",
            unique=True,
            postgresql_where=column("state").in_([each.value for each in ONE_AT_A_TIME]),
        ),
    )

    hub_id: UUID = Field(foreign_key="hub.id")
    member_id: UUID = Field(foreign_key="member.id", index=True)
    membership_id: UUID = Field(foreign_key="hub_membership.id", index=True)
    state: HubMemberState = Field(default=HubMemberState.APPLIED, sa_type=stored_by_value(HubMemberState))
    aims: str = Field(description="What the person and its organisation aim for.")
    contribution: str = Field(description="What the person hopes to contribute.")
    first_name: str = Field(description="What stands on the clothes-peg.")
    joined_at: datetime | None = Field(default=None, sa_type=Instant)
    welcomed: list[str] = Field(
        default_factory=list,
        sa_type=ARRAY(String),
        nullable=False,
        description="What of the welcome is done, see `hubs.membership.rules.WELCOME`.",
    )


class HubSignature(SQLModel, table=True):
    """A member of a hub has signed a version of its manifesto."""

    __tablename__ = "hub_signature"

    hub_member_id: UUID = Field(primary_key=True, foreign_key="hub_member.id")
    manifesto_id: UUID = Field(primary_key=True, foreign_key="hub_manifesto.id", index=True)
    at: datetime = Field(sa_type=Instant, nullable=False)
