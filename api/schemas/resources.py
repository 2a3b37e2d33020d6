"""Resources on the wire, as they come in and as they are read."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import date, datetime
from typing import Annotated, Any, Self
from uuid import UUID

import msgspec
from msgspec import Meta, field
from msgspec.structs import asdict

from api.schemas.base import KEPT, Name, Text, TextOut, Wire, Words, limited
from api.schemas.families import AnyFacts, example_facts
from api.schemas.sites import OpeningHours, hours_in, opening_listed, opening_out
from competence.approvals.models import Approver, CardApproval
from competence.approvals.queries import given_of
from competence.approvals.rules import LONGEST_EVIDENCE
from competence.queries import HeldCard
from core.errors import Faults
from core.limits import GREATEST_WHOLE, MOST_PARTS, refuse_if
from core.serialization import camel, from_json, to_json
from core.text import beginning
from core.time.interval import Interval, from_range
from resources.availability import Piece
from resources.drafts import PartDraft, ResourceDraft, division_faults, facts_faults, words_faults
from resources.families import family_of
from resources.families.family import Family
from resources.families.space import MOST_AREA_M2, MOST_SEATS
from resources.families.staff import STAFF, StaffFacts
from resources.models import Claim, Resource, Unit
from resources.queries import Described

_ID = "01980000-0000-7000-8000-00000000002{}"


class HallPart(Wire):
    """One part of a hall that divides; it is a resource of its own as well."""

    name: Name
    seats: Annotated[int, limited(minimum=1, maximum=MOST_SEATS)]
    area_m2: Annotated[float | None, limited(minimum=1, maximum=MOST_AREA_M2)] = None


class ResourceIn(Wire):
    """What a lister says of a resource; without opening hours of its own it has those of its site."""

    name: Name
    facts: AnyFacts
    description: Text = ""
    site_id: Annotated[UUID | None, Meta(description="Only staff may be without.")] = None
    opening_hours: OpeningHours | None = None
    parts: Annotated[
        list[HallPart],
        limited("Of a hall that divides; a change cannot make them others.", max_items=MOST_PARTS),
    ] = field(default_factory=list)

    @classmethod
    def example(cls) -> Self:
        """Return a meeting room."""
        return cls(
            name="Storsjön",
            description="Mötesrum med utsikt.",
            site_id=UUID(_ID.format(1)),
            facts=example_facts(),
        )

    def draft(self) -> ResourceDraft:
        """Return what it says.

        Raises
        ------
        BadInput
            Something in it is wrong; the error names the place in the body.
        """
        family, said = self._said()
        kind = said.pop("kind", family.only_kind)
        kept = {camel(each.name) for each in fields(family.kept)}
        faults, hours, parts = Faults(), None, list[PartDraft]()
        with faults.under("facts"):
            facts = from_json(family.kept, {name: value for name, value in said.items() if name in kept})
            refuse_if(facts_faults(family, kind, facts))
        with faults.under():
            hours = hours_in(self.opening_hours)
        for number, part in enumerate(self.parts):
            with faults.under(f"parts[{number}]"):
                parts.append(PartDraft(part.name, part.seats, part.area_m2))
        if faults.parameters:  # the draft cannot be made, but its words may be wrong as well
            faults.parameters[:0] = words_faults(family, self.name, self.description)
            if len(parts) == len(self.parts):
                faults.parameters += division_faults(family, kind, self.name, parts)
        faults.refuse()
        return ResourceDraft(
            family=family.name,
            kind=kind,
            name=self.name,
            description=self.description,
            site_id=self.site_id,
            opening_hours=hours,
            facts=facts,
            parts=tuple(parts),
        )

    def card(self) -> StaffFacts | None:
        """Return the capacity card of staff.

        Raises
        ------
        BadInput
            Something in it is wrong; the error names the place in the body.
        """
        family, said = self._said()
        if family.name != STAFF.name:
            return None
        faults, card = Faults(), None
        with faults.under("facts"):
            card = from_json(StaffFacts, said)
        faults.refuse()
        return card

    def _said(self) -> tuple[Family, dict[str, Any]]:
        said = msgspec.to_builtins(self.facts)
        return family_of(said.pop("family")), said


class UnitOut(Wire):
    """What can be taken of the resource: so many at once. One of it takes `amount`."""

    id: UUID
    name: str
    capacity: int
    amount: int


class ConsentNote(Wire, kw_only=False):
    """A yes to a capacity card: whose, since when, who said or noted it, how it is known, and until when it holds."""

    who: Approver
    at: datetime
    noted_by: str
    evidence: str
    until: Annotated[datetime | None, Meta(description="Null: until it is taken back.")] = None


class ResourceOut(ResourceIn, kw_only=True):
    """A resource as it stands; `consents` are those who have said yes to a capacity card, which needs all three.

    `consent_notes` tell HR who noted each, when and on what evidence; others get none.
    """

    id: UUID
    version: int
    organisation_id: UUID
    department: Annotated[
        str | None, Meta(description="The unit that it belongs to, as its offer says; null: the whole organisation.")
    ]
    part_of_id: Annotated[UUID | None, Meta(description="The hall that it is a part of.")]
    description: TextOut = ""
    facts: Annotated[  # type: ignore[assignment]
        AnyFacts | None, Meta(description="Texts of them as `description`. Null: what is stored cannot be read.")
    ]
    units: list[UnitOut]
    consents: list[Approver] | None
    consent_notes: list[ConsentNote] | None
    created_at: datetime
    updated_at: datetime

    @classmethod
    def example(cls) -> Self:
        """Return the same room."""
        return cls(
            id=UUID(_ID.format(2)),
            version=1,
            organisation_id=UUID(_ID.format(3)),
            department="Lokaler och service",
            part_of_id=None,
            units=[UnitOut(id=UUID(_ID.format(4)), name="meeting_room", capacity=1, amount=1)],
            consents=None,
            consent_notes=None,
            created_at=datetime.fromisoformat("2026-11-21T08:00:00Z"),
            updated_at=datetime.fromisoformat("2026-11-21T08:00:00Z"),
            **asdict(ResourceIn.example()),
        )


class CapacityIn(Wire):
    """How much of a unit can be taken at once."""

    capacity: Annotated[int, limited(minimum=1, maximum=GREATEST_WHOLE)]

    @classmethod
    def example(cls) -> Self:
        """Return a lot of which five things are being mended."""
        return cls(capacity=35)


class ConsentIn(Wire):
    """Whose yes it is. `evidence` says how it is known, as a signed form and its date, and is needed to note one."""

    who: Approver
    evidence: Annotated[str, limited(max_length=LONGEST_EVIDENCE, pattern=KEPT)] = ""
    until: Annotated[date | None, Meta(description="The last day of it; null: the last on which it is offered.")] = None

    @classmethod
    def example(cls) -> Self:
        """Return the one who is asked first."""
        return cls(who=Approver.EMPLOYEE, evidence="Undertecknad blankett 2026-11-20, dnr 2026/114")


class ClosedPeriodIn(Wire):
    """A time in which the owner keeps all of a resource; without an end for good."""

    start: datetime
    end: datetime | None = None
    note: Words = ""

    @classmethod
    def example(cls) -> Self:
        """Return a closed week."""
        return cls(
            start=datetime.fromisoformat("2027-07-05T06:00:00Z"),
            end=datetime.fromisoformat("2027-07-09T15:00:00Z"),
            note="Golvet slipas.",
        )

    def interval(self) -> Interval:
        """Return the time.

        Raises
        ------
        BadInput
            Something in it is wrong.
        """
        return Interval(self.start, self.end)


class ClosedPeriodOut(ClosedPeriodIn, kw_only=True):
    """A unit's closed period."""

    id: UUID
    unit_id: UUID
    amount: int

    @classmethod
    def example(cls) -> Self:
        """Return the same week."""
        said = asdict(ClosedPeriodIn.example())
        return cls(id=UUID(_ID.format(5)), unit_id=UUID(_ID.format(4)), amount=1, **said)


