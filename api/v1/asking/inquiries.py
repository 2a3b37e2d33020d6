"""`/api/v1/inquiries`: whether a change of a need, after which something is free for it, would do."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter
from sqlmodel import Session

from api.http.idempotency import Idempotency
from api.http.paging import Paging, listing
from api.http.responses import answered, created
from api.schemas.base import Listing
from api.schemas.inquiries import InquiryIn, InquiryOut, InquiryRefusal, inquiry_out
from core.actor import Actor
from marketplace.inquiries import queries
from marketplace.inquiries.models import InquiryState
from marketplace.inquiries.queries import InquirySearch
from marketplace.planning import inquiring


class Inquiries(Controller):
    """Ask whether a change would do, and answer."""

    path = "/inquiries"
    tags = ("inquiries",)

    @get("/", operation_id="listInquiries", sync_to_thread=True, summary="List inquiries / Lista frågor")
    def search(
        self,
        *,
        request: Request[Any, Any, Any],
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        paging: NamedDependency[Paging],
        in_state: Annotated[InquiryState | None, QueryParameter(name="state", description="In this state.")] = None,
        request_id: Annotated[UUID | None, QueryParameter(name="requestId", description="About this request.")] = None,
    ) -> Listing[InquiryOut]:
        """List what your organisation is asked about its requests; coordinators see what is asked in their area."""
        wanted = InquirySearch(in_state, request_id)
        return listing(request, queries.inquiries_page(session, actor, wanted, paging.page, paging.limit), inquiry_out)

    @post("/", operation_id="askRequester", sync_to_thread=True, summary="Ask the requester / Fråga om det går")
    def ask(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        data: JSONBody[InquiryIn],
        idempotency: NamedDependency[Idempotency],
    ) -> Response[InquiryOut]:
        """Ask whether a change of a need would do that the latest run says would help. For coordinators.

        Asked already, it is not asked again. A change that was refused is not among those that would help any more.
        Refused (409) while something else is asked about the need (`inquiry_waits`), and where it says something else
        since the run looked at it (`need_changed`).
        """

        def make() -> Response[InquiryOut]:
            [inquiry] = inquiring.ask(session, actor, {data.need_id: data.change})
            view = queries.inquiry_view(session, actor, inquiry.id)
            return created(inquiry_out(view), f"/api/v1/inquiries/{inquiry.id}", inquiry.version)

        return idempotency.answer(data, make)

    @get("/{key:uuid}", operation_id="readInquiry", sync_to_thread=True, summary="Read an inquiry / Läs en fråga")
    def read(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: FromPath[UUID]
    ) -> Response[InquiryOut]:
        """Read what is asked about a request that you may see, and what was answered."""
        return _answered(session, actor, key)

    @post(
        "/{key:uuid}/acceptance",
        operation_id="acceptChange",
        sync_to_thread=True,
        status_code=200,
        summary="Yes, it would do / Ja, det går",
    )
    def accept(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: FromPath[UUID]
    ) -> Response[InquiryOut]:
        """Change the need to what was asked about, and have it matched at once, by a run around its request."""
        inquiring.accept(session, actor, key)
        return _answered(session, actor, key)

    @post(
        "/{key:uuid}/refusal",
        operation_id="refuseChange",
        sync_to_thread=True,
        status_code=200,
        summary="No, it would not do / Nej, det går inte",
    )
    def refuse(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: FromPath[UUID],
        data: JSONBody[InquiryRefusal],
    ) -> Response[InquiryOut]:
        """Say no, and why if you want to. The change is not suggested again."""
        inquiring.refuse(session, actor, key, data.words)
        return _answered(session, actor, key)


def _answered(session: Session, actor: Actor, key: UUID) -> Response[InquiryOut]:
    view = queries.inquiry_view(session, actor, key)
    return answered(inquiry_out(view), view.inquiry.version)
