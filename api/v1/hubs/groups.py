"""`/api/v1/hubs/{id}/groups` and `/api/v1/hub-groups`: networks and working groups of members of hubs."""

from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from sqlmodel import Session

from api.http.idempotency import Idempotency
from api.http.paging import Paging, listing
from api.http.responses import answered, created
from api.schemas.base import Listing
from api.schemas.hubs.groups import (
    HubGroupIn,
    HubGroupJoining,
    HubGroupOut,
    HubGroupWithPeople,
    group_out,
    group_with_people,
)
from core.actor import Actor
from hubs.groups import queries, service


class HubGroups(Controller):
    """List, begin, read, change, join, leave, close."""

    path = "/"
    tags = ("hubs",)

    @get("/hubs/{key:uuid}/groups", operation_id="listHubGroups", sync_to_thread=True, summary="Groups / Grupper")
    def search(
        self,
        *,
        request: Request[Any, Any, Any],
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        paging: NamedDependency[Paging],
        key: FromPath[UUID],
    ) -> Listing[HubGroupOut]:
        """List the groups that began at a hub and are not closed, by name: for members of any hub, and its host."""
        return listing(request, queries.groups_page(session, actor, key, paging.page, paging.limit), group_out)

    @post("/hubs/{key:uuid}/groups", operation_id="beginHubGroup", sync_to_thread=True, summary="Begin one / Starta en")
    def begin(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: FromPath[UUID],
        data: JSONBody[HubGroupIn],
        idempotency: NamedDependency[Idempotency],
    ) -> Response[HubGroupWithPeople]:
        """Begin a group at a hub that you are a member or host of. 409 `group_exists`: there is one of that name."""

        def make() -> Response[HubGroupWithPeople]:
            row = service.begin(session, actor, key, data.draft())
            return created(_out(session, actor, row.id), f"/api/v1/hub-groups/{row.id}", row.version)

        return idempotency.answer(data, make)

    @get("/hub-groups/{key:uuid}", operation_id="readHubGroup", sync_to_thread=True, summary="Read one / Läs en")
    def read(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: FromPath[UUID]
    ) -> Response[HubGroupWithPeople]:
        """Read a group; who is in it reads who else is, of those who tell so."""
        return answered(_out(session, actor, key), queries.group_view(session, actor, key).group.version)

    @put("/hub-groups/{key:uuid}", operation_id="changeHubGroup", sync_to_thread=True, summary="Change one / Ändra en")
    def change(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: FromPath[UUID],
        data: JSONBody[HubGroupIn],
        if_match: NamedDependency[int | None],
    ) -> Response[HubGroupWithPeople]:
        """Say anew what it is: for who began it, and the host of the hub."""
        row = service.change(session, actor, key, data.draft(), if_version=if_match)
        return answered(_out(session, actor, key), row.version)

    @post(
        "/hub-groups/{key:uuid}/joining",
        operation_id="joinHubGroup",
        sync_to_thread=True,
        status_code=200,
        summary="Join / Gå med",
    )
    def join(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: FromPath[UUID],
        data: JSONBody[HubGroupJoining],
    ) -> HubGroupWithPeople:
        """Be in it, as a member of any hub, or say anew whether the others are told your name."""
        service.join(session, actor, key, named=data.named)
        return _out(session, actor, key)

    @post(
        "/hub-groups/{key:uuid}/leaving",
        operation_id="leaveHubGroup",
        sync_to_thread=True,
        status_code=200,
        summary="Leave / Gå ur",
    )
    def leave(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: FromPath[UUID]
    ) -> HubGroupWithPeople:
        """Be in it no more."""
        service.leave(session, actor, key)
        return _out(session, actor, key)

    @post(
        "/hub-groups/{key:uuid}/closing",
        operation_id="closeHubGroup",
        sync_to_thread=True,
        status_code=200,
        summary="Close / Avsluta",
    )
    def close(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: FromPath[UUID]
    ) -> HubGroupWithPeople:
        """Let nobody join it any more, and list it no more; for who began it, and the host of the hub."""
        service.close(session, actor, key)
        return _out(session, actor, key)


def _out(session: Session, actor: Actor, group_id: UUID) -> HubGroupWithPeople:
    return group_with_people(queries.group_view(session, actor, group_id), queries.people(session, actor, group_id))
