"""What an offer may be, how it moves, and to whom it is shown."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID

from core import limits
from core.actor import Actor, Permission
from core.database.lifecycle import Lifecycle
from core.errors import Conflict, InvalidParameter
from core.limits import refuse_if
from core.serialization import Dataclass
from core.text import phone_faults, text_faults
from core.time.interval import Interval, from_range, overlaps
from marketplace.offers.models import Offer, OfferState, PriceBasis, Terms, Visibility
from marketplace.organisations.models import OrganisationKind
from marketplace.organisations.rules import is_address
from resources.families import family_of
from resources.families.furniture import ValuationBasis
from resources.models import Resource

OFFER = Lifecycle(
    entity="offer",
    row=Offer,
    moves={
        OfferState.DRAFT: frozenset({OfferState.OPEN, OfferState.CLOSED}),
        OfferState.OPEN: frozenset({OfferState.PAUSED, OfferState.CLOSED}),
        OfferState.PAUSED: frozenset({OfferState.OPEN, OfferState.CLOSED}),
        OfferState.CLOSED: frozenset(),
    },
    undoes={OfferState.CLOSED: frozenset({OfferState.DRAFT, OfferState.OPEN, OfferState.PAUSED})},
)

STEPS = (OfferState.DRAFT, OfferState.OPEN, OfferState.PAUSED)
"""What an offer comes through until it is in a state; none begins closed."""
TIERS = tuple(Visibility)
"""From narrow to wide; each includes those before it."""
HIGHEST_PRICE_SEK = 10_000_000

Widening = tuple[date, Visibility]


@dataclass(frozen=True)
class OfferDraft:
    """Within which time a resource may be lent, on what terms, and to whom it is shown.

    `widens` shows it to more from dates on, in order, each wider than what was before. A price is in whole kronor,
    and there is none exactly when its basis is "none". `department` is the unit that what is offered belongs to, and
    `calendar_mailbox` where its own calendar is invited to what is booked.

    Raises
    ------
    BadInput
        Values that contradict each other.
    """

    during: Interval
    visibility: Visibility = Visibility.ALL
    widens: tuple[Widening, ...] = ()
    department: str | None = None
    calendar_mailbox: str | None = None
    terms: Terms = Terms.LOAN
    price_basis: PriceBasis = PriceBasis.NONE
    price_sek: int = 0
    conditions: str = ""

    def __post_init__(self) -> None:
        refuse_if(self._faults())

    def _faults(self) -> Iterator[InvalidParameter]:
        yield from text_faults("department", self.department or "", 0, limits.LONGEST_NAME)
        yield from text_faults("conditions", self.conditions, 0, limits.LONGEST_TEXT)
        if self.calendar_mailbox is not None and not is_address(self.calendar_mailbox):
            reason = "it has to be an address such as namn@myndigheten.se"
            yield InvalidParameter("calendarMailbox", self.calendar_mailbox, reason)
        yield from _widens_faults(self.visibility, self.widens)
        if self.visibility is Visibility.DEPARTMENT and not self.department:
            yield InvalidParameter("department", self.department, "an offer to one's own department has to name it")
        if self.price_basis is PriceBasis.NONE and self.price_sek != 0:
            yield InvalidParameter(
                "priceBasis", self.price_basis, "say what the price is per: fixed, hour, day or month"
            )
        if self.price_basis is not PriceBasis.NONE and not 1 <= self.price_sek <= HIGHEST_PRICE_SEK:
            yield InvalidParameter(
                "priceSek", self.price_sek, f"it has to be from 1 through {HIGHEST_PRICE_SEK} kronor"
            )


def _widens_faults(visibility: Visibility, widens: Sequence[Widening]) -> Iterator[InvalidParameter]:
    day, tier = date.min, visibility
    for later, wider in widens:
        if later <= day:
            yield InvalidParameter("widens", later.isoformat(), "write the dates in order, each once")
        if TIERS.index(wider) <= TIERS.index(tier):
            yield InvalidParameter("widens", wider.value, "it has to be wider than what holds before")
        day, tier = later, wider


def entry_faults(draft: OfferDraft, family: str) -> Iterator[InvalidParameter]:
    """Yield what is out of range or not for the family; apart from the draft, so that what is stored can be read."""
    yield from range_faults(draft.during, draft.widens)
    yield from _family_faults(draft, family)


def range_faults(during: Interval, widens: Sequence[Widening]) -> Iterator[InvalidParameter]:
    """Yield which dates of an offer lie too far away, and whether there are too many."""
    yield from limits.instant_faults("start", during.start)
    yield from limits.instant_faults("end", during.end)
    yield from limits.count_faults("widens", widens, 0, limits.MOST_WIDENINGS)
    for day, _ in widens[: limits.MOST_WIDENINGS]:
        yield from limits.instant_faults("widens", day)


def draft_of(offer: Offer, resource: Resource) -> OfferDraft:
    """Return what a stored offer of a resource says."""
    return OfferDraft(
        during=from_range(offer.during),
        visibility=offer.visibility,
        widens=widens_of(offer),
        department=resource.department,
        calendar_mailbox=resource.calendar_mailbox,
        terms=offer.terms,
        price_basis=offer.price_basis,
        price_sek=offer.price_sek,
        conditions=offer.conditions,
    )


def widens_of(offer: Offer) -> tuple[Widening, ...]:
    """Return from when a stored offer is shown to more."""
    return tuple((date.fromisoformat(day), Visibility(tier)) for day, tier in offer.widens)


def stored_widens(draft: OfferDraft) -> list[Any]:
    """Return a draft's widening as it is stored."""
    return [[day.isoformat(), tier.value] for day, tier in draft.widens]


