"""Rows for public bodies, their members, partnerships, sessions, passkeys and access tokens."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, String, UniqueConstraint, column, func
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field, SQLModel

from core.database.tables import Identified, Instant, Timestamped, Versioned, in_swedish_order, stored_by_value

_OF_THOSE_HERE: dict[str, Any] = {"unique": True, "postgresql_where": column("deprovisioned_at").is_(None)}


class OrganisationKind(StrEnum):
    """Kinds of public bodies."""

    STATE_AGENCY = "state_agency"
    REGION = "region"
    MUNICIPALITY = "municipality"
    PUBLIC_COMPANY = "public_company"


@in_swedish_order("name")
class Organisation(Identified, Timestamped, Versioned, SQLModel, table=True):
    """A public body."""

    __table_args__ = (CheckConstraint("offer_quota > 0 and need_quota > 0", name="quotas"),)

    name: str = Field(unique=True)
    short_name: str = Field(default="", max_length=40)
    number: str | None = Field(default=None, unique=True, max_length=11, description="Organisationsnummer NNNNNN-NNNN.")
    kind: OrganisationKind = Field(sa_type=stored_by_value(OrganisationKind))
    municipality_code: str = Field(max_length=4, description="Of its seat.")
    county_code: str = Field(max_length=2, index=True)
    left_at: datetime | None = Field(
        default=None, sa_type=Instant, description="Since when it takes no part: nobody of it acts, nothing is found."
    )
    offer_quota: int | None = Field(
        default=None, description="Offers that it may have at a time; nothing: as many as the installation lets each."
    )
    need_quota: int | None = Field(default=None, description="Needs that it may have waiting, likewise.")


class Partnership(SQLModel, table=True):
    """Two organisations that show each other what they keep for partners. One row each way."""

    organisation_id: UUID = Field(primary_key=True, foreign_key="organisation.id")
    partner_id: UUID = Field(primary_key=True, foreign_key="organisation.id", index=True)


@in_swedish_order("name")
class Member(Identified, Timestamped, Versioned, SQLModel, table=True):
    """A person in an organisation, with roles; known by (issuer, subject) once signed in through a provider."""

    __table_args__ = (
        UniqueConstraint("organisation_id", "issuer", "subject"),
        Index(None, "issuer", "subject"),
        CheckConstraint("language in ('sv', 'en')", name="language"),
        CheckConstraint("deprovisioned_at is null or not active", name="deprovisioned"),
        Index(
            "uq_member_organisation_id_lower_email", "organisation_id", func.lower(column("email")), **_OF_THOSE_HERE
        ),
        Index(
            "uq_member_organisation_id_lower_user_name",
            "organisation_id",
            func.lower(func.coalesce(column("user_name"), column("email"))),
            **_OF_THOSE_HERE,
        ),
        Index("uq_member_organisation_id_external_id", "organisation_id", "external_id", **_OF_THOSE_HERE),
        Index("ix_member_lower_email", func.lower(column("email"))),
    )

    organisation_id: UUID = Field(foreign_key="organisation.id", index=True)
    name: str = Field(description="In sample data a role, such as 'Lokalsamordnare'.")
    email: str = Field(
        description="As it was written; the same in other case is the same address. One in each organisation."
    )
    department: str | None = None
    roles: list[str] = Field(default_factory=list, sa_type=ARRAY(String), nullable=False)
    grants: dict[str, Any] = Field(
        default_factory=dict,
        sa_type=JSONB,
        nullable=False,
        sa_column_kwargs={"server_default": "{}"},
        description="How it has each of its roles, see `grants`; a role that is not named there is held for good.",
    )
    language: str = Field(default="sv", max_length=2)
    mail_choices: dict[str, str] = Field(
        default_factory=dict,
        sa_type=JSONB,
        nullable=False,
        sa_column_kwargs={"server_default": "{}"},
        description="Which notices it wants by mail, and when, see `marketplace.mail.rules`; no word: as is usual.",
    )
    issuer: str | None = None
    subject: str | None = None
    active: bool = True
    kept_out_at: datetime | None = Field(
        default=None, sa_type=Instant, description="Since when it is not active, whatever is changed of it after that."
    )
    user_name: str | None = Field(
        default=None, description="What the organisation's directory calls the person; left out: the address."
    )
    external_id: str | None = Field(default=None, description="The directory's own id of the person.")
    deprovisioned_at: datetime | None = Field(
        default=None,
        sa_type=Instant,
        description="When the directory deleted the person: its address may be somebody else's from then on.",
    )


class ProvisionedGroup(Identified, Timestamped, Versioned, SQLModel, table=True):
    """A group of an organisation's directory. One with a role has as members whoever has the role.

    Of a role for a unit who is in it is kept beside that: whoever has the role may be in several such groups.
    """

    __tablename__ = "provisioned_group"
    __table_args__ = (
        UniqueConstraint("organisation_id", "role", "department"),
        UniqueConstraint("organisation_id", "external_id"),
    )

    organisation_id: UUID = Field(foreign_key="organisation.id", index=True)
    display_name: str
    external_id: str | None = Field(default=None, description="The directory's own id of the group.")
    role: str | None = Field(default=None, max_length=40)
    department: str = Field(
        default="",
        sa_column_kwargs={"server_default": ""},
        description="The unit that the role is for; empty: the whole organisation.",
    )


class GroupMembership(SQLModel, table=True):
    """Who is in a group that has no role, which gives nothing, or has one for a unit."""

    __tablename__ = "group_membership"

    group_id: UUID = Field(primary_key=True, foreign_key="provisioned_group.id")
    member_id: UUID = Field(primary_key=True, foreign_key="member.id", index=True)


class AccessToken(Identified, SQLModel, table=True):
    """A machine client's bearer token: it acts as the member who made it, and ends with the token it was made by.

    Only its hash is kept; it expires and can be revoked.
    """

    __tablename__ = "access_token"

    member_id: UUID = Field(foreign_key="member.id", index=True)
    parent_id: UUID | None = Field(
        default=None, foreign_key="access_token.id", index=True, description="The token that it was made by."
    )
    name: str
    hash: str = Field(unique=True, description="SHA-256 of the token, hex.")
    scopes: list[str] = Field(default_factory=list, sa_type=ARRAY(String), nullable=False)
    created_at: datetime = Field(sa_type=Instant, nullable=False)
    expires_at: datetime = Field(sa_type=Instant, nullable=False)
    revoked_at: datetime | None = Field(default=None, sa_type=Instant)
    last_used_at: datetime | None = Field(default=None, sa_type=Instant, description="To within a minute.")


class MachineClient(Identified, SQLModel, table=True):
    """A program that its organisation's identity provider knows: a member that is nobody, and signs in nowhere."""

    __tablename__ = "machine_client"
    __table_args__ = (UniqueConstraint("issuer", "client_id"),)

    member_id: UUID = Field(foreign_key="member.id", unique=True)
    issuer: str = Field(description="Of the provider that issues its access tokens.")
    client_id: str = Field(description="What the provider knows it as.")
    created_at: datetime = Field(sa_type=Instant, nullable=False)
    last_used_at: datetime | None = Field(default=None, sa_type=Instant, description="To within a minute.")