class ClosedPeriodsOut(Wire):
    """Closed periods, one for each unit: closing a hall closes its parts."""

    items: list[ClosedPeriodOut]

    @classmethod
    def example(cls) -> Self:
        """Return one."""
        return cls(items=[ClosedPeriodOut.example()])


class FreePeriod(Wire):
    """Some time in which so much of a resource can be had."""

    start: datetime
    end: datetime
    capacity: int


class FreePeriodsOut(Wire):
    """Free times in order, none overlapping."""

    items: list[FreePeriod]

    @classmethod
    def example(cls) -> Self:
        """Return the two halves of a day."""
        at = datetime.fromisoformat
        morning = FreePeriod(start=at("2027-03-01T07:00:00Z"), end=at("2027-03-01T10:00:00Z"), capacity=12)
        rest = FreePeriod(start=at("2027-03-01T12:00:00Z"), end=at("2027-03-01T16:00:00Z"), capacity=8)
        return cls(items=[morning, rest])


def resource_out(
    found: Described,
    units: Sequence[tuple[Unit, int]],
    parts: Mapping[str, Resource],
    held: HeldCard | None,
    *,
    noted: bool,
    in_list: bool = False,
) -> ResourceOut:
    """Return a resource as the API shows it, texts and hours shortened in a list; `noted`: how yeses are known."""
    resource = found.resource
    card, given = (held.card, given_of(held.live)) if held else (None, ())
    return ResourceOut(
        id=resource.id,
        version=resource.version,
        organisation_id=resource.organisation_id,
        department=resource.department,
        part_of_id=resource.part_of_id,
        name=resource.name,
        description=beginning(resource.description) if in_list else resource.description,
        site_id=resource.site_id,
        opening_hours=opening_listed(found.listed) if in_list else opening_out(resource.opening_hours),
        facts=facts_out(found, units[0][0].capacity, to_json(card.facts) if card else None, in_list=in_list),
        parts=[_part_out(name, part) for name, part in parts.items()],
        units=[UnitOut(id=unit.id, name=unit.name, capacity=unit.capacity, amount=amount) for unit, amount in units],
        consents=[each.who for each in given] if held else None,
        consent_notes=[_consent_note(each) for each in given] if held and noted else None,
        created_at=resource.created_at,
        updated_at=resource.updated_at,
    )


