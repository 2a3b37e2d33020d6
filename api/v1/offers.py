"""`/api/v1/offers`: what can be had."""

from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post, put
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, JSONBody
from sqlmodel import Session

from api.http.idempotency import Idempotency
from api.http.paging import Paging, listing
from api.http.responses import answered, created
from api.schemas.base import Listing
from api.schemas.offers import Closing, OfferChange, OfferIn, OfferOut, offer_listed, offer_out
from api.v1.searching.parameters import provide_offer_search
from core.actor import Actor
from core.errors import Faults
from marketplace.offers import queries, service
from marketplace.offers.models import Offer
from marketplace.offers.search import OfferSearch
from marketplace.views import reads
from marketplace.views.search import search_offers


class Offers(Controller):
    """Find offers, make them, and bring them from state to state."""

    path = "/offers"
    tags = ("offers",)

    @get(
        "/",
        operation_id="listOffers",
        sync_to_thread=True,
        dependencies={"offer_search": Provide(provide_offer_search, sync_to_thread=False)},
        summary="Search offers / Sök erbjudanden",
    )
    def search(
        self,
        *,
        request: Request[Any, Any, Any],
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        paging: NamedDependency[Paging],
        offer_search: NamedDependency[OfferSearch],
    ) -> Listing[OfferOut]:
        """List the offers that you may see: nearest first, then those that fit the text best, then the newest."""
        found = search_offers(session, actor, offer_search, paging.page, paging.limit)
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
