"""Roles as they are granted: why, by whom, until when, and for a coordinator where. What has ended is no role any more.

The row of a member holds its grants, so that whoever reads a member knows its roles; what was granted and withdrawn
before stands in the audit.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID

import msgspec
from msgspec import Struct
from sqlalchemy import ColumnElement, and_, any_, or_
from sqlmodel import col

from core import geo
from core.actor import Actor, Role
from core.errors import InvalidParameter
from core.limits import LONGEST_NAME, LONGEST_WORDS, refuse_if
from core.roles import BY_DEPARTMENT
from core.text import text_faults
from core.time import clock
from marketplace.organisations.models import Member

MOST_IN_AN_AREA = 50
"""Counties, organisations, units, or sites that a role may be limited to."""
LATEST = date(2100, 1, 1)


class Grant(Struct, frozen=True, kw_only=True, omit_defaults=True, rename="camel"):
    """How somebody has a role. `until` is its last day; without anything that limits it, it is for all there is."""

    reason: str = ""
    until: date | None = None
    granted_by: str | None = None
    granted_at: datetime | None = None
    county_codes: tuple[str, ...] = ()
    organisation_ids: tuple[UUID, ...] = ()
    departments: tuple[str, ...] = ()
    site_ids: tuple[UUID, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether it has not ended."""
        return self.until is None or clock.today() <= self.until


@dataclass(frozen=True)
class GrantDraft:
    """A role to grant: why, until which day if not for good, and where if not everywhere.

    A coordinator's is limited to counties and organisations, a host's to sites, those of `BY_DEPARTMENT` to units.

    Raises
    ------
    BadInput
        Values that cannot be right; all of them are told.
    """

    role: Role
    reason: str
    until: date | None = None
    county_codes: tuple[str, ...] = ()
    organisation_ids: tuple[UUID, ...] = ()
    departments: tuple[str, ...] = ()
    site_ids: tuple[UUID, ...] = ()

    def __post_init__(self) -> None:
        refuse_if(self._faults())

    def _faults(self) -> Iterator[InvalidParameter]:
        yield from text_faults("reason", self.reason, 1, LONGEST_WORDS)
        if self.until is not None and not clock.today() <= self.until <= LATEST:
            yield InvalidParameter("until", self.until.isoformat(), "the last day is today or later, and before 2100")
        known = {county.code for county in geo.counties()}
        for code in (each for each in self.county_codes if each not in known):
            yield InvalidParameter("countyCodes", code, "it is not the code of a county: write two digits, as 23")
        for each in self.departments[:MOST_IN_AN_AREA]:
            yield from text_faults("departments", each, 1, LONGEST_NAME)
        yield from self._limit_faults()

    def _limit_faults(self) -> Iterator[InvalidParameter]:
        limits = {
            "countyCodes": self.county_codes,
            "organisationIds": self.organisation_ids,
            "departments": self.departments,
            "siteIds": self.site_ids,
        }
        for name, named in limits.items():
            if len(named) > MOST_IN_AN_AREA:
                yield InvalidParameter(name, len(named), f"name at most {MOST_IN_AN_AREA}")
        for name in ("countyCodes", "organisationIds"):
            if limits[name] and self.role is not Role.COORDINATOR:
                yield InvalidParameter(name, None, "only a coordinator has an area")
        if self.departments and self.role not in BY_DEPARTMENT:
            yield InvalidParameter("departments", None, "nobody has this role for some units alone")
        if self.site_ids and self.role is not Role.HUB_HOST:
            yield InvalidParameter("siteIds", None, "only a hub host has sites")

    def grant(self, actor: Actor | None) -> Grant:
        """Return what is kept of it."""
        return new_grant(
            actor,
            self.reason.strip(),
            until=self.until,
            county_codes=tuple(sorted(set(self.county_codes))),
            organisation_ids=tuple(sorted(set(self.organisation_ids))),
            departments=tuple(sorted({each.strip() for each in self.departments})),
            site_ids=tuple(sorted(set(self.site_ids))),
        )


def new_grant(actor: Actor | None, reason: str, **terms: Any) -> Grant:
    """Return a grant that somebody makes now."""
    return Grant(reason=reason, granted_by=str(actor.member_id) if actor else None, granted_at=clock.now(), **terms)


def stored(grant: Grant) -> dict[str, Any]:
    """Return a grant as the row of its member holds it."""
    plain: dict[str, Any] = msgspec.to_builtins(grant)
    return plain


class Granted(Protocol):
    """A member, or what is read of one: the roles it was given, and how."""

    @property
    def roles(self) -> Sequence[str]: ...
    @property
    def grants(self) -> Mapping[str, Any]: ...


def grants_of(member: Granted) -> dict[Role, Grant]:
    """Return all roles of a member with how it has them, also those that have ended; by the order of the roles."""
    held = set(member.roles)
    return {role: msgspec.convert(member.grants.get(role, {}), Grant) for role in Role if role.value in held}


def roles_of(member: Member) -> frozenset[Role]:
    """Return the roles that a member has now."""
    return frozenset(role for role, grant in grants_of(member).items() if grant.holds)


def roles_in_order(member: Member) -> list[Role]:
    """Return the same for lists."""
    return [role for role in Role if role in roles_of(member)]


def regranted(member: Member | None, roles: Iterable[Role], actor: Actor | None, reason: str) -> dict[str, Any]:
    """Return what a member's row holds when it is said to have just these roles: those it has stay as granted."""
    held = roles_of(member) if member else frozenset()
    kept = {key: grant for key, grant in member.grants.items() if key in held & set(roles)} if member else {}
    return kept | {role.value: stored(new_grant(actor, reason)) for role in sorted(set(roles) - held)}


def holds_role(role: Role, *, for_good: bool = False) -> ColumnElement[bool]:
    """Return the condition for active members with a role: now, or without an end."""
    until = col(Member.grants)[role.value]["until"].astext
    lasts = until.is_(None) if for_good else or_(until.is_(None), until >= clock.today().isoformat())
    return and_(col(Member.active), any_(col(Member.roles)) == role.value, lasts)
