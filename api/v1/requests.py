"""`/api/v1/requests`: what projects need."""

from functools import partial
from typing import Annotated, Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter
from sqlmodel import Session

from api.http.idempotency import Idempotency
from api.http.paging import Paging, listing
from api.http.responses import answered, created
from api.schemas.base import Listing
from api.schemas.families import FamilyName
from api.schemas.planning.matching_runs import RunOut, run_out
from api.schemas.requests import (
    BUNDLE_CHOICES,
    BundleDecisionIn,
    RequestBrief,
    RequestChange,
    RequestIn,
    RequestOut,
    Withdrawal,
    request_brief,
    request_out,
)
from core.actor import Actor
from marketplace.planning import service as planning
from marketplace.requests import queries, service
from marketplace.requests.models import Priority, RequestState
from marketplace.requests.queries import RequestSearch, known_skills
from marketplace.requests.rules import check_may_file
from marketplace.views.request import request_view
from marketplace.views.run import run_view


class Requests(Controller):
    """File requests and follow what becomes of them."""

    path = "/requests"
    tags = ("requests",)

    @get("/", operation_id="listRequests", sync_to_thread=True, summary="List requests / Lista behov")
    def search(
        self,
        *,
        request: Request[Any, Any, Any],
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        paging: NamedDependency[Paging],
        in_state: Annotated[RequestState | None, QueryParameter(name="state", description="In this state.")] = None,
        family: Annotated[FamilyName | None, QueryParameter(description="With a need of this family.")] = None,
        priority: Annotated[Priority | None, QueryParameter(description="Of this class.")] = None,
        organisation_id: Annotated[
            UUID | None, QueryParameter(name="organisationId", description="Of this organisation.")
        ] = None,
        text: Annotated[str, QueryParameter(description="In title or purpose.", max_length=200)] = "",
    ) -> Listing[RequestBrief]:
        """List your organisation's requests, newest first; coordinators see all that are no drafts."""
        wanted = RequestSearch(in_state, family, priority, organisation_id, text)
        found = queries.requests_page(session, actor, wanted, paging.page, paging.limit)
        return listing(request, found, request_brief)

    @post("/", operation_id="createRequest", sync_to_thread=True, summary="File a request / Skapa ett behov")
    def file(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        data: JSONBody[RequestIn],
        idempotency: NamedDependency[Idempotency],
    ) -> Response[RequestOut]:
        """Say what a project needs: one or several needs, together or each for itself. Times lie ahead."""

        def make() -> Response[RequestOut]:
            check_may_file(actor)
            filed = service.file_request(session, actor, data.draft(partial(known_skills, session)), data.open)
            return created(_shown(session, actor, filed.id), f"/api/v1/requests/{filed.id}", filed.version)

        return idempotency.answer(data, make)

    @get("/{key:uuid}", operation_id="readRequest", sync_to_thread=True, summary="Read a request / Läs ett behov")
    def read(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: FromPath[UUID]
    ) -> Response[RequestOut]:
        """Read a request with what the latest matching did with each need, and why."""
        return _answered(session, actor, key)

    @put("/{key:uuid}", operation_id="changeRequest", sync_to_thread=True, summary="Change a request / Ändra ett behov")
    def change(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: FromPath[UUID],
        data: JSONBody[RequestChange],
        if_match: NamedDependency[int | None],
    ) -> Response[RequestOut]:
        """Replace what a draft or an open request says. Needs keep their history by their `id`."""
        service.update_request(session, actor, key, data.draft(partial(known_skills, session)), if_match)
        return _answered(session, actor, key)

    @post(
        "/{key:uuid}/opening",
        operation_id="openRequest",
        sync_to_thread=True,
        status_code=200,
        summary="Open a draft / Öppna ett utkast",
    )
    def open(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: FromPath[UUID]
    ) -> Response[RequestOut]:
        """Let a draft take part in matching from now on."""
        service.open_request(session, actor, key)
        return _answered(session, actor, key)

    @post(
        "/{key:uuid}/withdrawal",
        operation_id="withdrawRequest",
        sync_to_thread=True,
        status_code=200,
        summary="Withdraw / Dra tillbaka",
    )
    def withdraw(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: FromPath[UUID],
        data: JSONBody[Withdrawal],
    ) -> Response[RequestOut]:
        """Ask for it no more. What has been agreed already stays agreed; until `undoUntil` it may be undone."""
        service.withdraw_request(session, actor, key, data.words)
        return _answered(session, actor, key)

    @post(
        "/{key:uuid}/reopening",
        operation_id="reopenRequest",
        sync_to_thread=True,
        status_code=200,
        summary="Undo the withdrawal / Ångra tillbakadragandet",
    )
    def reopen(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: FromPath[UUID]
    ) -> Response[RequestOut]:
        """Let a request be what it was before it was withdrawn, with the proposals that wait; again, nothing changes.

        Refused (409) when it is too late (`undo_too_late`), when nothing is withdrawn (`nothing_to_undo`), when the
        time of all its needs has passed (`passed`), or when it was decided to do without the rest (`decided`).
        """
        planning.reopen_request(session, actor, key)
        return _answered(session, actor, key)

    @post(
        "/{key:uuid}/bundle-decision",
        operation_id="decideBundle",
        sync_to_thread=True,
        status_code=200,
        summary="Decide about the rest / Besluta om resten",
    )
    def decide_bundle(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: FromPath[UUID],
        data: JSONBody[BundleDecisionIn],
    ) -> Response[RequestOut]:
        """Decide what becomes of needs that belong together when one has lost its booking, while it waits for you.

        `keep` what is booked and do without the rest, `replace` what is missing, or `cancel` the other bookings too.
        """
        planning.decide_bundle(session, actor, key, BUNDLE_CHOICES[data.choice])
        return _answered(session, actor, key)

    @post(
        "/{key:uuid}/matching-runs",
        operation_id="matchRequest",
        sync_to_thread=True,
        status_code=201,
        summary="Find something now / Hitta något nu",
    )
    def find_now(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: FromPath[UUID],
        idempotency: NamedDependency[Idempotency],
    ) -> Response[RunOut]:
        """Queue a run over this request and what stands around it, without waiting for the next run over everything.

        Nobody who has a proposal loses it, but neighbours may be proposed something else.
        """

        def make() -> Response[RunOut]:
            run = planning.queue_local_run(session, actor, key)
            return created(run_out(run_view(session, actor, run.id)), f"/api/v1/matching-runs/{run.id}")

        return idempotency.answer(key, make)


def _shown(session: Session, actor: Actor, key: UUID) -> RequestOut:
    return request_out(request_view(session, actor, key))


def _answered(session: Session, actor: Actor, key: UUID) -> Response[RequestOut]:
    shown = _shown(session, actor, key)
    return answered(shown, shown.version)
