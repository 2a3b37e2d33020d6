"""The columns that say how a resource is offered, which stand on the resource's own row."""

from datetime import date, datetime, time, timedelta
from uuid import UUID

from core.errors import BadInput
from core.numbers import read_whole
from core.time import clock
from core.time.interval import Interval
from core.time.reading import read_day
from marketplace.importing import cells, queries, words
from marketplace.importing.kinds import Change, Column, Importing, Values, change_of
from marketplace.offers import service
from marketplace.offers.models import Offer, OfferState
from marketplace.offers.rules import OfferDraft, draft_of

OFFER_COLUMNS = (
    Column("erbjuds från", "offered from", read_day),
    Column("erbjuds till", "offered until", read_day, fields=("end", "during")),
    Column("synlighet", "visibility", cells.one_of(words.VISIBILITIES)),
    Column("vidgas", "widens", cells.widening(words.VISIBILITIES)),
    Column("avdelning", "department"),
    Column("lån eller överlåtelse", "terms", cells.one_of(words.TERMS)),
    Column("pris per", "price basis", cells.one_of(words.PRICES)),
    Column("pris kr", "price sek", read_whole),
    Column("villkor", "conditions"),
    Column("status", "state", cells.one_of(words.STATES)),
)


def offer_as_said(importing: Importing, resource_id: UUID, values: Values) -> Change:
    """Make or change the offer that a row describes. A row without a first day says nothing about an offer.

    What people have done since stays, unless the row says otherwise: without a state, one that is paused stays paused
    and one that is closed stays closed.
    """
    if "offered_from" not in values:
        return Change.UNCHANGED
    during = _whole_days(values["offered_from"], values.get("offered_until"))
    state = values.get("state")
    offer = queries.offer_said(importing.session, resource_id, during)
    before = draft_of(offer) if offer else None
    if before and "offered_until" not in importing.columns:
        during = Interval(during.start, before.during.end)
    if offer is None or offer.state is OfferState.CLOSED:
        if state is OfferState.CLOSED or (offer and state is None):
            return Change.UNCHANGED  # it was closed, by an earlier import of the row or by hand
        draft = importing.draft(OfferDraft, before, values, during=during)
        offer = service.create_offer(importing.session, importing.actor, resource_id, draft)
        _move(importing, offer, state or OfferState.OPEN)
        return Change.CREATED
    version = offer.version
    draft = importing.draft(OfferDraft, before, values, during=during)
    service.update_offer(importing.session, importing.actor, offer.id, draft)
    _move(importing, offer, state or offer.state)
    return change_of(version, offer.version)


def _move(importing: Importing, offer: Offer, state: OfferState) -> None:
    """Bring an offer into the state that its row says."""
    if offer.state is state:
        return
    if state is OfferState.DRAFT:
        raise BadInput("state", state.value, "an offer that has been shown cannot be a draft again: write pausat")
    if (offer.state, state) == (OfferState.DRAFT, OfferState.PAUSED):
        service.open_offer(importing.session, importing.actor, offer.id)
    moves = {
        OfferState.OPEN: service.open_offer,
        OfferState.PAUSED: service.pause_offer,
        OfferState.CLOSED: service.close_offer,
    }
    moves[state](importing.session, importing.actor, offer.id)


def _whole_days(first: date, last: date | None) -> Interval:
    """Return the time from the first day through the last; without a last day it does not end."""
    return Interval(_midnight(first), _midnight(last + timedelta(days=1)) if last else None)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, clock.STOCKHOLM)
