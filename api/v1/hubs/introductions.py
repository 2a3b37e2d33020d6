"""`/api/v1/introductions` and `/api/v1/hubs/{id}/coffee`: meeting others of a hub, by one of its members."""

from typing import Any
from uuid import UUID

from litestar import Controller, Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from sqlmodel import Session

from api.http.paging import Paging, listing
from api.schemas.base import Listing
from api.schemas.hubs.coffee import CoffeeIn, CoffeeOut, coffee_out
from api.schemas.hubs.introductions import (
    IntroductionAnswerIn,
    IntroductionOut,
    introduction_listed,
    introduction_out,
)
from core.actor import Actor
from hubs.coffee import queries as coffee
from hubs.coffee.service import take_part
from hubs.introductions import queries, service
from marketplace.views.reads import members_read


class Introductions(Controller):
    """List one's introductions, answer, withdraw."""

    path = "/introductions"
    tags = ("hubs",)

    @get("/", operation_id="listIntroductions", sync_to_thread=True, summary="List yours / Lista dina")
    def search(
        self,
        *,
        request: Request[Any, Any, Any],
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        paging: NamedDependency[Paging],
    ) -> Listing[IntroductionOut]:
        """List the introductions that you are asked about, or were, at all hubs, the latest first."""
        found = queries.own_page(session, actor, paging.page, paging.limit)
        members_read(session, actor, [each.other.member for each in found.items if each.other])
        return listing(request, found, introduction_listed)

    @get("/{key:uuid}", operation_id="readIntroduction", sync_to_thread=True, summary="Read one / Läs en")
    def read(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: FromPath[UUID]
    ) -> IntroductionOut:
        """Read an introduction of yours. For nobody else, the hosts neither."""
        return _read(session, actor, key)

    @post(
        "/{key:uuid}/answer",
        operation_id="answerIntroduction",
        sync_to_thread=True,
        status_code=200,
        summary="Answer / Svara",
    )
    def answer(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: FromPath[UUID],
        data: JSONBody[IntroductionAnswerIn],
    ) -> IntroductionOut:
        """Say yes or no; until both have said yes you may change it. A no is told to nobody."""
        service.answer(session, actor, key, data.answer)
        return _read(session, actor, key)

    @post(
        "/{key:uuid}/withdrawal",
        operation_id="withdrawIntroduction",
        sync_to_thread=True,
        status_code=200,
        summary="Withdraw / Dra tillbaka",
    )
    def withdraw(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: FromPath[UUID]
    ) -> IntroductionOut:
        """Be shown to each other no more; both are told. What was read cannot be untold."""
        service.withdraw(session, actor, key)
        return _read(session, actor, key)


class HubCoffee(Controller):
    """Take part in rounds of coffee, and read with whom."""

    path = "/hubs/{key:uuid}/coffee"
    tags = ("hubs",)

    @get("/", operation_id="readHubCoffee", sync_to_thread=True, summary="Your coffee / Din fika")
    def read(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: FromPath[UUID]
    ) -> CoffeeOut:
        """Read whether you take part, and with whom you have coffee in the latest round."""
        return _coffee(session, actor, key)

    @post("/", operation_id="changeHubCoffee", sync_to_thread=True, status_code=200, summary="Take part / Var med")
    def take_part(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: FromPath[UUID],
        data: JSONBody[CoffeeIn],
    ) -> CoffeeOut:
        """Take part from the next round on, or no more: then whoever was to meet you is told at once."""
        take_part(session, actor, key, takes_part=data.takes_part)
        return _coffee(session, actor, key)


def _coffee(session: Session, actor: Actor, key: UUID) -> CoffeeOut:
    own = coffee.own_coffee(session, actor, key)
    members_read(session, actor, [own.partner.member] if own.partner else [])
    return coffee_out(own)


def _read(session: Session, actor: Actor, key: UUID) -> IntroductionOut:
    view = queries.introduction_view(session, actor, key)
    members_read(session, actor, [view.other.member] if view.other else [])
    return introduction_out(view, queries.reasons_to_meet(session, actor, view))
