"""`/api/v1/advisers`: what you answer questions about."""

from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from sqlmodel import Session

from api.http.idempotency import Idempotency
from api.http.paging import Paging, listing
from api.http.responses import created
from api.schemas.asking.advisers import AdviserIn, AdviserOut, adviser_out
from api.schemas.base import Listing
from competence.queries import skills_by_code
from core.actor import Actor
from core.database.page import page_of
from marketplace.questions import panels


class Advisers(Controller):
    """Say what you answer questions about, pause, take away."""

    path = "/advisers"
    tags = ("questions",)

    @get("/", operation_id="listAdvised", sync_to_thread=True, summary="List what you answer / Lista vad du svarar om")
    def search(
        self,
        *,
        request: Request[Any, Any, Any],
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        paging: NamedDependency[Paging],
    ) -> Listing[AdviserOut]:
        """List what you answer questions about: of others it is not told."""
        found = page_of(panels.own_advisers(session, actor), paging.page, paging.limit)
        return listing(request, found, lambda row: adviser_out(*row))

    @post("/", operation_id="adviseOnSkill", sync_to_thread=True, summary="Answer questions / Svara på frågor")
    def advise(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        data: JSONBody[AdviserIn],
        idempotency: NamedDependency[Idempotency],
    ) -> Response[AdviserOut]:
        """Answer questions about a skill, what is narrower and what is broader; said anew, it changes whose."""

        def make() -> Response[AdviserOut]:
            code = data.skill_code
            skill = panels.chosen_skill(skills_by_code(session, [code]).get(code), code)
            row = panels.advise(session, actor, skill, data.audience)
            return created(_out(session, actor, row.id), f"/api/v1/advisers/{row.id}")

        return idempotency.answer(data, make)

    @get("/{key:uuid}", operation_id="readAdvised", sync_to_thread=True, summary="Read one / Läs ett")
    def read(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: FromPath[UUID]
    ) -> AdviserOut:
        """Read one thing that you answer questions about."""
        return _out(session, actor, key)

    @post(
        "/{key:uuid}/pause",
        operation_id="pauseAdvising",
        sync_to_thread=True,
        status_code=200,
        summary="Be asked no more for now / Pausa frågorna",
    )
    def pause(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: FromPath[UUID]
    ) -> AdviserOut:
        """Be asked no more about it for the time being."""
        panels.pause(session, actor, key)
        return _out(session, actor, key)

    @post(
        "/{key:uuid}/resumption",
        operation_id="resumeAdvising",
        sync_to_thread=True,
        status_code=200,
        summary="Be asked again / Ta emot frågor igen",
    )
    def resume(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: FromPath[UUID]
    ) -> AdviserOut:
        """Be asked about it again."""
        panels.resume(session, actor, key)
        return _out(session, actor, key)

    @delete("/{key:uuid}", operation_id="endAdvising", sync_to_thread=True, summary="Stop answering / Sluta svara")
    def remove(self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: FromPath[UUID]) -> None:
        """Be asked no more about it; what you have answered stands."""
        panels.remove(session, actor, key)


def _out(session: Session, actor: Actor, key: UUID) -> AdviserOut:
    row = panels.own_adviser(session, actor, key)
    session.refresh(row.Adviser)
    return adviser_out(row.Adviser, row.Skill)
