"""`/api/v1/offers`: what can be had."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter
from sqlmodel import Session

from api.http.idempotency import Idempotency
from api.http.paging import Paging, listing
from api.http.responses import answered, created
from api.schemas.base import Listing
from api.schemas.families import FamilyName
from api.schemas.offers import Closing, OfferChange, OfferIn, OfferOut, offer_listed, offer_out
from core import geo
from core.actor import Actor
from core.errors import BadInput, Faults
from core.limits import LAST_DAY, instant_faults, refuse_if
from core.time import clock
from core.time.interval import Interval, utc
from core.time.reading import read_instant
from marketplace.offers import queries, service
from marketplace.offers.models import Offer, OfferState
from marketplace.offers.search import Near, OfferSearch
from marketplace.views import reads
from marketplace.views.search import search_offers

INSTANT = {"format": "date-time"}
"""Read as text: as a `datetime`, Litestar takes numbers too."""


class Offers(Controller):
    """Find offers, make them, and bring them from state to state."""

    path = "/offers"
    tags = ("offers",)

    @get("/", operation_id="listOffers", sync_to_thread=True, summary="Search offers / Sök erbjudanden")
    def search(
        self,
        *,
        request: Request[Any, Any, Any],
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        paging: NamedDependency[Paging],
        family: Annotated[FamilyName | None, QueryParameter(description="Of this family.")] = None,
        kind: Annotated[str | None, QueryParameter(description="Of this kind.", max_length=40)] = None,
        text: Annotated[
            str | None,
            QueryParameter(
                description="Every word in it, or what it has, in any form; what fits best first.", max_length=200
            ),
        ] = None,
        municipality_code: Annotated[
            str | None, QueryParameter(name="municipalityCode", description="In this municipality, by code or name.")
        ] = None,
        county_code: Annotated[str | None, QueryParameter(name="countyCode", description="In this county.")] = None,
        least: Annotated[
            int | None,
            QueryParameter(ge=1, le=100_000, description="At least so many seats, things, or percent of a person."),
        ] = None,
        skill: Annotated[str | None, QueryParameter(description="With this skill, by code.", max_length=60)] = None,
        since: Annotated[
            str | None,
            QueryParameter(name="from", description="Free from then on, see until.", schema_extra=INSTANT),
        ] = None,
        until: Annotated[
            str | None,
            QueryParameter(
                schema_extra=INSTANT,
                description="Free until then. Between midnights in Sweden: through all of the days, a space at "
                "some time when it is open. Else: open and free throughout. Free is what neither a booking nor an "
                "approved proposal takes.",
            ),
        ] = None,
        near: Annotated[
            str | None, QueryParameter(description="Near this town or municipality; nearest first.")
        ] = None,
        km: Annotated[float, QueryParameter(gt=0, le=2000, description="How near, in kilometres.")] = 30,
        organisation_id: Annotated[
            UUID | None, QueryParameter(name="organisationId", description="Of this organisation.")
        ] = None,
        in_state: Annotated[OfferState | None, QueryParameter(name="state", description="In this state.")] = None,
    ) -> Listing[OfferOut]:
        """List the offers that you may see: nearest first, then those that fit the text best, then the newest."""
        wanted = OfferSearch(
            family=family,
            kind=kind,
            text=text,
            municipality_code=_municipality(municipality_code),
            county_code=county_code,
            least=least,
            skill=skill,
            during=_during(since, until),
            near=_near(near, km),
            organisation_id=organisation_id,
            state=in_state,
        )
        found = search_offers(session, actor, wanted, paging.page, paging.limit)
        reads.offers_read(session, actor, found.items)
        return listing(request, found, offer_listed)

    @post("/", operation_id="createOffer", sync_to_thread=True, summary="Make an offer / Skapa ett erbjudande")
    def create(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        data: JSONBody[OfferIn],
        idempotency: NamedDependency[Idempotency],
    ) -> Response[OfferOut]:
        """Offer a resource of your organisation, or describe a new one and offer it in one go. For listers."""

        def make() -> Response[OfferOut]:
            offer = _made(session, actor, data)
            return created(_shown(session, actor, offer.id), f"/api/v1/offers/{offer.id}", offer.version)

        return idempotency.answer(data, make)

    @get("/{key:uuid}", operation_id="readOffer", sync_to_thread=True, summary="Read an offer / Läs ett erbjudande")
    def read(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: FromPath[UUID]
    ) -> Response[OfferOut]:
        """Read an offer with what is offered."""
        return _answered(session, actor, key)

    @put(
        "/{key:uuid}", operation_id="changeOffer", sync_to_thread=True, summary="Change an offer / Ändra ett erbjudande"
    )
    def change(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: FromPath[UUID],
        data: JSONBody[OfferChange],
        if_match: NamedDependency[int | None],
    ) -> Response[OfferOut]:
        """Replace what an offer says. What is booked already stays booked. For listers."""
        service.update_offer(session, actor, key, data.draft(), if_version=if_match)
        return _answered(session, actor, key)

    @post("/{key:uuid}/opening", operation_id="openOffer", sync_to_thread=True, status_code=200, summary="Open / Öppna")
    def open(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: FromPath[UUID]
    ) -> Response[OfferOut]:
        """Show a draft or a paused offer to those who may see it."""
        service.open_offer(session, actor, key)
        return _answered(session, actor, key)

    @post("/{key:uuid}/pause", operation_id="pauseOffer", sync_to_thread=True, status_code=200, summary="Pause / Pausa")
    def pause(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: FromPath[UUID]
    ) -> Response[OfferOut]:
        """Hide an open offer for the time being."""
        service.pause_offer(session, actor, key)
        return _answered(session, actor, key)

    @post(
        "/{key:uuid}/closing", operation_id="closeOffer", sync_to_thread=True, status_code=200, summary="Close / Stäng"
    )
    def close(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: FromPath[UUID],
        data: JSONBody[Closing],
    ) -> Response[OfferOut]:
        """Take an offer away. What is booked already stays booked; until `undoUntil` it may be undone."""
        service.close_offer(session, actor, key, data.words or None)
        return _answered(session, actor, key)

    @post(
        "/{key:uuid}/reopening",
        operation_id="reopenOffer",
        sync_to_thread=True,
        status_code=200,
        summary="Undo the closing / Ångra avslutet",
    )
    def reopen(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: FromPath[UUID]
    ) -> Response[OfferOut]:
        """Let an offer be what it was before it was closed, with the proposals that wait; again, it changes nothing.

        Refused (409) when it is too late (`undo_too_late`), when the offer is not closed (`nothing_to_undo`), or when
        its resource has been offered anew in that time (`already_offered`).
        """
        service.reopen_offer(session, actor, key)
        return _answered(session, actor, key)


def _made(session: Session, actor: Actor, data: OfferIn) -> Offer:
    if data.resource is not None:
        faults = Faults()
        with faults.under():
            described, card = data.described()
        with faults.under():
            draft = data.draft()
        faults.refuse()
        return service.post_resource(session, actor, described, draft, card=card, open=data.open)
    offer = service.create_offer(session, actor, data.listed(), data.draft())
    return service.open_offer(session, actor, offer.id) if data.open else offer


def _shown(session: Session, actor: Actor, key: UUID) -> OfferOut:
    view = queries.offer_view(session, actor, key)
    reads.offers_read(session, actor, [view])
    return offer_out(view)


def _answered(session: Session, actor: Actor, key: UUID) -> Response[OfferOut]:
    shown = _shown(session, actor, key)
    return answered(shown, shown.version)


def _municipality(text: str | None) -> str | None:
    try:
        return geo.municipality(text).code if text else None
    except BadInput as error:
        raise BadInput("municipalityCode", text, error.parameters[0].reason) from error


def _near(text: str | None, km: float) -> Near | None:
    try:
        return Near(geo.place(text).position, km) if text else None
    except BadInput as error:
        raise BadInput("near", text, error.parameters[0].reason) from error


def _during(since: str | None, until: str | None) -> Interval | None:
    start, end = _instant("from", since), _instant("until", until)
    if start is None and end is None:
        return None
    start = start or clock.now()
    if end is not None and end <= start:
        raise BadInput("until", until, "it has to be after from")
    return Interval(start, end)


def _instant(name: str, text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = read_instant(text)
    except BadInput as error:
        raise BadInput(name, text, error.parameters[0].reason) from error
    refuse_if(instant_faults(name, moment, LAST_DAY.year))
    return utc(name, moment)
