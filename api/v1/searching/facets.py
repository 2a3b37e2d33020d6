"""`/api/v1/offers/facets`: how many offers there are of what could be looked for."""

from litestar import Controller, get
from litestar.di import NamedDependency, Provide
from sqlmodel import Session

from api.schemas.searching.facets import FacetsOut, facets_out
from api.v1.searching.parameters import provide_offer_search
from core.actor import Actor
from marketplace.offers.search import OfferSearch
from marketplace.views.search import offer_facets


class OfferFacets(Controller):
    """Narrow a search."""

    path = "/offers/facets"
    tags = ("offers",)

    @get(
        "/",
        operation_id="countOffers",
        sync_to_thread=True,
        dependencies={"offer_search": Provide(provide_offer_search, sync_to_thread=False)},
        summary="Count offers / Räkna erbjudanden",
    )
    def count(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        offer_search: NamedDependency[OfferSearch],
    ) -> FacetsOut:
        """Count what a search of offers finds, and what it would with another family, kind, place or size.

        Asks as `GET /api/v1/offers` does. Kinds are counted where a family is looked for, municipalities where a
        county is, and sizes where a family is and no time.
        """
        return facets_out(offer_facets(session, actor, offer_search))
