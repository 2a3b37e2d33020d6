"""`/api/v1/hubs/{id}/…` for the community manager: the desk, introductions to propose, and rounds of coffee."""

from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from sqlmodel import Session

from api.http.idempotency import Idempotency
from api.http.paging import Paging, listing
from api.http.responses import created
from api.schemas.base import Listing
from api.schemas.hubs.coffee import CoffeeScheduleIn, HostedCoffeeOut, hosted_coffee_out
from api.schemas.hubs.introductions import (
    HostedIntroductionOut,
    HubDeskOut,
    IntroductionIn,
    hosted_introduction_out,
    hub_desk_out,
)
from core.actor import Actor
from hubs.coffee import service as coffee
from hubs.coffee.queries import hosted_coffee
from hubs.desk.queries import desk
from hubs.introductions.queries import hosted, hosted_page
from hubs.introductions.service import propose
from hubs.places.queries import hosted_hub


class HubDesk(Controller):
    """Look after a hub's people, propose that two meet, have rounds of coffee."""

    path = "/hubs/{key:uuid}"
    tags = ("hubs",)

    @get("/desk", operation_id="readHubDesk", sync_to_thread=True, summary="Read the desk / Läs skrivbordet")
    def read(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: FromPath[UUID]
    ) -> HubDeskOut:
        """Read who is new, who has not been seen, and who should meet whom, by what members tell the hosts.

        For hosts.
        """
        return hub_desk_out(desk(session, actor, key))

    @get(
        "/introductions",
        operation_id="listHubIntroductions",
        sync_to_thread=True,
        summary="List introductions of a hub / Lista en hubbs introduktioner",
    )
    def introductions(
        self,
        *,
        request: Request[Any, Any, Any],
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        paging: NamedDependency[Paging],
        key: FromPath[UUID],
    ) -> Listing[HostedIntroductionOut]:
        """List the introductions that go on, the latest first; never who has answered what. For hosts."""
        hosted_hub(session, actor, key)
        return listing(request, hosted_page(session, key, paging.page, paging.limit), hosted_introduction_out)

    @post(
        "/introductions",
        operation_id="proposeIntroduction",
        sync_to_thread=True,
        summary="Propose that two meet / Föreslå att två träffas",
    )
    def introduce(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: FromPath[UUID],
        data: JSONBody[IntroductionIn],
        idempotency: NamedDependency[Idempotency],
    ) -> Response[HostedIntroductionOut]:
        """Ask two members whether they would like to meet; neither is told who the other is before both say yes.

        409 `introduced_before`: it was proposed to them half a year ago or less. For hosts.
        """

        def make() -> Response[HostedIntroductionOut]:
            row = propose(session, actor, key, (data.one_id, data.other_id), data.words)
            return created(hosted_introduction_out(hosted(session, row)), f"/api/v1/hubs/{key}/introductions")

        return idempotency.answer(data, make)

    @get(
        "/coffee-rounds",
        operation_id="readCoffeeRounds",
        sync_to_thread=True,
        summary="Read how rounds of coffee stand / Läs hur fikaomgångarna står",
    )
    def rounds(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: FromPath[UUID]
    ) -> HostedCoffeeOut:
        """Read how many take part, and when there is a round. For hosts."""
        hosted_hub(session, actor, key)
        return hosted_coffee_out(hosted_coffee(session, key))

    @post(
        "/coffee-rounds",
        operation_id="makeCoffeeRound",
        sync_to_thread=True,
        summary="Make a round of coffee / Gör en fikaomgång",
    )
    def make_round(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: FromPath[UUID],
        idempotency: NamedDependency[Idempotency],
    ) -> Response[HostedCoffeeOut]:
        """Choose now who has coffee with whom, and tell each; 409 `too_few` with fewer than two. For hosts."""

        def make() -> Response[HostedCoffeeOut]:
            coffee.make_round(session, actor, key)
            return created(hosted_coffee_out(hosted_coffee(session, key)), f"/api/v1/hubs/{key}/coffee-rounds")

        return idempotency.answer(None, make)

    @post(
        "/coffee-schedule",
        status_code=200,
        operation_id="changeCoffeeSchedule",
        sync_to_thread=True,
        summary="Say how often / Ange hur ofta",
    )
    def schedule(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: FromPath[UUID],
        data: JSONBody[CoffeeScheduleIn],
    ) -> HostedCoffeeOut:
        """Say every how many weeks there is a round by itself, or that there is none. For hosts."""
        hosted_hub(session, actor, key)
        coffee.schedule(session, actor, key, data.draft())
        return hosted_coffee_out(hosted_coffee(session, key))
