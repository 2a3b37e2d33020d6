"""`…/history` and `/api/v1/requests/{id}/case`: what happened to things, for those who may know."""

from typing import Any
from uuid import UUID

from litestar import Controller, Request, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlmodel import Session

from api.http.paging import Paging, listing
from api.schemas.base import Listing
from api.schemas.history.case import CaseOut, case_out
from api.schemas.history.events import EventOut, HistoryOut, event_out
from core.actor import Actor, check_may
from core.roles import Permission
from marketplace.bookings.queries import booking_view
from marketplace.offers.queries import offer_view
from marketplace.proposals.queries import proposal_view
from marketplace.views.case import exported
from marketplace.views.history import audit_page, happenings, reads_offer
from marketplace.views.request import request_view


class Histories(Controller):
    """Read what happened, when, by whom and why."""

    path = "/"
    tags = ("history",)

    @get(
        "/audit-entries",
        operation_id="listAuditEntries",
        sync_to_thread=True,
        summary="List audit entries / Lista granskningsposter",
    )
    def audit(
        self,
        *,
        request: Request[Any, Any, Any],
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        paging: NamedDependency[Paging],
    ) -> Listing[EventOut]:
        """List what the members of your organisation did, and of whom they were shown personal data. For auditors."""
        return listing(request, audit_page(session, actor, paging.page, paging.limit), event_out)

    @get(
        "/requests/{key:uuid}/history",
        operation_id="readRequestHistory",
        sync_to_thread=True,
        summary="Read a request's history / Läs ett behovs historik",
    )
    def of_request(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: FromPath[UUID]
    ) -> HistoryOut:
        """Read what happened to a request of your organisation; coordinators read that of all in their area."""
        request_view(session, actor, key)
        return _history(session, actor, "request", key)

    @get(
        "/requests/{key:uuid}/case",
        operation_id="exportCase",
        sync_to_thread=True,
        summary="Export a case / Exportera ett ärende",
    )
    def case(self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: FromPath[UUID]) -> CaseOut:
        """Take out a request with its proposals and bookings and what happened to them, which the audit tells."""
        return case_out(exported(session, actor, key))

    @get(
        "/offers/{key:uuid}/history",
        operation_id="readOfferHistory",
        sync_to_thread=True,
        summary="Read an offer's history / Läs ett erbjudandes historik",
    )
    def of_offer(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: FromPath[UUID]
    ) -> HistoryOut:
        """Read what happened to an offer, for those who may change it, for auditors and for coordinators."""
        view = offer_view(session, actor, key)
        if not reads_offer(actor, view):
            check_may(actor, Permission.OFFER, view.owner.id)
        return _history(session, actor, "offer", key)

    @get(
        "/proposals/{key:uuid}/history",
        operation_id="readProposalHistory",
        sync_to_thread=True,
        summary="Read a proposal's history / Läs ett förslags historik",
    )
    def of_proposal(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: FromPath[UUID]
    ) -> HistoryOut:
        """Read what happened to a proposal, for coordinators: the parties decide each for themselves."""
        check_may(actor, Permission.DECIDE, proposal_view(session, actor, key).requester.id)
        return _history(session, actor, "proposal", key)

    @get(
        "/bookings/{key:uuid}/history",
        operation_id="readBookingHistory",
        sync_to_thread=True,
        summary="Read a booking's history / Läs en boknings historik",
    )
    def of_booking(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: FromPath[UUID]
    ) -> HistoryOut:
        """Read what happened to a booking, for both sides and for coordinators."""
        booking_view(session, actor, key)
        return _history(session, actor, "booking", key)


def _history(session: Session, actor: Actor, entity: str, key: UUID) -> HistoryOut:
    return HistoryOut(items=[event_out(each) for each in happenings(session, actor, {entity: [key]})])
