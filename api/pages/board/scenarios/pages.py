"""Pages of scenarios: the list, making one, what it comes to, working out all of it, throwing it away."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlmodel import Session

from api.http.paging import Paging, address_of_page
from api.language.i18n import gettext as _
from api.pages.board.scenarios import presenter
from api.pages.forms import Form, uuid_of
from api.pages.proposals.costs import points_text
from api.pages.rendering import KEPT_BY_THE_BROWSER, page, see_other
from api.pages.visit import Visit
from core.actor import Actor
from core.errors import BadInput
from core.limits import LONGEST_NAME
from marketplace.planning.rules import check_plans
from marketplace.runs.queries import run as run_of
from marketplace.scenarios import queries, service, told
from marketplace.scenarios.models import Scenario, ScenarioState
from marketplace.views.run import run_view

LIST, NEW, ONE, PROGRESS = (f"scenarios/{name}.html" for name in ("list", "new", "one", "progress"))
FIRST = Paging()


class ScenarioPages(Controller):
    """List, make, read, work out, throw away."""

    path = "/scenarios"

    @get("/", sync_to_thread=True)
    def search(self, visit: NamedDependency[Visit], paging: NamedDependency[Paging]) -> Template:
        """List one's own drafts, to be read or compared."""
        found = queries.scenarios_page(visit.session, visit.actor, paging.page, paging.limit)
        context = {
            "found": found,
            "runs": queries.runs_of(visit.session, found.items),
            "outcomes": queries.outcomes(visit.session, [each.id for each in found.items]),
            "address": lambda number: address_of_page(visit.request, number),
        }
        return page(LIST, context)

    @get("/new", sync_to_thread=True)
    def new(self, visit: NamedDependency[Visit]) -> Template | Redirect:
        """Show the form of a new draft of a run; without one, go to where runs are."""
        check_plans(visit.actor)
        run = visit.form.value("run") or visit.request.query_params.get("run", "")
        if uuid_of(run) is None:
            return see_other(visit.request, "/runs", _("Open a run that is done, and choose “Try a change”."))
        context = _new(visit.session, visit.actor, run)
        return page(NEW, {"form": visit.form, **context}, headers=KEPT_BY_THE_BROWSER)

    @post("/new", sync_to_thread=True)
    def create(self, visit: NamedDependency[Visit]) -> Redirect:
        """Make the draft and go on to its page."""
        form = visit.form
        check_plans(visit.actor)
        context = _new(visit.session, visit.actor, form.value("run"))
        with form.shown_again(NEW, context):
            name = form.text("name", required=True, most=LONGEST_NAME)
            form.check()
            scenario = service.create(visit.session, visit.actor, context["run"].id, name)
        return see_other(
            visit.request, f"/scenarios/{scenario.id}/needs", _("The draft is there. Choose what to change.")
        )

    @get("/{key:uuid}", sync_to_thread=True)
    def read_one(self, visit: NamedDependency[Visit], key: FromPath[UUID], paging: NamedDependency[Paging]) -> Template:
        """Show what a draft changes, and who gains, loses and moves by it, by how much and by which rule."""
        return page(ONE, draft_context(visit.session, visit.actor, key, paging))

    @get("/{key:uuid}/progress", sync_to_thread=True)
    def progress(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Template:
        """Give the part of the page that tells how far it has come; once it is there, ask for the whole page."""
        context = progress_of(queries.scenario(visit.session, visit.actor, key))
        return page(PROGRESS, context, headers={} if context["under_way"] else {"HX-Refresh": "true"})

    @post("/{key:uuid}/solving", sync_to_thread=True)
    def solve(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Have all of it worked out anew, in the background."""
        with acting_on_draft(visit.session, visit.actor, key, visit.form):
            service.solve(visit.session, visit.actor, key)
        return see_other(
            visit.request, f"/scenarios/{key}", _("All of it is being worked out. You can go on meanwhile.")
        )

    @post("/{key:uuid}/cancellation", sync_to_thread=True)
    def cancel(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Work no more on it."""
        with acting_on_draft(visit.session, visit.actor, key, visit.form):
            service.cancel(visit.session, visit.actor, key)
        return see_other(visit.request, f"/scenarios/{key}", _("It is cancelled. The first answer stands."))

    @post("/{key:uuid}/discarding", sync_to_thread=True)
    def discard(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Throw it away."""
        with acting_on_draft(visit.session, visit.actor, key, visit.form):
            service.discard(visit.session, visit.actor, key)
        return see_other(visit.request, "/scenarios", _("The draft is thrown away."))


SHOWN = 50
"""Organisations that the page shows: those that lose most."""


@contextmanager
def acting_on_draft(session: Session, actor: Actor, key: UUID, form: Form) -> Iterator[None]:
    """Show the draft as it is by now where what a button on its page asks for cannot be done, and why."""
    queries.scenario(session, actor, key)
    with form.acting(session, ONE, lambda: draft_context(session, actor, key)):
        yield


def draft_context(session: Session, actor: Actor, key: UUID, paging: Paging = FIRST) -> dict[str, Any]:
    """Return what the page of a draft shows."""
    scenario = queries.scenario(session, actor, key)
    found = queries.outcomes(session, [key]).get(key)
    return {
        **progress_of(scenario),
        "run": run_of(session, scenario.run_id),
        "outcome": found,
        "changes": presenter.changes_shown(session, scenario, found),
        "figures": list(presenter.figures(found)) if found else [],
        "parties": told.parties(session, found)[:SHOWN] if found else [],
        "needs": told.needs_told(session, found, paging.page, paging.limit) if found else None,
        "address": lambda number: f"/scenarios/{key}?page={number}",
        "words": presenter,
        "points_text": points_text,
    }


def progress_of(scenario: Scenario) -> dict[str, Any]:
    """Return what the templates tell of how far a scenario has come."""
    return {"scenario": scenario, "under_way": scenario.state is ScenarioState.SOLVING}


def _new(session: Session, actor: Actor, run: str) -> dict[str, Any]:
    run_id = uuid_of(run)
    if run_id is None:
        raise BadInput("run", run, "choose a run that is done")
    return {"run": run_view(session, actor, run_id).run, "labels": {"name": _("Name")}}
