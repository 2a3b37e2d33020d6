"""`/api/v1/hubs/{id}/…` about those who come without being members, and what was said of visits."""

from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from sqlmodel import Session

from api.http.idempotency import Idempotency
from api.http.paging import Paging, listing
from api.http.responses import created
from api.language import i18n
from api.schemas.base import Listing
from api.schemas.hubs.visits import HubFeedbackOut, HubVisitIn, HubVisitOut, visit_out
from core.actor import Actor
from hubs.figures.queries import words_page
from hubs.profiles.queries import check_member
from hubs.visits import queries, service


class HubVisits(Controller):
    """Read who comes, invite somebody, read whom one has invited, read what was said."""

    path = "/hubs/{key:uuid}"
    tags = ("hubs",)

    @get("/visits", operation_id="listHubVisits", sync_to_thread=True, summary="Who visits / Vilka som kommer på besök")
    def who_comes(
        self,
        *,
        request: Request[Any, Any, Any],
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        paging: NamedDependency[Paging],
        key: FromPath[UUID],
    ) -> Listing[HubVisitOut]:
        """List who has said that it comes from today on, the first day first, and who could not be told that its visit
        is called off. For hosts."""
        return listing(request, queries.who_comes(session, actor, key, paging.page, paging.limit), visit_out)

    @get(
        "/invitations",
        operation_id="listHubInvitations",
        sync_to_thread=True,
        summary="Whom you have invited / Vilka du har bjudit in",
    )
    def invited(
        self,
        *,
        request: Request[Any, Any, Any],
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        paging: NamedDependency[Paging],
        key: FromPath[UUID],
    ) -> Listing[HubVisitOut]:
        """List whom you have invited from today on, be they asked still. For members."""
        check_member(session, actor, key)
        return listing(request, queries.invited(session, actor, key, paging.page, paging.limit), visit_out)

    @post(
        "/invitations",
        operation_id="inviteToHub",
        sync_to_thread=True,
        summary="Invite somebody / Bjud in någon",
    )
    def invite(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: FromPath[UUID],
        data: JSONBody[HubVisitIn],
        idempotency: NamedDependency[Idempotency],
    ) -> Response[HubVisitIn]:
        """Ask somebody by mail whether it comes on a day on which you are a member. For members.

        The answer is the same whatever else is known of the address. 409 `no_room`, `too_many_visits`,
        `already_invited` by you, `hub_closed`.
        """

        def make() -> Response[HubVisitIn]:
            check_member(session, actor, key)
            service.invite(session, actor, key, data.draft(), i18n.language())
            return created(data, f"/api/v1/hubs/{key}/invitations")

        return idempotency.answer(data, make)

    @get("/feedback", operation_id="listHubFeedback", sync_to_thread=True, summary="What was said / Vad som sades")
    def feedback(
        self,
        *,
        request: Request[Any, Any, Any],
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        paging: NamedDependency[Paging],
        key: FromPath[UUID],
    ) -> Listing[HubFeedbackOut]:
        """List what was added in words in the quarter that was closed last, if five people or more answered, by the
        alphabet. For hosts. Numbers are among the key figures."""
        found = words_page(session, actor, key, paging.page, paging.limit)
        return listing(request, found, lambda words: HubFeedbackOut(words=words))