def _consent_note(given: CardApproval) -> ConsentNote:
    until = given.covers.upper if given.covers else None
    return ConsentNote(given.who, given.at or given.created_at, given.noted_by, given.evidence, until)


def closed_periods_out(claims: Sequence[Claim], *, noted: bool) -> ClosedPeriodsOut:
    """Return the owner's claims as the API shows them, why for those who may know."""
    return ClosedPeriodsOut(items=[_closed_period_out(claim, noted) for claim in claims])


def free_periods_out(pieces: Sequence[Piece]) -> FreePeriodsOut:
    """Return free times as the API shows them."""
    return FreePeriodsOut(
        items=[
            FreePeriod(start=piece.interval.start, end=piece.interval.limit, capacity=piece.capacity)
            for piece in pieces
        ]
    )


def _closed_period_out(claim: Claim, noted: bool) -> ClosedPeriodOut:
    during = from_range(claim.during)
    return ClosedPeriodOut(
        id=claim.id,
        unit_id=claim.unit_id,
        amount=claim.amount,
        start=during.start,
        end=during.end,
        note=claim.note if noted else "",
    )


def _part_out(name: str, part: Resource) -> HallPart:
    return HallPart(name=name, seats=part.facts["seats"], area_m2=part.facts["areaM2"])


def facts_out(
    found: Described, capacity: int, card: Mapping[str, object] | None, *, in_list: bool = False
) -> AnyFacts | None:
    """Return the facts in the shape in which they are sent in, texts shortened in a list; of people what the card says.

    None where what is stored cannot be read.
    """
    if not found.has_readable_facts:
        return None
    said: dict[str, Any] = {"family": found.resource.family}
    if not found.family.anonymous:
        kind = {} if found.family.only_kind else {"kind": found.resource.kind}
        said |= kind | to_json(found.stated)
    else:
        said |= dict(card) if card else {"extentPercent": capacity, "skills": {}}
    if in_list:
        said = {name: beginning(value) if isinstance(value, str) else value for name, value in said.items()}
    return msgspec.convert(said, AnyFacts)
