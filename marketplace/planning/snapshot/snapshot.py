"""What a run looks at, as values: needs, offers, what is taken, and who knows whom. Nothing here asks the database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from core.geo import Position
from core.serialization import Dataclass
from core.time.interval import Interval
from core.time.opening import OpeningHours
from marketplace.networks.queries import Lent
from marketplace.offers.models import PriceBasis, Terms
from marketplace.offers.rules import Audience
from marketplace.organisations.models import OrganisationKind
from marketplace.planning.snapshot.calendar import Calendar
from marketplace.planning.snapshot.open_needs import OpenNeed
from marketplace.runs.set_aside import SetAside

Taken = tuple[int, int, int]
"""From a minute until a minute, so much of a unit."""


@dataclass(frozen=True, slots=True, eq=False)
class OpenOffer:
    """An open offer with what decides whether and when it can serve a need.

    `audience` is who may see it today, `positions` where it stands (for staff: the places where work on site is
    possible), `units` what one of it takes. `stamp` changes when what is offered does.
    """

    offer_id: UUID
    resource_id: UUID
    organisation_id: UUID
    organisation_kind: OrganisationKind
    audience: Audience
    family: str
    kind: str
    terms: Terms
    price_basis: PriceBasis
    price_sek: int
    during: Interval
    opening: OpeningHours | None
    positions: tuple[Position, ...]
    facts: Dataclass
    units: tuple[tuple[UUID, int], ...]
    stamp: str = ""
    conditions: str = ""
    shared: tuple[tuple[UUID, int], ...] = ()
    """What one of it takes of what several offers share and nobody can claim: for the optimiser alone."""
    said_yes: bool = False
    """Whether the person has answered a call."""
    for_need_id: UUID | None = None
    """The one need that it is for, whoever else may see it; nothing: any."""

    @property
    def position(self) -> Position | None:
        """Where it stands, or the first place where it can work."""
        return self.positions[0] if self.positions else None


@dataclass(frozen=True, slots=True)
class Requester:
    """The member who filed a need, as far as it decides which offers may be seen."""

    organisation_id: UUID
    county_code: str
    department: str | None
    partner_ids: frozenset[UUID]


@dataclass(frozen=True, slots=True)
class Earlier:
    """What the proposals that a run will replace had chosen: part of an offer for a need, or for one date of it."""

    need_id: UUID
    on: date | None
    option_key: str
    amount: int


@dataclass(frozen=True, eq=False)
class Relations:
    """Everybody's partners, what each organisation has lent minus what it has borrowed, in bookings, and networks."""

    partners: Mapping[UUID, frozenset[UUID]]
    net: Mapping[UUID, int]
    lent: Sequence[Lent] = ()


@dataclass(frozen=True, eq=False)
class Snapshot:
    """A snapshot. `taken` is what claims and kept proposals hold of each unit; `now` is in minutes.

    `partners` are those who show each other what they keep for partners; `net` is what each organisation has lent
    minus what it has borrowed, in bookings; `lent` is when networks lend units; `refused` are (need, offer) that
    somebody said no to; `set_aside` are rows that it is without because they cannot be read. `alike`: hundreds of the
    needs ask for the same, and are to get different options.
    """

    calendar: Calendar
    now: int
    needs: Sequence[OpenNeed]
    offers: Sequence[OpenOffer]
    capacities: Mapping[UUID, int]
    taken: Mapping[UUID, Sequence[Taken]]
    partners: Mapping[UUID, frozenset[UUID]] = field(default_factory=dict)
    net: Mapping[UUID, int] = field(default_factory=dict)
    lent: Mapping[UUID, Sequence[Interval]] = field(default_factory=dict)
    refused: frozenset[tuple[UUID, UUID]] = frozenset()
    earlier: Sequence[Earlier] = ()
    set_aside: Sequence[SetAside] = ()
    alike: bool = False

    def requester(self, need: OpenNeed) -> Requester:
        """Return who asks for a need."""
        partner_ids = self.partners.get(need.organisation_id, frozenset())
        return Requester(need.organisation_id, need.county_code, need.department, partner_ids)
