"""`/api/v1/questions`: ask about a skill its panel, or through HR the one who has it; no loan is asked for."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter
from sqlmodel import Session

from api.http.idempotency import Idempotency
from api.http.paging import Paging, listing
from api.http.responses import created
from api.schemas.asking.questions import (
    QuestionAnswerIn,
    QuestionEnding,
    QuestionIn,
    QuestionOut,
    QuestionRefusal,
    QuestionRemoval,
    QuestionReport,
    question_listed,
    question_out,
)
from api.schemas.base import Listing
from core.actor import Actor
from marketplace.questions import queries, service
from marketplace.questions.models import QuestionState
from marketplace.questions.queries import QuestionSearch, Whose
from marketplace.views import reads


class Questions(Controller):
    """Ask, answer, pass on, decline, end, report."""

    path = "/questions"
    tags = ("questions",)

    @get("/", operation_id="listQuestions", sync_to_thread=True, summary="List questions / Lista frågor om kompetens")
    def search(
        self,
        *,
        request: Request[Any, Any, Any],
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        paging: NamedDependency[Paging],
        whose: Annotated[
            Whose | None, QueryParameter(description="`mine`, or those that wait `for_me` to answer.")
        ] = None,
        skill: Annotated[
            str | None, QueryParameter(description="About a skill by its code, what is narrower or broader.")
        ] = None,
        in_state: Annotated[QuestionState | None, QueryParameter(name="state", description="In this state.")] = None,
        text: Annotated[str | None, QueryParameter(description="With this text.", max_length=200)] = None,
    ) -> Listing[QuestionOut]:
        """List the questions that you may see, those of others too, and how many answers of each you may read."""
        wanted = QuestionSearch(whose, skill, in_state, text)
        found = queries.questions_page(session, actor, wanted, paging.page, paging.limit)
        return listing(request, found, question_listed)

    @post("/", operation_id="askQuestion", sync_to_thread=True, summary="Ask about a skill / Fråga om en kompetens")
    def ask(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        data: JSONBody[QuestionIn],
        idempotency: NamedDependency[Idempotency],
    ) -> Response[QuestionOut]:
        """Ask the panel of a skill, or about a capacity card HR where the person works.

        Refused (409) where too many of yours wait (`too_many_questions`), where your organisation waits for an answer
        about the card (`already_asked`), and of your own organisation's cards (`own_card`).
        """

        def make() -> Response[QuestionOut]:
            row = service.ask(session, actor, data.draft())
            return created(_out(session, actor, row.id), f"/api/v1/questions/{row.id}")

        return idempotency.answer(data, make)

    @get(
        "/{key:uuid}",
        operation_id="readQuestion",
        sync_to_thread=True,
        summary="Read a question / Läs en fråga om kompetens",
    )
    def read(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: FromPath[UUID]
    ) -> QuestionOut:
        """Read a question with the answers that you may read."""
        return _out(session, actor, key)

    @post(
        "/{key:uuid}/answers",
        operation_id="answerQuestion",
        sync_to_thread=True,
        status_code=200,
        summary="Answer a question / Svara på en fråga",
    )
    def answer(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: FromPath[UUID],
        data: JSONBody[QuestionAnswerIn],
    ) -> QuestionOut:
        """Answer, as one of the panel, as HR, or as the one to whom HR passed it on; else 409 `not_asked`."""
        service.answer(session, actor, key, data.words, named=data.named)
        return _out(session, actor, key)

    @post(
        "/{key:uuid}/passing",
        operation_id="passQuestionOn",
        sync_to_thread=True,
        status_code=200,
        summary="Pass a question on / Lämna en fråga vidare",
    )
    def pass_on(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: FromPath[UUID]
    ) -> QuestionOut:
        """Let the one whose card it is answer or say no. For HR; whoever asked is not told."""
        service.pass_on(session, actor, key)
        return _out(session, actor, key)

    @post(
        "/{key:uuid}/refusal",
        operation_id="declineQuestion",
        sync_to_thread=True,
        status_code=204,
        summary="Decline a question / Avböj en fråga",
    )
    def decline(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: FromPath[UUID],
        data: JSONBody[QuestionRefusal],
    ) -> None:
        """Say no: HR, which ends it, or the one to whom it was passed on, after which it is HR's again."""
        service.decline(session, actor, key, data.words)

    @post(
        "/{key:uuid}/ending",
        operation_id="endQuestion",
        sync_to_thread=True,
        status_code=200,
        summary="End a question / Avsluta en fråga",
    )
    def end(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: FromPath[UUID],
        data: JSONBody[QuestionEnding],
    ) -> QuestionOut:
        """Say that a question of yours is answered, or ask it no more."""
        service.end(session, actor, key, QuestionState(data.to.value))
        return _out(session, actor, key)

    @post(
        "/{key:uuid}/report",
        operation_id="reportQuestion",
        sync_to_thread=True,
        status_code=204,
        summary="Report a question / Anmäl en fråga",
    )
    def report(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: FromPath[UUID],
        data: JSONBody[QuestionReport],
    ) -> None:
        """Tell the coordinators that a question or an answer has no place here."""
        service.report(session, actor, key, data.words)

    @post(
        "/{key:uuid}/removal",
        operation_id="removeQuestion",
        sync_to_thread=True,
        status_code=204,
        summary="Take a question away / Ta bort en fråga",
    )
    def remove(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: FromPath[UUID],
        data: JSONBody[QuestionRemoval],
    ) -> None:
        """Take a question away, or one of its answers. For coordinators of whose it is."""
        service.remove(session, actor, key, data.answer_id)


def _out(session: Session, actor: Actor, key: UUID) -> QuestionOut:
    view = queries.question_view(session, actor, key)
    reads.answerers_read(session, actor, [view])
    return question_out(view)
