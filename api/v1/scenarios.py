"""`/api/v1/scenarios`: what if. A run with changes, solved from what the run has stored, and never published."""

from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from sqlmodel import Session

from api.http.idempotency import Idempotency
from api.http.paging import Paging, listing
from api.http.responses import created
from api.schemas.base import Listing
from api.schemas.planning.scenarios import (
    ChangeIn,
    ScenarioDifferenceOut,
    ScenarioIn,
    ScenarioOut,
    difference_out,
    scenario_out,
)
from core.actor import Actor
from core.database.page import Page
from marketplace.scenarios import queries, service
from marketplace.scenarios.solving.changes import subject


class Scenarios(Controller):
    """Make a scenario, change it, have all of it worked out, read whom it helps and hurts, throw it away."""

    path = "/scenarios"
    tags = ("scenarios",)

    @get("/", operation_id="listScenarios", sync_to_thread=True, summary="List scenarios / Lista utkast")
    def search(
        self,
        *,
        request: Request[Any, Any, Any],
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        paging: NamedDependency[Paging],
    ) -> Listing[ScenarioOut]:
        """List your own scenarios, the last made first. For coordinators."""
        found = queries.scenarios_page(session, actor, paging.page, paging.limit)
        known = queries.outcomes(session, [each.id for each in found.items])
        return listing(request, found, lambda each: scenario_out(each, known.get(each.id)))

    @post("/", operation_id="makeScenario", sync_to_thread=True, summary="Make a scenario / Gör ett utkast")
    def make(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        data: JSONBody[ScenarioIn],
        idempotency: NamedDependency[Idempotency],
    ) -> Response[ScenarioOut]:
        """Make a scenario of a run that has published. Its changes get a first answer at once. For coordinators."""

        def made() -> Response[ScenarioOut]:
            row = service.create(session, actor, data.run_id, data.name, [each.change() for each in data.changes])
            return created(_out(session, actor, row.id), f"/api/v1/scenarios/{row.id}")

        return idempotency.answer(data, made)

    @get("/{key:uuid}", operation_id="readScenario", sync_to_thread=True, summary="Read a scenario / Läs ett utkast")
    def read(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: FromPath[UUID]
    ) -> ScenarioOut:
        """Read what one of your scenarios changes and comes to."""
        return _out(session, actor, key)

    @post(
        "/{key:uuid}/changes",
        operation_id="addChange",
        sync_to_thread=True,
        status_code=200,
        summary="Add a change / Lägg till en ändring",
    )
    def add(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: FromPath[UUID],
        data: JSONBody[ChangeIn],
    ) -> ScenarioOut:
        """Add a change; one about the same thing goes. What stands around the changes is decided anew at once."""
        service.add(session, actor, key, data.change())
        return _out(session, actor, key)

    @post(
        "/{key:uuid}/changes/removal",
        operation_id="removeChange",
        sync_to_thread=True,
        status_code=200,
        summary="Take a change away / Ta bort en ändring",
    )
    def remove(
        self,
        *,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: FromPath[UUID],
        data: JSONBody[ChangeIn],
    ) -> ScenarioOut:
        """Take the change about something away, if there is one."""
        service.remove(session, actor, key, subject(data.change()))
        return _out(session, actor, key)

    @get(
        "/{key:uuid}/differences",
        operation_id="listDifferences",
        sync_to_thread=True,
        summary="List differences / Lista skillnader",
    )
    def differences(
        self,
        *,
        request: Request[Any, Any, Any],
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        key: FromPath[UUID],
        paging: NamedDependency[Paging],
    ) -> Listing[ScenarioDifferenceOut]:
        """List the needs that get something else than in the run, who loses most first."""
        queries.scenario(session, actor, key)
        found = queries.outcomes(session, [key]).get(key)
        every = found.needs if found else ()
        first = (paging.page - 1) * paging.limit
        page = Page(every[first : first + paging.limit], paging.page, paging.limit, len(every))
        return listing(request, page, difference_out)

    @post(
        "/{key:uuid}/solving",
        operation_id="solveScenario",
        sync_to_thread=True,
        status_code=202,
        summary="Work out all of it / Räkna ut allt",
    )
    def solve(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: FromPath[UUID]
    ) -> ScenarioOut:
        """Have everything decided anew, in the background. Follow it by reading the scenario again."""
        service.solve(session, actor, key)
        return _out(session, actor, key)

    @post(
        "/{key:uuid}/cancellation",
        operation_id="cancelScenario",
        sync_to_thread=True,
        status_code=200,
        summary="Work no more on it / Avbryt",
    )
    def cancel(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: FromPath[UUID]
    ) -> ScenarioOut:
        """End the working out of all. The first answer stands."""
        service.cancel(session, actor, key)
        return _out(session, actor, key)

    @post(
        "/{key:uuid}/discarding",
        operation_id="discardScenario",
        sync_to_thread=True,
        status_code=204,
        summary="Throw a scenario away / Kasta ett utkast",
    )
    def discard(self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: FromPath[UUID]) -> None:
        """Throw a scenario away, with what it came to."""
        service.discard(session, actor, key)


def _out(session: Session, actor: Actor, key: UUID) -> ScenarioOut:
    row = queries.scenario(session, actor, key)
    session.refresh(row)
    return scenario_out(row, queries.outcomes(session, [key]).get(key))
