"""`/api/v1/matching-runs`: optimisations over open needs and offers."""

# ruff: noqa: ARG002 - asking for `actor` is what demands a token

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
from api.schemas.planning.matching_runs import (
    NeedOutcomeOut,
    PolicyOut,
    RunIn,
    RunOut,
    outcome_out,
    policy_out,
    run_out,
)
from core.actor import Actor
from core.database.page import Page
from marketplace.planning import service
from marketplace.planning.options.policy import POLICIES
from marketplace.planning.reasons import asking
from marketplace.runs.models import RunState
from marketplace.views import run as views
from marketplace.views.run import RunSearch


class MatchingRuns(Controller):
    """Start runs, follow them, and read what came out."""

    path = "/matching-runs"
    tags = ("matching-runs",)

    @get(
        "/",
        operation_id="listMatchingRuns",
        sync_to_thread=True,
        summary="List matching runs / Lista matchningskörningar",
    )
    def search(
        self,
        *,
        request: Request[Any, Any, Any],
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        paging: NamedDependency[Paging],
        in_state: Annotated[RunState | None, QueryParameter(name="state", description="In this state.")] = None,
        county_code: Annotated[
            str | None, QueryParameter(name="countyCode", description="The run's own.", max_length=2)
        ] = None,
    ) -> Listing[RunOut]:
        """List runs, newest first: coordinators see all, others those that looked at a need of theirs."""
        found = views.runs_page(session, actor, RunSearch(in_state, county_code), paging.page, paging.limit)
        return listing(request, found, run_out)

    @post("/", operation_id="startMatchingRun", sync_to_thread=True, summary="Start a run / Starta en körning")
    def start(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        data: JSONBody[RunIn],
        idempotency: NamedDependency[Idempotency],
    ) -> Response[RunOut]:
        """Queue a run over what is open now. For coordinators. Follow it by reading it again."""

        def make() -> Response[RunOut]:
            return _created(session, actor, service.queue_run(session, actor, data.draft()).id)

        return idempotency.answer(data, make)

    @get("/{key:uuid}", operation_id="readMatchingRun", sync_to_thread=True, summary="Read a run / Läs en körning")
    def read(self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: FromPath[UUID]) -> RunOut:
        """Read a run with how far it has come, or what came out."""
        return run_out(views.run_view(session, actor, key))

    @get(
        "/{key:uuid}/outcomes", operation_id="listOutcomes", sync_to_thread=True, summary="List outcomes / Lista utfall"
    )
    def outcomes(
        self,
        *,
        request: Request[Any, Any, Any],
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: FromPath[UUID],
        paging: NamedDependency[Paging],
        served: Annotated[bool | None, QueryParameter(description="Only needs that were served, or were not.")] = None,
    ) -> Listing[NeedOutcomeOut]:
        """List what a run did with each need, and why: coordinators see all, others their own organisation's."""
        found = views.outcomes_page(session, actor, key, served=served, page=paging.page, limit=paging.limit)
        return listing(request, found, outcome_out)

    @get(
        "/{key:uuid}/outcomes/{need:uuid}",
        operation_id="readOutcome",
        sync_to_thread=True,
        summary="Read an outcome / Läs ett utfall",
    )
    def outcome(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: FromPath[UUID],
        need: FromPath[UUID],
    ) -> NeedOutcomeOut:
        """Read what a run did with one need, and why. `askedAt` among the reasons: more of them is being worked out."""
        return outcome_out(views.outcome_view(session, actor, key, need))

    @post(
        "/{key:uuid}/outcomes/{need:uuid}/reasons",
        operation_id="explainOutcome",
        sync_to_thread=True,
        status_code=202,
        summary="Ask for reasons / Be om skäl",
    )
    def ask(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: FromPath[UUID],
        need: FromPath[UUID],
    ) -> NeedOutcomeOut:
        """Have what the run left open of a need's reasons worked out: costs to others, least loss, smallest changes.

        It takes some seconds: read the outcome again until `askedAt` is gone. Costs of alternatives stand in the
        proposal, and only coordinators may ask for them; asking again meanwhile, or when all is known, does nothing.
        Smallest changes are searched for in the market as it is now.
        """
        return outcome_out(asking.ask(session, actor, key, need))

    @post(
        "/{key:uuid}/cancellation",
        operation_id="cancelMatchingRun",
        sync_to_thread=True,
        status_code=200,
        summary="Cancel a run / Avbryt en körning",
    )
    def cancel(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: FromPath[UUID]
    ) -> RunOut:
        """Cancel a run that waits or runs: nothing of it is published. For coordinators."""
        service.cancel_run(session, actor, key)
        return run_out(views.run_view(session, actor, key))

    @post(
        "/{key:uuid}/repetition",
        operation_id="repeatMatchingRun",
        sync_to_thread=True,
        status_code=201,
        summary="Run again / Kör igen",
    )
    def repeat(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: FromPath[UUID],
        idempotency: NamedDependency[Idempotency],
    ) -> Response[RunOut]:
        """Queue a new run with the same settings, over what is open now. For coordinators."""

        def make() -> Response[RunOut]:
            return _created(session, actor, service.run_again(session, actor, key).id)

        return idempotency.answer(key, make)


class MatchingPolicies(Controller):
    """What runs weigh against what."""

    path = "/matching-policies"
    tags = ("matching-runs",)

    @get("/", operation_id="listMatchingPolicies", sync_to_thread=True, summary="List policies / Lista avvägningar")
    def search(
        self, *, request: Request[Any, Any, Any], actor: NamedDependency[Actor], paging: NamedDependency[Paging]
    ) -> Listing[PolicyOut]:
        """List the policies that a run can use, with what each weight means."""
        first = (paging.page - 1) * paging.limit
        known = list(POLICIES.values())
        page = Page(known[first : first + paging.limit], paging.page, paging.limit, len(known))
        return listing(request, page, policy_out)


def _created(session: Session, actor: Actor, run_id: UUID) -> Response[RunOut]:
    return created(run_out(views.run_view(session, actor, run_id)), f"/api/v1/matching-runs/{run_id}")
