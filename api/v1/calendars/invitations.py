"""`/api/v1/bookings/…/invitations`: what the calendar of what is lent was told, and what it has answered."""

from typing import Any
from uuid import UUID

from litestar import Controller, Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlmodel import Session

from api.http.paging import Paging, listing
from api.schemas.agreements.invitations import InvitationOut, invitation_out
from api.schemas.base import Listing
from core.actor import Actor
from marketplace.invitations import answering, queries


class Invitations(Controller):
    """Follow what a room's calendar answers, and decide where it proposes another time."""

    path = "/bookings/{key:uuid}/invitations"
    tags = ("bookings",)

    @get(
        "/",
        operation_id="listInvitations",
        sync_to_thread=True,
        summary="List what a room's calendar answers / Lista vad ett rums kalender svarar",
    )
    def page(
        self,
        *,
        request: Request[Any, Any, Any],
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        paging: NamedDependency[Paging],
        key: FromPath[UUID],
    ) -> Listing[InvitationOut]:
        """List the dates to which the calendar of what is lent was invited, in order, for either side."""
        return listing(request, queries.page_of(session, actor, key, paging.page, paging.limit), invitation_out)

    @post(
        "/{invitation:uuid}/acceptance",
        operation_id="takeOtherTime",
        sync_to_thread=True,
        status_code=200,
        summary="Take the time that a room proposes / Ta tiden som ett rum föreslår",
    )
    def accept(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: FromPath[UUID],
        invitation: FromPath[UUID],
    ) -> InvitationOut:
        """Move a date to the time that the room's calendar proposes, for the borrower.

        409 `nothing_to_decide` where none is proposed, `already_begun` where it is too late, `capacity_exceeded` where
        it is taken then.
        """
        return invitation_out(answering.decide(session, actor, key, invitation, accepted=True))

    @post(
        "/{invitation:uuid}/refusal",
        operation_id="keepBookedTime",
        sync_to_thread=True,
        status_code=200,
        summary="Keep to the time that is booked / Håll fast vid den bokade tiden",
    )
    def refuse(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: FromPath[UUID],
        invitation: FromPath[UUID],
    ) -> InvitationOut:
        """Keep to the time that is booked, and ask the room's calendar again. Errors as of taking the other time."""
        return invitation_out(answering.decide(session, actor, key, invitation, accepted=False))
