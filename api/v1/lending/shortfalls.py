"""`/api/v1/bookings/…/shortfalls`: what is lost is missing where it was promised, and the borrower decides."""

from typing import Any
from uuid import UUID

from litestar import Controller, Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from sqlmodel import Session

from api.http.paging import Paging, listing
from api.papers.drawing import add_to_paper
from api.schemas.agreements.shortfalls import ShortfallDecisionIn, ShortfallOut, shortfall_out
from api.schemas.base import Listing
from core.actor import Actor
from marketplace.shortfalls import queries, service
from marketplace.shortfalls.models import ShortfallState


class Shortfalls(Controller):
    """See how much is missing, and decide."""

    path = "/bookings/{key:uuid}/shortfalls"
    tags = ("bookings",)

    @get("/", operation_id="listShortfalls", sync_to_thread=True, summary="List what is missing / Lista vad som saknas")
    def page(
        self,
        *,
        request: Request[Any, Any, Any],
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        paging: NamedDependency[Paging],
        key: FromPath[UUID],
    ) -> Listing[ShortfallOut]:
        """List what was or is missing from the booking because it is lost, the latest first."""
        return listing(request, queries.of_booking(session, actor, key, paging.page, paging.limit), shortfall_out)

    @post(
        "/decision",
        operation_id="decideShortfall",
        sync_to_thread=True,
        status_code=200,
        summary="Decide about what is missing / Besluta om det som saknas",
    )
    def decide(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: FromPath[UUID],
        data: JSONBody[ShortfallDecisionIn],
    ) -> ShortfallOut:
        """Take what there is, or have the booking cancelled and what was needed matched anew. For the borrower.

        An agreement on paper gets an addendum. 409 `nothing_to_decide` where nothing is missing, `none_left` where
        there is nothing to be taken.
        """
        decided = service.decide(session, actor, key, ShortfallState(data.to.value))
        add_to_paper(session, actor, key)
        return shortfall_out(decided)
