"""Pages on which a scenario gets its changes: finding a need, choosing among its offers, weighing anew."""

from typing import Any
from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlmodel import Session

from api.http.paging import Paging, address_of_page
from api.language.i18n import gettext as _
from api.language.labels import label
from api.pages.board.scenarios import presenter
from api.pages.board.scenarios.pages import acting_on_draft
from api.pages.forms import Form, uuid_of
from api.pages.rendering import page, see_other
from api.pages.visit import Visit
from core.actor import Actor
from core.errors import NotFound
from marketplace.planning.options.policy import Policy
from marketplace.runs.queries import run as run_of
from marketplace.scenarios import queries, service, told
from marketplace.scenarios.solving.applied import LARGEST_WEIGHT, MOST_ADDED, weighable
from marketplace.scenarios.solving.changes import Change, Weigh, change_of, changes, subject

FIND, NEED, WEIGHTS = (f"scenarios/{name}.html" for name in ("find", "need", "weights"))


class ScenarioChangePages(Controller):
    """Find what to change, change it, take a change away."""

    path = "/scenarios"

    @get("/{key:uuid}/needs", sync_to_thread=True)
    def find(self, visit: NamedDependency[Visit], key: FromPath[UUID], paging: NamedDependency[Paging]) -> Template:
        """Find the need to begin from, among all that the run looked at."""
        scenario = queries.scenario(visit.session, visit.actor, key)
        text = visit.request.query_params.get("text", "")[:200]
        context = {
            "scenario": scenario,
            "text": text,
            "found": told.needs_of_run(visit.session, scenario.run_id, text, paging.page, paging.limit),
            "address": lambda number: address_of_page(visit.request, number),
            "words": presenter,
        }
        return page(FIND, context)

    @get("/{key:uuid}/needs/{need:uuid}", sync_to_thread=True)
    def choose(self, visit: NamedDependency[Visit], key: FromPath[UUID], need: FromPath[UUID]) -> Template:
        """Show the offers that could serve a need in the run, and what may be tried with each."""
        return page(NEED, _offers_of(visit.session, visit.actor, key, need) | {"form": Form()})

    @get("/{key:uuid}/weights", sync_to_thread=True)
    def weights(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Template:
        """Show the form of the weights."""
        return page(WEIGHTS, {"form": visit.form, **_weights(visit.session, visit.actor, key)})

    @post("/{key:uuid}/weights", sync_to_thread=True)
    def weigh(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Let the criteria weigh something else; those that weigh as in the run are no change."""
        context = _weights(visit.session, visit.actor, key)
        with visit.form.shown_again(WEIGHTS, context):
            points = {name: visit.form.whole(name, least=0, most=LARGEST_WEIGHT - 1) for name in context["of_run"]}
            visit.form.check()
            new = [
                Weigh(criterion=name, points=each) for name, each in points.items() if each != context["of_run"][name]
            ]
            rest = [each for each in changes(context["scenario"].changes) if not isinstance(each, Weigh)]
            service.change(visit.session, visit.actor, key, [*rest, *new])
        return see_other(visit.request, f"/scenarios/{key}", _("A first answer stands below."))

    @post("/{key:uuid}/changes", sync_to_thread=True)
    def add(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Add a change and go on to what it comes to."""
        session, form = visit.session, visit.form
        queries.scenario(session, visit.actor, key)
        about = uuid_of(form.value("need"))
        if about is None:
            raise NotFound("need", form.value("need"))
        with form.acting(session, NEED, lambda: _offers_of(session, visit.actor, key, about)):
            service.add(session, visit.actor, key, _change(form))
        return see_other(visit.request, f"/scenarios/{key}", _("A first answer stands below."))

    @post("/{key:uuid}/changes/removal", sync_to_thread=True)
    def remove(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Take a change away."""
        with acting_on_draft(visit.session, visit.actor, key, visit.form):
            service.remove(visit.session, visit.actor, key, subject(_change(visit.form)))
        return see_other(visit.request, f"/scenarios/{key}", _("The change is taken away."))


def _change(form: Form) -> Change:
    """Return the change that the fields say."""
    amount = form.whole_or_none("amount", least=1, most=MOST_ADDED)
    form.check()
    return change_of(
        form.value("code"),
        need_id=uuid_of(form.value("need")),
        offer_id=uuid_of(form.value("offer")),
        amount=amount,
        criterion=form.value("criterion") or None,
        points=form.whole_or_none("points"),
    )


def _offers_of(session: Session, actor: Actor, key: UUID, need: UUID) -> dict[str, Any]:
    scenario = queries.scenario(session, actor, key)
    return {
        "scenario": scenario,
        "need": told.need_of_run(session, scenario.run_id, need),
        "offers": service.offers_for(session, scenario, need),
        "most": MOST_ADDED,
        "words": presenter,
        "labels": {"amount": _("How many more")},
    }


def _weights(session: Session, actor: Actor, key: UUID) -> dict[str, Any]:
    scenario = queries.scenario(session, actor, key)
    policy = Policy.from_json(run_of(session, scenario.run_id).policy)
    of_run = {name: getattr(policy.weights, name) for name in weighable(policy)}
    new = {each.criterion: each.points for each in changes(scenario.changes) if isinstance(each, Weigh)}
    return {
        "scenario": scenario,
        "of_run": of_run,
        "now": of_run | new,
        "most": LARGEST_WEIGHT - 1,
        "labels": {name: label(name, "weight") for name in of_run} | {"points": _("Points")},
    }
