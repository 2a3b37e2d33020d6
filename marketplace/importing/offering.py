"""The columns that say how a resource is offered, which stand on the resource's own row."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from uuid import UUID

from core.errors import BadInput, Faults
from core.limits import refuse_if
from core.time import clock
from core.time.interval import Interval, from_range, overlaps
from marketplace.importing import cells
from marketplace.importing.kinds import Clash, Column, Importing, Values
from marketplace.importing.reading import words
from marketplace.importing.stored.offers import days_of, stands
from marketplace.offers import service
from marketplace.offers.models import Offer, OfferState, PriceBasis
from marketplace.offers.rules import OfferDraft, draft_of, over_faults
from resources.models import Resource

OFFER_COLUMNS = (
    Column("erbjuds från", "offered from", cells.DAY),
    Column("erbjuds till", "offered until", cells.DAY, fields=("end", "during")),
    Column("synlighet", "visibility", cells.one_of(words.VISIBILITIES)),
    Column("vidgas", "widens", cells.widening(words.VISIBILITIES)),
    Column("avdelning", "department"),
    Column("lån eller överlåtelse", "terms", cells.one_of(words.TERMS)),
    Column("pris per", "price basis", cells.one_of(words.PRICES)),
    Column("pris kr", "price sek", cells.WHOLE),
    Column("villkor", "conditions"),
    Column("status", "state", cells.one_of(words.STATES)),
)
CALENDAR_MAILBOX = Column("kalenderbrevlåda", "calendar mailbox")
"""Of what is lent whole."""
_OF_ONE_OFFER = {column.key for column in OFFER_COLUMNS if column.key != "department"}
"""What the rows of one resource may each say in its own way."""


def by_time(rows: Sequence[Values]) -> list[Values]:
    """Return the rows of one resource in the order of the times that it is offered in."""
    return sorted(rows, key=lambda values: values.get("offered_from", date.min))


def offers_as_said(importing: Importing, there: Sequence[tuple[Resource, list[Offer]]], rows: Sequence[Values]) -> bool:
    """Make or change the offers that rows describe, of each resource with its offers; return whether anything was new.

    A row without a first day says nothing about an offer. What people have done since stays, unless the row says
    otherwise: without a state, one that is paused stays paused and one that is closed stays closed. An offer of a time
    that no row is about stays open too, which is told, as its time may have been moved.
    """
    told = [(place, values) for place, values in enumerate(rows) if "offered_from" in values]
    if not told:
        return False
    changed = False
    others: dict[UUID, Offer] = {}
    for resource, known in there:
        about = set()
        for place, values in told:
            with _under(place):
                said, new = _offer_as_said(importing, resource, known, values)
            about.add(said.id if said else None)
            changed |= new
        others |= {offer.id: offer for offer in known if offer.id not in about and stands(offer)}
    for during in sorted({from_range(offer.during) for offer in others.values()}, key=lambda each: each.start):
        importing.note("offeredFrom", _also_offered_reason(during))
    return changed


def offer_faults(importing: Importing, rows: Sequence[Values]) -> Faults:
    """Return what is wrong with the offers that rows describe; a first day that cannot be read is taken to be today."""
    faults = Faults()
    for place, values in enumerate(rows):
        first = values.get("offered_from", clock.today())
        during = Interval(_midnight(first), None)
        with faults.under(f"rows[{place}]"):
            during = _whole_days(first, values.get("offered_until"))
        basis = {"price_basis": PriceBasis.FIXED} if "price_sek" in values else {}
        with faults.under(f"rows[{place}]"):
            importing.draft(OfferDraft, None, {**basis, **values}, during=during)
        with faults.under(f"rows[{place}]"):
            refuse_if(over_faults(during, clock.now()))
    return faults


def _offer_as_said(
    importing: Importing, resource: Resource, known: list[Offer], values: Values
) -> tuple[Offer | None, bool]:
    """Return the offer that a row is about, if it makes or finds one, and whether it is new or changed."""
    during = _whole_days(values["offered_from"], values.get("offered_until"))
    state = values.get("state")
    offer = next((each for each in known if overlaps([from_range(each.during)], [during])), None)
    before = draft_of(offer, resource) if offer else None
    if before and "offered_until" not in importing.cells:
        during = Interval(during.start, before.during.end)
    if before and days_of(during) == days_of(before.during):
        during = before.during  # which may begin or end within the day
    if offer is None or offer.state is OfferState.CLOSED:
        if state is OfferState.CLOSED or (offer and state is None):
            return offer, False  # it was closed, by an earlier import of the row or by hand
        draft = importing.draft(OfferDraft, before, values, during=during)
        state = state or OfferState.OPEN
        offer = service.add_offer(importing.session, importing.actor, resource, known, draft, state=state)
        known.insert(0, offer)
        return offer, True
    versions, state = (offer.version, resource.version), state or offer.state
    draft = importing.draft(OfferDraft, before, values, during=during)
    service.write_offer(importing.session, importing.actor, offer, known, draft)
    _move(importing, offer, resource, state)
    return offer, versions != (offer.version, resource.version) or offer.state is not state


@contextmanager
def _under(place: int) -> Iterator[None]:
    try:
        yield
    except BadInput as error:
        raise error.under(f"rows[{place}]") from error


def _also_offered_reason(during: Interval) -> str:
    first, last = days_of(during)
    if last is None:
        return f"another offer of it, from {first} on, stays: if it was moved, add its row with *status* stängt"
    return f"another offer of it, {first} to {last}, stays: if it was moved, add its row with *status* stängt"


def times_clash(rows: Sequence[Values]) -> Iterator[Clash]:
    """Yield why rows of one resource cannot stand together: they differ in more than its offers, or these overlap."""
    for second, values in enumerate(rows):
        for first, other in enumerate(rows[:second]):
            differing = {key for key in values.keys() | other.keys() if values.get(key) != other.get(key)}
            if beyond := sorted(differing - _OF_ONE_OFFER):
                yield Clash(first, second, beyond[0], "it is the same thing, of which the rows say different things")
            elif "offered_from" not in values or "offered_from" not in other:
                yield Clash(
                    first, second, "name", "it is the same thing: write one row, or each with a time of its own"
                )
            elif _overlap(values, other):
                yield Clash(first, second, "offered_from", "it is the same thing in the same time")
            else:
                continue
            break


def _overlap(one: Values, other: Values) -> bool:
    ends = [each.get("offered_until") or date.max for each in (one, other)]
    return bool(one["offered_from"] <= ends[1] and other["offered_from"] <= ends[0])


def _move(importing: Importing, offer: Offer, resource: Resource, state: OfferState) -> None:
    """Bring an offer into the state that its row says."""
    if offer.state is state:
        return
    if state is OfferState.DRAFT:
        raise BadInput("state", state.value, "an offer that has been shown cannot be a draft again: write pausat")
    shown_first = (offer.state, state) == (OfferState.DRAFT, OfferState.PAUSED)
    for each in (OfferState.OPEN, state) if shown_first else (state,):
        service.move_offer(importing.session, importing.actor, offer, resource, each)


def _whole_days(first: date, last: date | None) -> Interval:
    """Return the time from the first day through the last; without a last day it does not end."""
    if last and last < first:
        raise BadInput("offeredUntil", last.isoformat(), f"it ends before it starts: it has to be {first} or later")
    return Interval(_midnight(first), _midnight(last + timedelta(days=1)) if last else None)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, clock.STOCKHOLM)
