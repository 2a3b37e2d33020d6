"""`/api/v1/bookings/…/later-ends`: what is lent stays out for longer, if nothing else is booked then."""

from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from sqlmodel import Session

from api.http.idempotency import Idempotency
from api.http.paging import Paging, listing
from api.http.responses import created
from api.papers.drawing import add_to_paper
from api.schemas.agreements.later_ends import LaterEndIn, LaterEndOut, LaterEndRefusalIn, later_end_out
from api.schemas.base import Listing
from core.actor import Actor
from marketplace.later_ends import queries, service
from marketplace.later_ends.models import LaterEndState


class LaterEnds(Controller):
    """Ask to keep what is lent for longer, and answer."""

    path = "/bookings/{key:uuid}/later-ends"
    tags = ("bookings",)

    @get("/", operation_id="listLaterEnds", sync_to_thread=True, summary="List later ends / Lista senare slut")
    def page(
        self,
        *,
        request: Request[Any, Any, Any],
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        paging: NamedDependency[Paging],
        key: FromPath[UUID],
    ) -> Listing[LaterEndOut]:
        """List what the borrower has asked about the booking's end, and the answers, the latest first."""
        found = queries.of_booking(session, actor, key, paging.page, paging.limit)
        return listing(request, found, later_end_out)

    @post(
        "/", operation_id="askForLaterEnd", sync_to_thread=True, summary="Ask for a later end / Be om ett senare slut"
    )
    def ask(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        idempotency: NamedDependency[Idempotency],
        key: FromPath[UUID],
        data: JSONBody[LaterEndIn],
    ) -> Response[LaterEndOut]:
        """Ask to keep what is lent until later. For the borrower; the lender answers, and what was asked before lapses.

        409 `not_free` says until when it can be had, and why; `assessed_anew` is for loans of people, `several_dates`
        for series. Where the borrower's member answers for the lender too, it is granted at once.
        """

        def make() -> Response[LaterEndOut]:
            made = service.ask(session, actor, key, data.until, data.words)
            if made.state is LaterEndState.GRANTED:
                add_to_paper(session, actor, key)
            return created(later_end_out(made), f"/api/v1/bookings/{key}/later-ends")

        return idempotency.answer(data, make)

    @post(
        "/{asked:uuid}/acceptance",
        operation_id="grantLaterEnd",
        sync_to_thread=True,
        status_code=200,
        summary="Let it end later / Låt det sluta senare",
    )
    def grant(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: FromPath[UUID],
        asked: FromPath[UUID],
    ) -> LaterEndOut:
        """Let the booking end as late as was asked for. For the lender.

        Its claims and calendars follow, and an agreement on paper gets an addendum. 409 `not_free` where it was taken
        meanwhile.
        """
        granted = service.grant(session, actor, key, asked)
        add_to_paper(session, actor, key)
        return later_end_out(granted)

    @post(
        "/{asked:uuid}/refusal",
        operation_id="refuseLaterEnd",
        sync_to_thread=True,
        status_code=200,
        summary="Let it end as agreed / Låt det sluta som avtalat",
    )
    def refuse(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: FromPath[UUID],
        asked: FromPath[UUID],
        data: JSONBody[LaterEndRefusalIn],
    ) -> LaterEndOut:
        """Say no, with a reason: it ends as agreed. For the lender."""
        return later_end_out(service.refuse(session, actor, key, asked, data.code, words=data.words))