def visible_tier(visibility: Visibility, widens: Sequence[Widening], today: date) -> Visibility:
    """Return who may see an offer on a date."""
    reached = (tier for day, tier in widens if day <= today)
    return max(visibility, *reached, visibility, key=TIERS.index)


class Viewer(Protocol):
    """Who looks: an actor, or the organisation behind a request."""

    @property
    def organisation_id(self) -> UUID: ...
    @property
    def county_code(self) -> str: ...
    @property
    def department(self) -> str | None: ...
    @property
    def partner_ids(self) -> frozenset[UUID]: ...


@dataclass(frozen=True, slots=True)
class Audience:
    """Who may see an offer: a tier, counted from its organisation, county (where the thing stands) and department.

    `queries.visible_to` says the same in SQL; a test holds the two together.
    """

    tier: Visibility
    organisation_id: UUID
    county_code: str
    department: str | None

    def includes(self, viewer: Viewer) -> bool:
        """Say whether somebody is in the audience."""
        at_home = viewer.organisation_id == self.organisation_id
        reach = TIERS.index(self.tier)
        return (
            self.tier is Visibility.ALL
            or (reach >= TIERS.index(Visibility.REGION) and viewer.county_code == self.county_code)
            or (reach >= TIERS.index(Visibility.PARTNERS) and self.organisation_id in viewer.partner_ids)
            or (reach >= TIERS.index(Visibility.ORGANISATION) and at_home)
            or (at_home and self.department is not None and viewer.department == self.department)
        )


def manages(actor: Actor | None, resource: Resource) -> bool:
    """Say whether somebody answers for the offers of a resource: listers of its unit, admins, and the system."""
    return actor is None or actor.may(Permission.OFFER, resource.organisation_id, resource.department)


def _family_faults(draft: OfferDraft, family: str) -> Iterator[InvalidParameter]:
    """Yield handing over for good what can only be lent, and saying how an anonymous person is reached."""
    if family_of(family).anonymous:
        yield from phone_faults("conditions", draft.conditions)
    if draft.terms is Terms.HAND_OVER and not family_of(family).hand_over:
        yield InvalidParameter("terms", draft.terms.value, f"only furniture can be handed over for good, not {family}")
    if draft.terms is Terms.HAND_OVER and draft.price_basis not in (PriceBasis.NONE, PriceBasis.FIXED):
        yield InvalidParameter(
            "priceBasis", draft.price_basis.value, "what is handed over for good has a fixed price or none"
        )


def mailbox_faults(draft: OfferDraft, family: str, kind: str) -> Iterator[InvalidParameter]:
    """Yield that nothing has a calendar of its own of which several are lent at once, or which is a person."""
    if draft.calendar_mailbox is not None and not family_of(family).is_lent_whole(kind):
        reason = "only what is lent whole, to one at a time, has a calendar of its own"
        yield InvalidParameter("calendarMailbox", draft.calendar_mailbox, reason)


def value_faults(terms: Terms, kind: OrganisationKind, facts: Dataclass) -> Iterator[InvalidParameter]:
    """Yield what a state agency's hand-over lacks of its value and the basis of that (förordning 1996:1191)."""
    if terms is not Terms.HAND_OVER or kind is not OrganisationKind.STATE_AGENCY:
        return
    basis, value = getattr(facts, "valuation_basis", None), getattr(facts, "valuation_sek", None)
    missing = ["valuationBasis"] if basis is None else []
    if value is None and basis is not ValuationBasis.NIL_VALUE:
        missing.append("valuationSek")
    for name in missing:
        yield InvalidParameter(
            name, None, "a state agency that hands furniture over for good notes its value and the basis of it"
        )


def over_faults(during: Interval, now: datetime) -> Iterator[InvalidParameter]:
    """Yield that a time is over."""
    if during.limit <= now:
        yield InvalidParameter("during", during.limit.isoformat(), "the offer's time is over already")


def not_offered_twice(during: Interval, others: Iterable[Offer]) -> None:
    """Refuse to offer a resource twice at once, which would show the same room as two."""
    for other in others:
        if other.state is not OfferState.CLOSED and overlaps([from_range(other.during)], [during]):
            raise Conflict(
                "already_offered",
                "The resource is offered in that time already. Change that offer, or close it first.",
                {"offer": str(other.id)},
            )


def not_closed(offer: Offer) -> None:
    """Refuse to change what is closed."""
    if offer.state is OfferState.CLOSED:
        raise Conflict("offer_closed", "The offer is closed. Make a new one.")
