"""`/api/v1/hub-letters`: the letters of hubs, for who may read them, and writing them, for hosts."""

from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from sqlmodel import Session

from api.http.idempotency import Idempotency
from api.http.paging import Paging, listing
from api.http.responses import answered, created
from api.mail.letters.drafting import draft, usual_plan
from api.mail.letters.message import words_for
from api.schemas.base import Listing
from api.schemas.hubs.letters import LetterDrafted, LetterIn, LetterOut, LetterWish, letter_listed, letter_out
from core.actor import Actor
from hubs.letters import queries, service
from hubs.letters.queries import LetterView
from hubs.membership.queries import is_member
from hubs.places.queries import hosted_hub, hub_view

Key = FromPath[UUID]


class HubLettersOfHub(Controller):
    """List, draft, and want the weekly letter or not."""

    path = "/hubs/{key:uuid}"
    tags = ("hubs",)

    @get("/letters", operation_id="listHubLetters", sync_to_thread=True, summary="List letters / Lista brev")
    def search(
        self,
        *,
        request: Request[Any, Any, Any],
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        paging: NamedDependency[Paging],
        key: Key,
    ) -> Listing[LetterOut]:
        """List the letters that you may read, the latest first; of a host's all, drafts too."""
        keeps, belongs = hub_view(session, actor, key).hosted_by(actor), is_member(session, key, actor.member_id)
        found = queries.letters_page(session, actor, key, paging.page, paging.limit)

        def out(letter: Any) -> LetterOut:
            words = letter.words if keeps else words_for(session, letter, is_member=belongs)
            return letter_listed(letter_out(letter, words, keeps=keeps))

        return listing(request, found, out)

    @post("/letters", operation_id="draftHubLetter", sync_to_thread=True, summary="Draft a letter / Gör ett utkast")
    def draft(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: Key,
        data: JSONBody[LetterDrafted],
        idempotency: NamedDependency[Idempotency],
    ) -> Response[LetterOut]:
        """Make a draft from what has happened and what comes. For hosts."""

        def make() -> Response[LetterOut]:
            hosted_hub(session, actor, key)
            row = queries.plans(session, key).get(data.kind) or usual_plan(key, data.kind)
            made = draft(session, actor, row)
            return created(letter_out(made, made.words, keeps=True), f"/api/v1/hub-letters/{made.id}", made.version)

        return idempotency.answer(data, make)

    @post(
        "/letter-wish",
        operation_id="chooseHubLetter",
        sync_to_thread=True,
        status_code=200,
        summary="Want the weekly letter or not / Få veckobrevet eller inte",
    )
    def choose(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: Key,
        data: JSONBody[LetterWish],
    ) -> LetterWish:
        """Say whether you want it, as a member or as an employee of a member organisation."""
        service.choose(session, actor, key, wanted=data.wanted)
        return data


class HubLetters(Controller):
    """Read, change, schedule, take back, cancel."""

    path = "/hub-letters/{key:uuid}"
    tags = ("hubs",)

    @get("/", operation_id="readHubLetter", sync_to_thread=True, summary="Read a letter / Läs ett brev")
    def read(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: Key
    ) -> Response[LetterOut]:
        """Read a letter that you may read."""
        return _answered(session, queries.letter_view(session, actor, key))

    @put("/", operation_id="changeHubLetter", sync_to_thread=True, summary="Change a draft / Ändra ett utkast")
    def change(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: Key,
        data: JSONBody[LetterIn],
        if_match: NamedDependency[int | None],
    ) -> Response[LetterOut]:
        """Replace what a draft says. For hosts. 409 `not_a_draft`: take it back first."""
        service.change(session, actor, key, data.draft(), if_version=if_match)
        return _answered(session, queries.letter_view(session, actor, key))

    @post(
        "/scheduling",
        operation_id="scheduleHubLetter",
        sync_to_thread=True,
        status_code=200,
        summary="Let it go at its time / Låt det gå på sin tid",
    )
    def schedule(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: Key,
        if_match: NamedDependency[int | None],
    ) -> Response[LetterOut]:
        """Let a draft go at its time, once. For hosts."""
        service.schedule(session, actor, key, if_version=if_match)
        return _answered(session, queries.letter_view(session, actor, key))

    @post(
        "/taking-back",
        operation_id="takeHubLetterBack",
        sync_to_thread=True,
        status_code=200,
        summary="Take a letter back / Ta tillbaka ett brev",
    )
    def take_back(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: Key
    ) -> Response[LetterOut]:
        """Let a letter that has not gone be a draft again. For hosts."""
        service.take_back(session, actor, key)
        return _answered(session, queries.letter_view(session, actor, key))

    @post(
        "/cancellation",
        operation_id="cancelHubLetter",
        sync_to_thread=True,
        status_code=200,
        summary="Cancel a letter / Ställ in ett brev",
    )
    def cancel(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: Key
    ) -> Response[LetterOut]:
        """Let a letter not go. For hosts."""
        service.cancel(session, actor, key)
        return _answered(session, queries.letter_view(session, actor, key))


def _answered(session: Session, view: LetterView) -> Response[LetterOut]:
    letter = view.letter
    session.refresh(letter)
    words = letter.words if view.keeps else words_for(session, letter, is_member=view.belongs)
    return answered(letter_out(letter, words, keeps=view.keeps), letter.version)
