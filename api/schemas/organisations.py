"""Organisations, members and access tokens on the wire."""

from datetime import date, datetime, timedelta
from typing import Annotated, Self
from uuid import UUID

from msgspec import Meta, field

from api.schemas.base import FILLED_IN, KEPT, CountyCodes, Name, Wire, each_limited, limited
from core.actor import Role
from core.limits import LONGEST_CODE, LONGEST_EMAIL, LONGEST_NAME, LONGEST_WORDS
from core.time import clock
from marketplace.organisations.grants import MOST_IN_AN_AREA, Grant, GrantDraft, grants_of, roles_in_order
from marketplace.organisations.machine_clients import LONGEST_ISSUER
from marketplace.organisations.models import AccessToken, MachineClient, Member, Organisation, OrganisationKind
from marketplace.organisations.rules import (
    LONGEST_SHORT_NAME,
    LONGEST_TOKEN_DAYS,
    MemberDraft,
    OrganisationDraft,
    Scope,
)

_IN_ADDRESS = r"!#-'*+/-9=?A-Z^-~À-ɏ-"
EMAIL = rf"^[.{_IN_ADDRESS}]+@([{_IN_ADDRESS}]+\.)+[{_IN_ADDRESS}]+$"
_ID = "01980000-0000-7000-8000-00000000010{}"
_THEN = datetime.fromisoformat("2026-11-21T08:00:00Z")


class OrganisationIn(Wire):
    """A public body."""

    name: Name
    kind: OrganisationKind
    municipality_code: Annotated[
        str,
        limited("Of its seat: four digits, or the municipality's name.", max_length=LONGEST_NAME, pattern=FILLED_IN),
    ]
    short_name: Annotated[str, limited(max_length=LONGEST_SHORT_NAME, pattern=KEPT)] = ""
    number: Annotated[
        str | None, limited("Organisation number, as `202100-5216`.", max_length=LONGEST_CODE, pattern=KEPT)
    ] = None

    @classmethod
    def example(cls) -> Self:
        """Return an agency in Stockholm."""
        return cls(
            name="Vinnova",
            kind=OrganisationKind.STATE_AGENCY,
            municipality_code="0180",
            short_name="Vinnova",
            number="202100-5216",
        )

    def draft(self) -> OrganisationDraft:
        """Return what it says.

        Raises
        ------
        BadInput
            Something in it is wrong.
        """
        return OrganisationDraft(
            name=self.name,
            kind=self.kind,
            municipality=self.municipality_code,
            short_name=self.short_name,
            number=self.number,
        )


class OrganisationOut(OrganisationIn, kw_only=True):
    """A public body as it stands in the register."""

    id: UUID
    version: int
    county_code: str
    left_at: Annotated[datetime | None, Meta(description="Since when it takes no part; null: it does.")] = None

    @classmethod
    def example(cls) -> Self:
        """Return the same agency."""
        return cls(
            id=UUID(_ID.format(1)),
            version=1,
            name="Vinnova",
            kind=OrganisationKind.STATE_AGENCY,
            municipality_code="0180",
            county_code="01",
            short_name="Vinnova",
            number="202100-5216",
        )


class LeavingIn(Wire):
    """Why an organisation leaves, or comes back."""

    reason: Annotated[str, limited("Why.", max_length=LONGEST_WORDS, pattern=FILLED_IN)]

    @classmethod
    def example(cls) -> Self:
        """Return one."""
        return cls(reason="Avtalet har upphört")


class PartnerIn(Wire):
    """Which organisation is to be a partner."""

    partner_id: UUID

    @classmethod
    def example(cls) -> Self:
        """Return one."""
        return cls(partner_id=UUID(_ID.format(2)))


class PartnersOut(Wire):
    """An organisation's partners: they show each other what they keep for partners."""

    items: list[OrganisationOut]

    @classmethod
    def example(cls) -> Self:
        """Return one partner."""
        return cls(items=[OrganisationOut.example()])


class MemberFields(Wire):
    """What is said of a person in an organisation."""

    name: Name
    email: Annotated[str, limited("An address.", max_length=LONGEST_EMAIL, pattern=EMAIL)]
    roles: list[Role] = field(default_factory=list)
    department: Annotated[str | None, limited(max_length=LONGEST_NAME, pattern=KEPT)] = None
    language: Annotated[str, limited("`sv` or `en`.", pattern="^(sv|en)$")] = "sv"


class MemberIn(MemberFields):
    """A person in an organisation. A role that it has already stays as it was granted."""

    reason: Annotated[
        str, limited("Why it gets or loses roles: needed wherever it does.", max_length=LONGEST_WORDS, pattern=KEPT)
    ] = ""

    @classmethod
    def example(cls) -> Self:
        """Return a lister."""
        return cls(
            name="Lokalsamordnare",
            email="lokalsamordnare@example.se",
            roles=[Role.LISTER],
            department="Lokaler och service",
            reason="Ansvarar för lokalerna",
        )

    def draft(self) -> MemberDraft:
        """Return what it says.

        Raises
        ------
        BadInput
            Something in it is wrong.
        """
        return MemberDraft(self.name, self.email, frozenset(self.roles), self.department, self.language)