class WebSession(Identified, SQLModel, table=True):
    """A member who is signed in; without its row a session cookie is worth nothing, so ending one deletes it."""

    __tablename__ = "web_session"
    __table_args__ = (Index(None, "issuer", "subject"),)

    member_id: UUID = Field(foreign_key="member.id", index=True)
    secret: str = Field(unique=True, description="SHA-256 of the cookie's secret, hex.")
    previous: str | None = Field(
        default=None, index=True, description="The same of the secret before, until the browser has shown the new one."
    )
    rotated_at: datetime = Field(sa_type=Instant, nullable=False)
    began_at: datetime = Field(sa_type=Instant, nullable=False)
    seen_at: datetime = Field(sa_type=Instant, nullable=False)
    ends_at: datetime = Field(sa_type=Instant, nullable=False, index=True)
    browser: str = Field(default="", description="What the browser called itself, shortened.")
    issuer: str | None = Field(default=None, description="Of the provider that the sign-in went through.")
    subject: str | None = None
    provider_session: str | None = Field(default=None, description="The provider's `sid`, named when it ends.")
    assurance: str | None = Field(default=None, description="The provider's `acr`: how sure it was of who it is.")
    methods: list[str] = Field(
        default_factory=list,
        sa_type=ARRAY(String),
        nullable=False,
        sa_column_kwargs={"server_default": "{}"},
        description="The provider's `amr`: how it made sure.",
    )
    confirmed_at: datetime | None = Field(default=None, sa_type=Instant, description="Last, with a passkey.")
    challenge: bytes | None = Field(default=None, description="What a passkey has yet to sign, once.")
    challenge_at: datetime | None = Field(default=None, sa_type=Instant)


class Passkey(Identified, SQLModel, table=True):
    """A key by which a member confirms who it is (WebAuthn). Only the public half is here."""

    member_id: UUID = Field(foreign_key="member.id", index=True)
    name: str = Field(description="What the member calls it.")
    credential_id: bytes = Field(unique=True, description="What its authenticator knows it by.")
    public_key: bytes = Field(description="COSE.")
    sign_count: int = Field(sa_type=BigInteger, nullable=False, description="0 where the authenticator does not count.")
    created_at: datetime = Field(sa_type=Instant, nullable=False)
    last_used_at: datetime | None = Field(default=None, sa_type=Instant)
