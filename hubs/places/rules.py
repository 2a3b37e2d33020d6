"""What may be said of a hub, what is done in each of its phases, and what an organisation of a size pays."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from types import MappingProxyType
from typing import Any
from uuid import UUID

from core.errors import Conflict, InvalidParameter
from core.limits import (
    GREATEST_WHOLE,
    LONGEST_NAME,
    LONGEST_TEXT,
    count_faults,
    instant_faults,
    refuse_if,
    whole_faults,
)
from core.text import text_faults
from hubs.places.models import Hub, HubPhase, HubRole, ZoneUse

MOST_ZONES, MOST_ROLES, MOST_OPEN_HOUSES, MOST_FEES = 50, 50, 20, 10
MOST_SEATS, GREATEST_FEE = 100_000, 10_000_000
CHECKLISTS: Mapping[HubPhase, tuple[str, ...]] = MappingProxyType(
    {
        HubPhase.PREPARE: ("leaders_asked", "premises", "principal", "community_manager", "money"),
        HubPhase.START: ("agreements", "manifesto", "first_members", "activities_tried", "zones_tried"),
        HubPhase.RUN: ("open_calendar", "welcome", "weekly_letter", "key_figures"),
        HubPhase.CLOSED: ("members_told", "agreements_ended"),
    }
)
"""What there is to do in each phase: reminders for the host, which nothing waits for."""
STEPS = tuple(step for steps in CHECKLISTS.values() for step in steps)


@dataclass(frozen=True, order=True)
class FeeStep:
    """What an organisation pays a year that employs at least so many."""

    employees_from: int
    fee_sek: int


@dataclass(frozen=True)
class ZoneDraft:
    """A resource of the site that is a zone."""

    resource_id: UUID
    use: ZoneUse


@dataclass(frozen=True)
class RoleDraft:
    """Who has a role: an organisation, or a member of it by name."""

    role: HubRole
    organisation_id: UUID
    member_id: UUID | None = None
    group_name: str = ""


@dataclass(frozen=True, order=True)
class OpenHouseDraft:
    """Days on which all may come."""

    first: date
    last: date


@dataclass(frozen=True, kw_only=True)
class HubDraft:
    """All that the host says of a hub.

    Raises
    ------
    BadInput
        With all that is wrong, named as in JSON.
    """

    name: str
    about: str = ""
    landlord: str = ""
    house_rules: str = ""
    phase: HubPhase = HubPhase.PREPARE
    done: frozenset[str] = frozenset()
    opened_on: date | None = None
    seats: int | None = None
    fees: tuple[FeeStep, ...] = ()
    zones: tuple[ZoneDraft, ...] = ()
    roles: tuple[RoleDraft, ...] = ()
    open_houses: tuple[OpenHouseDraft, ...] = ()

    def __post_init__(self) -> None:
        refuse_if(self._faults())

    def _faults(self) -> Iterator[InvalidParameter]:
        yield from text_faults("name", self.name, 1, LONGEST_NAME)
        yield from text_faults("landlord", self.landlord, 0, LONGEST_NAME)
        for field, text in (("about", self.about), ("houseRules", self.house_rules)):
            yield from text_faults(field, text, 0, LONGEST_TEXT)
        yield from (InvalidParameter("done", each, "there is no such step") for each in sorted(self.done - {*STEPS}))
        yield from instant_faults("openedOn", self.opened_on)
        yield from whole_faults("seats", self.seats, 1, MOST_SEATS)
        yield from _fee_faults(self.fees)
        yield from self._zone_faults()
        yield from self._role_faults()
        yield from self._open_house_faults()

    def _zone_faults(self) -> Iterator[InvalidParameter]:
        yield from count_faults("zones", self.zones, 0, MOST_ZONES)
        seen: set[UUID] = set()
        for number, each in enumerate(self.zones):
            if each.resource_id in seen:
                yield InvalidParameter(f"zones.{number}.resourceId", str(each.resource_id), "it is named twice")
            seen.add(each.resource_id)

    def _role_faults(self) -> Iterator[InvalidParameter]:
        yield from count_faults("roles", self.roles, 0, MOST_ROLES)
        for number, each in enumerate(self.roles):
            least = 1 if each.role is HubRole.WORKING_GROUP else 0
            yield from text_faults(f"roles.{number}.groupName", each.group_name, least, LONGEST_NAME)

    def _open_house_faults(self) -> Iterator[InvalidParameter]:
        yield from count_faults("openHouses", self.open_houses, 0, MOST_OPEN_HOUSES)
        for number, each in enumerate(self.open_houses):
            for field, day in (("first", each.first), ("last", each.last)):
                yield from instant_faults(f"openHouses.{number}.{field}", day)
            if each.last < each.first:
                yield InvalidParameter(
                    f"openHouses.{number}.last", str(each.last), "it has to be the first day or later"
                )


def _fee_faults(fees: Sequence[FeeStep]) -> Iterator[InvalidParameter]:
    yield from count_faults("fees", fees, 0, MOST_FEES)
    for number, each in enumerate(fees):
        yield from whole_faults(f"fees.{number}.employeesFrom", each.employees_from, 1, GREATEST_WHOLE)
        yield from whole_faults(f"fees.{number}.feeSek", each.fee_sek, 0, GREATEST_FEE)
    if fees and fees[0].employees_from != 1:
        yield InvalidParameter("fees.0.employeesFrom", fees[0].employees_from, "the first step has to begin at 1")
    for number, (before, each) in enumerate(pairwise(fees), start=1):
        if each.employees_from <= before.employees_from:
            property_ = f"fees.{number}.employeesFrom"
            yield InvalidParameter(property_, each.employees_from, "it has to be more than the step before")


def manifesto_faults(words: str) -> Iterator[InvalidParameter]:
    """Yield what is wrong with a manifesto's words."""
    yield from text_faults("words", words, 1, LONGEST_TEXT)


def fee_steps(stored: Sequence[Mapping[str, Any]]) -> tuple[FeeStep, ...]:
    """Return the ladder of fees that a hub keeps."""
    return tuple(FeeStep(each["employees_from"], each["fee_sek"]) for each in stored)


def check_open(hub: Hub) -> None:
    """Refuse what nobody does at a hub that is closed.

    Raises
    ------
    Conflict
        ``hub_closed``.
    """
    if hub.phase is HubPhase.CLOSED:
        raise Conflict("hub_closed", "The hub is closed: it takes nobody in, and nothing new is on there.")


def fee_of(fees: Sequence[FeeStep], employees: int) -> int | None:
    """Return what an organisation pays a year that employs so many: the highest step it reaches; None: no ladder."""
    return next((each.fee_sek for each in reversed(fees) if each.employees_from <= employees), None)
