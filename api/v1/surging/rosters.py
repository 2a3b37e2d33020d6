"""`/api/v1/rosters`: which capacity cards may be called in a crisis, agreed beforehand."""

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
from api.schemas.surges.rosters import RosterIn, RosterOut, roster_out
from core.actor import Actor
from marketplace.surges import queries, rosters


class Rosters(Controller):
    """Agree beforehand who may be called."""

    path = "/rosters"
    tags = ("rosters",)

    @get("/", operation_id="listRosters", sync_to_thread=True, summary="List rosters / Lista beredskapslistor")
    def search(
        self,
        *,
        request: Request[Any, Any, Any],
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        paging: NamedDependency[Paging],
    ) -> Listing[RosterOut]:
        """List the rosters of your organisation, for its HR, and those of your area, for coordinators."""
        return listing(request, queries.rosters_page(session, actor, paging.page, paging.limit), roster_out)

    @post("/", operation_id="makeRoster", sync_to_thread=True, summary="Make a roster / Skapa en beredskapslista")
    def make(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        data: JSONBody[RosterIn],
        idempotency: NamedDependency[Idempotency],
    ) -> Response[RosterOut]:
        """Agree beforehand that cards of your organisation may be called. For HR of the whole organisation.

        Refused (409) where a card is in another roster (`in_other_roster`).
        """

        def made() -> Response[RosterOut]:
            row = rosters.make_roster(session, actor, data.draft())
            return created(_out(session, actor, row.id), f"/api/v1/rosters/{row.id}", row.version)

        return idempotency.answer(data, made)

    @get(
        "/{key:uuid}",
        operation_id="readRoster",
        sync_to_thread=True,
        summary="Read a roster / Läs en beredskapslista",
    )
    def read(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: FromPath[UUID]
    ) -> Response[RosterOut]:
        """Read a roster; which cards are in it is told to its organisation alone."""
        out = _out(session, actor, key)
        return answered(out, out.version)

    @put(
        "/{key:uuid}",
        operation_id="changeRoster",
        sync_to_thread=True,
        summary="Change a roster / Ändra en beredskapslista",
    )
    def change(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: FromPath[UUID],
        data: JSONBody[RosterIn],
        if_match: NamedDependency[int | None],
    ) -> Response[RosterOut]:
        """Replace what a roster in force says, its cards too. For HR of the whole organisation."""
        row = rosters.change_roster(session, actor, key, data.draft(), if_version=if_match)
        return answered(_out(session, actor, key), row.version)

    @post(
        "/{key:uuid}/ending",
        operation_id="endRoster",
        sync_to_thread=True,
        status_code=200,
        summary="End a roster / Avsluta en beredskapslista",
    )
    def end(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: FromPath[UUID]
    ) -> Response[RosterOut]:
        """Let a roster hold no more: nobody of it is called again, and its cards may be put in another."""
        rosters.end_roster(session, actor, key)
        out = _out(session, actor, key)
        return answered(out, out.version)


def _out(session: Session, actor: Actor, key: UUID) -> RosterOut:
    view = queries.roster_view(session, actor, key)
    session.refresh(view.roster)
    own = view.roster.organisation_id == actor.organisation_id and queries.keeps(actor)
    return roster_out(view, queries.cards_in(session, key) if own else None)
