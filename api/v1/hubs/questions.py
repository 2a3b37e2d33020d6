"""`/api/v1/hub-questions`: what members of hubs ask each other."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter
from sqlmodel import Session

from api.http.idempotency import Idempotency
from api.http.paging import Paging, listing
from api.http.responses import created
from api.schemas.base import Listing
from api.schemas.hubs.questions import (
    HubAnswerIn,
    HubQuestionIn,
    HubQuestionOut,
    HubQuestionRemoval,
    HubQuestionReport,
    hub_question_listed,
    hub_question_out,
)
from core.actor import Actor
from core.limits import LONGEST_NAME
from hubs.questions import queries, service
from hubs.questions.queries import HubQuestionSearch

Key = FromPath[UUID]


class HubQuestions(Controller):
    """Find, ask, answer, report, take away."""

    path = "/hub-questions"
    tags = ("hubs",)

    @get(
        "/",
        operation_id="listHubQuestions",
        sync_to_thread=True,
        summary="Find questions at hubs / Hitta frågor på hubbar",
    )
    def search(
        self,
        *,
        request: Request[Any, Any, Any],
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        paging: NamedDependency[Paging],
        hub: Annotated[UUID | None, QueryParameter(description="At this hub.")] = None,
        activity: Annotated[UUID | None, QueryParameter(description="About this activity.")] = None,
        group: Annotated[UUID | None, QueryParameter(description="In this group that you are in.")] = None,
        text: Annotated[
            str, QueryParameter(description="With these words, in the question or an answer.", max_length=LONGEST_NAME)
        ] = "",
    ) -> Listing[HubQuestionOut]:
        """List what you may read, the last asked first, and how many answers each has."""
        wanted = HubQuestionSearch(hub, activity, text, group)
        found = queries.questions_page(session, actor, wanted, page=paging.page, limit=paging.limit)
        return listing(request, found, hub_question_listed)

    @post("/", operation_id="askAtHub", sync_to_thread=True, summary="Ask the members / Fråga medlemmarna")
    def ask(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        data: JSONBody[HubQuestionIn],
        idempotency: NamedDependency[Idempotency],
    ) -> Response[HubQuestionOut]:
        """Ask at a hub that you are a member of, or in a group, ten times a day at most (409 `too_many_questions`)."""

        def make() -> Response[HubQuestionOut]:
            row = service.ask(session, actor, data.hub_id, data.draft())
            return created(_out(session, actor, row.id), f"/api/v1/hub-questions/{row.id}")

        return idempotency.answer(data, make)

    @get(
        "/{key:uuid}",
        operation_id="readHubQuestion",
        sync_to_thread=True,
        summary="Read a question at a hub / Läs en fråga på en hubb",
    )
    def read(self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: Key) -> HubQuestionOut:
        """Read a question with its answers."""
        return _out(session, actor, key)

    @post(
        "/{key:uuid}/answers",
        operation_id="answerAtHub",
        sync_to_thread=True,
        status_code=200,
        summary="Answer at a hub / Svara på en hubb",
    )
    def answer(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: Key,
        data: JSONBody[HubAnswerIn],
    ) -> HubQuestionOut:
        """Answer, as a member of the hub, of any hub where all are asked, of the group, or as host; else 409
        `not_member`. 409 `group_closed`: nothing is answered in it any more.
        """
        service.answer(session, actor, key, data.words, named=data.named)
        return _out(session, actor, key)

    @post(
        "/{key:uuid}/report",
        operation_id="reportHubQuestion",
        sync_to_thread=True,
        status_code=204,
        summary="Report a question at a hub / Anmäl en fråga på en hubb",
    )
    def report(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: Key,
        data: JSONBody[HubQuestionReport],
    ) -> None:
        """Tell the hosts of the hub that something has no place there."""
        service.report(session, actor, key, data.words)

    @post(
        "/{key:uuid}/removal",
        operation_id="removeHubQuestion",
        sync_to_thread=True,
        status_code=204,
        summary="Take away a question or an answer / Ta bort en fråga eller ett svar",
    )
    def remove(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: Key,
        data: JSONBody[HubQuestionRemoval],
    ) -> None:
        """Take away what you wrote, or as host what anybody wrote, who is told."""
        service.remove(session, actor, key, data.answer_id)


def _out(session: Session, actor: Actor, key: UUID) -> HubQuestionOut:
    return hub_question_out(queries.question_view(session, actor, key))