class GrantIn(Wire):
    """A role to give a member. What it says of a role that the member has already replaces what was said."""

    role: Role
    reason: Annotated[str, limited("Why.", max_length=LONGEST_WORDS, pattern=FILLED_IN)]
    until: Annotated[date | None, Meta(description="Its last day; null: for good.")] = None
    county_codes: Annotated[
        CountyCodes, limited("Of a coordinator: all organisations with their seats here.", max_items=MOST_IN_AN_AREA)
    ] = field(default_factory=list)
    organisation_ids: Annotated[
        list[UUID],
        limited(
            "Of a coordinator: these organisations too. Without counties and organisations: all.",
            max_items=MOST_IN_AN_AREA,
        ),
    ] = field(default_factory=list)
    departments: Annotated[
        list[Annotated[str, each_limited(min_length=1, max_length=LONGEST_NAME, pattern=FILLED_IN)]],
        limited(
            "For what belongs to these units alone, as members and resources name them; without: all of it. "
            "Not of a coordinator, an admin, an auditor or a hub host.",
            max_items=MOST_IN_AN_AREA,
        ),
    ] = field(default_factory=list)
    site_ids: Annotated[
        list[UUID],
        limited("Of a hub host: these sites. Without: all of the organisation.", max_items=MOST_IN_AN_AREA),
    ] = field(default_factory=list)

    @classmethod
    def example(cls) -> Self:
        """Return a county's coordinator for a time."""
        return cls(
            role=Role.COORDINATOR, reason="Vikarie", until=clock.today() + timedelta(days=90), county_codes=["23"]
        )

    def draft(self) -> GrantDraft:
        """Return what it says.

        Raises
        ------
        BadInput
            Something in it is wrong.
        """
        return GrantDraft(
            self.role,
            self.reason,
            self.until,
            county_codes=tuple(self.county_codes),
            organisation_ids=tuple(self.organisation_ids),
            departments=tuple(self.departments),
            site_ids=tuple(self.site_ids),
        )


class GrantWithdrawalIn(Wire):
    """Why a role is taken away."""

    reason: Annotated[str, limited("Why.", max_length=LONGEST_WORDS, pattern=FILLED_IN)]

    @classmethod
    def example(cls) -> Self:
        """Return one."""
        return cls(reason="Har bytt tjänst")


class GrantOut(Wire):
    """A role that a member has, or had until its last day."""

    role: Role
    reason: str
    until: date | None
    holds: Annotated[bool, Meta(description="Whether its last day is not over.")]
    granted_by: Annotated[UUID | None, Meta(description="The member who gave it; null: the system, or not known.")]
    granted_at: datetime | None
    county_codes: list[str]
    organisation_ids: list[UUID]
    departments: list[str]
    site_ids: list[UUID]

    @classmethod
    def example(cls) -> Self:
        """Return a lister's."""
        return cls(
            role=Role.LISTER,
            reason="Ansvarar för lokalerna",
            until=None,
            holds=True,
            granted_by=UUID(_ID.format(5)),
            granted_at=_THEN,
            county_codes=[],
            organisation_ids=[],
            departments=["Lokaler och service"],
            site_ids=[],
        )


class MemberOut(MemberFields, kw_only=True):
    """A member as it stands; `roles` are those that hold now."""

    id: UUID
    version: int
    organisation_id: UUID
    active: Annotated[bool, Meta(description="Whether the member may sign in and use its tokens.")]
    grants: Annotated[list[GrantOut], Meta(description="How it has each role, also those that have ended.")]

    @classmethod
    def example(cls) -> Self:
        """Return the same lister."""
        return cls(
            id=UUID(_ID.format(3)),
            version=1,
            organisation_id=UUID(_ID.format(1)),
            active=True,
            grants=[GrantOut.example()],
            name="Lokalsamordnare",
            email="lokalsamordnare@example.se",
            roles=[Role.LISTER],
            department="Lokaler och service",
        )


class MachineClientIn(MemberIn, kw_only=True):
    """A program that your own provider knows, as the member that it is to be here."""

    issuer: Annotated[str, limited("Of the provider.", min_length=1, max_length=LONGEST_ISSUER, pattern=FILLED_IN)]
    client_id: Annotated[
        str, limited("What the provider knows it as.", min_length=1, max_length=LONGEST_NAME, pattern=FILLED_IN)
    ]

    @classmethod
    def example(cls) -> Self:
        """Return a facility system's."""
        return cls(
            name="Fastighetssystemet",
            email="fastighetssystem@example.se",
            roles=[Role.LISTER],
            reason="Lägger upp lediga lokaler",
            issuer="https://login.example.se/tenant",
            client_id="fastighetssystemet",
        )


class MachineClientOut(Wire):
    """A program that acts as itself, and which member it is."""

    member_id: UUID
    name: str
    active: Annotated[bool, Meta(description="Whether it is let in.")]
    issuer: str
    client_id: str
    last_used_at: Annotated[datetime | None, Meta(description="To within a minute.")]

    @classmethod
    def example(cls) -> Self:
        """Return the facility system."""
        return cls(
            member_id=UUID(_ID.format(6)),
            name="Fastighetssystemet",
            active=True,
            issuer="https://login.example.se/tenant",
            client_id="fastighetssystemet",
            last_used_at=_THEN,
        )


class MachineClientsOut(Wire):
    """All programs of an organisation, newest first."""

    items: list[MachineClientOut]

    @classmethod
    def example(cls) -> Self:
        """Return one."""
        return cls(items=[MachineClientOut.example()])


class TokenIn(Wire):
    """What a machine client's token is for, may do, and how long it holds."""

    name: Name
    scopes: Annotated[list[Scope], limited("A scope said twice counts once.", min_items=1)]
    days: Annotated[int, limited("Days until it expires, 1 to 730.", minimum=1, maximum=LONGEST_TOKEN_DAYS)]
    member_id: Annotated[
        UUID | None, Meta(description="Whom the client acts as: yourself, and nobody else. May be left out.")
    ] = None

    @classmethod
    def example(cls) -> Self:
        """Return a booking system's that only reads."""
        return cls(name="Bokningssystemet", scopes=[Scope.READ], days=90)


class TokenOut(Wire):
    """A token, without the text that proves it."""

    id: UUID
    name: str
    scopes: list[Scope]
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    last_used_at: Annotated[datetime | None, Meta(description="To within a minute.")] = None
    made_by_token_id: Annotated[UUID | None, Meta(description="The token that it was made by and ends with.")] = None

    @classmethod
    def example(cls) -> Self:
        """Return the booking system's."""
        return cls(
            id=UUID(_ID.format(4)),
            name="Bokningssystemet",
            scopes=[Scope.READ],
            created_at=_THEN,
            expires_at=datetime.fromisoformat("2027-02-19T08:00:00Z"),
            revoked_at=None,
            last_used_at=datetime.fromisoformat("2026-11-21T09:30:00Z"),
        )


class TokensOut(Wire):
    """All of a member's tokens, newest first."""

    items: list[TokenOut]

    @classmethod
    def example(cls) -> Self:
        """Return one token."""
        return cls(items=[TokenOut.example()])


class TokenMade(Wire):
    """A new token with its text, which is shown here and never again."""

    token: str
    details: TokenOut

    @classmethod
    def example(cls) -> Self:
        """Return one with a text that is no token."""
        return cls(token="plats_…", details=TokenOut.example())  # noqa: S106


def organisation_out(row: Organisation) -> OrganisationOut:
    """Return an organisation as the API shows it."""
    return OrganisationOut(
        id=row.id,
        version=row.version,
        name=row.name,
        kind=row.kind,
        municipality_code=row.municipality_code,
        county_code=row.county_code,
        short_name=row.short_name,
        number=row.number,
        left_at=row.left_at,
    )


def member_out(row: Member) -> MemberOut:
    """Return a member as the API shows it."""
    return MemberOut(
        id=row.id,
        version=row.version,
        organisation_id=row.organisation_id,
        active=row.active,
        name=row.name,
        email=row.email,
        roles=roles_in_order(row),
        department=row.department,
        language=row.language,
        grants=[_grant_out(role, grant) for role, grant in grants_of(row).items()],
    )


def _grant_out(role: Role, grant: Grant) -> GrantOut:
    return GrantOut(
        role=role,
        reason=grant.reason,
        until=grant.until,
        holds=grant.holds,
        granted_by=UUID(grant.granted_by) if grant.granted_by else None,
        granted_at=grant.granted_at,
        county_codes=list(grant.county_codes),
        organisation_ids=list(grant.organisation_ids),
        departments=list(grant.departments),
        site_ids=list(grant.site_ids),
    )


def machine_client_out(row: MachineClient, member: Member) -> MachineClientOut:
    """Return a program as the API shows it."""
    return MachineClientOut(
        member_id=member.id,
        name=member.name,
        active=member.active,
        issuer=row.issuer,
        client_id=row.client_id,
        last_used_at=row.last_used_at,
    )


def token_out(row: AccessToken) -> TokenOut:
    """Return a token as the API shows it."""
    return TokenOut(
        id=row.id,
        name=row.name,
        scopes=[Scope(each) for each in row.scopes],
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        last_used_at=row.last_used_at,
        made_by_token_id=row.parent_id,
    )
