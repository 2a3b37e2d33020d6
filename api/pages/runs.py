"""Pages of matching runs: the list, starting one, and one with its progress and what came out."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect, Template
from sqlmodel import Session

from api.http.paging import Paging, address_of_page
from api.language.i18n import gettext as _
from api.language.labels import label
from api.language.labels.changes import change_text, skill_labels, told_changes
from api.pages.forms import Form
from api.pages.rendering import KEPT_BY_THE_BROWSER, page, see_other
from api.pages.visit import Visit
from api.presenters.lent import name_of, whose
from api.presenters.runs import first_come_text, nearness_text
from core import geo
from core.actor import Actor, Permission
from core.settings import settings
from marketplace.inquiries.rules import askable
from marketplace.planning import service
from marketplace.planning.options.policy import DEFAULT, POLICIES, VALUES
from marketplace.planning.reasons import asking
from marketplace.planning.rules import LONGEST_S, RunDraft, check_plans
from marketplace.runs.models import MatchingRun, ReasonsState, RunState
from marketplace.views import run as views
from marketplace.views.run import RunSearch, RunView

LIST, NEW, ONE, PROGRESS = "runs/list.html", "runs/new.html", "runs/one.html", "runs/progress.html"
FIRST_SHOWN = 10
"""Needs of each table while both are shown; the rest is a step away."""
UNDER_WAY = {RunState.QUEUED, RunState.RUNNING}


class RunPages(Controller):
    """List, start, follow, cancel, run again."""

    path = "/runs"

    @get("/", sync_to_thread=True)
    def search(self, visit: NamedDependency[Visit], paging: NamedDependency[Paging]) -> Template:
        """List the runs that the member may see."""
        found = views.runs_page(visit.session, visit.actor, RunSearch(), paging.page, paging.limit)
        context = {
            "found": found,
            "address": lambda number: address_of_page(visit.request, number),
            "may_plan": visit.actor.coordinates,
            "county": _county,
        }
        return page(LIST, context)

    @get("/new", sync_to_thread=True)
    def new(self, visit: NamedDependency[Visit]) -> Template:
        """Show the form that starts a run."""
        check_plans(visit.actor)
        return page(NEW, {"form": visit.form, **_choices(visit.actor)}, headers=KEPT_BY_THE_BROWSER)

    @post("/new", sync_to_thread=True)
    def start(self, visit: NamedDependency[Visit]) -> Redirect:
        """Queue the run and go on to its page."""
        form = visit.form
        check_plans(visit.actor)
        with form.shown_again(NEW, _choices(visit.actor)):
            limit_s = form.decimal_or_none("timeLimitS", least=1, most=LONGEST_S)
            form.check()
            draft = RunDraft(
                county_code=form.value("countyCode") or None,
                policy=form.value("policy") or DEFAULT,
                time_limit_s=limit_s,
                name=form.text("name", most=200),
            )
            run = service.queue_run(visit.session, visit.actor, draft)
        return see_other(
            visit.request, f"/runs/{run.id}", _("The run is queued and begins as soon as a worker is free.")
        )

    @get("/{key:uuid}", sync_to_thread=True)
    def read_one(self, visit: NamedDependency[Visit], key: FromPath[UUID], paging: NamedDependency[Paging]) -> Template:
        """Show a run: its progress while it runs, then the needs that it served and those that it did not."""
        asked = visit.request.query_params.get("show", "")
        context = one_context(visit.session, visit.actor, key, paging=paging, asked=asked)
        return page(ONE, {**context, "address": lambda number: address_of_page(visit.request, number)})

    @get("/{key:uuid}/progress", sync_to_thread=True)
    def progress(
        self,
        visit: NamedDependency[Visit],
        key: FromPath[UUID],
        was: Annotated[str, QueryParameter(description="The state that is shown so far.")] = "",
    ) -> Template:
        """Give the part of the page that tells how far a run has come; in another state, ask for the whole page."""
        view = views.run_view(visit.session, visit.actor, key)
        moved_on = was not in {"", view.run.state} or not _is_under_way(view.run)
        return page(PROGRESS, _told(view), headers={"HX-Refresh": "true"} if moved_on else {})

    @post("/{key:uuid}/outcomes/{need:uuid}/reasons", sync_to_thread=True)
    def ask(self, visit: NamedDependency[Visit], key: FromPath[UUID], need: FromPath[UUID]) -> Redirect:
        """Have what a run left open of a need's reasons worked out, and go back to where they are shown."""
        view = asking.ask(visit.session, visit.actor, key, need)
        shown = f"/proposals/{view.lines[0].proposal.id}" if view.lines else f"/requests/{view.request.id}"
        return see_other(visit.request, shown, _("It is being worked out. Load the page again in a moment."))

    @post("/{key:uuid}/cancellation", sync_to_thread=True)
    def cancel(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Cancel a run that waits or runs."""
        ended = service.cancel_run(visit.session, visit.actor, key)
        told = _("The run is cancelled. Nothing of it is published.")
        if ended.state is RunState.DONE:
            told = _("No more reasons are looked for. What is published stays.")
        return see_other(visit.request, f"/runs/{key}", told)

    @post("/{key:uuid}/repetition", sync_to_thread=True)
    def repeat(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Queue a new run with the same settings."""
        run = service.run_again(visit.session, visit.actor, key)
        return see_other(
            visit.request, f"/runs/{run.id}", _("The run is queued and begins as soon as a worker is free.")
        )


def one_context(
    session: Session, actor: Actor, key: UUID, *, paging: Paging, asked: str, form: Form | None = None
) -> dict[str, Any]:
    """Return what the page of one run shows: what it served and what not, or one of both if it is asked for."""
    view = views.run_view(session, actor, key)
    shown = [asked] if asked in {"served", "unserved"} else ["unserved", "served"]
    which, number = [name == "served" for name in shown], paging.page if asked else 1
    limit = paging.limit if asked else min(paging.limit, FIRST_SHOWN)
    labels = skill_labels(session)
    return {
        **_told(view),
        "form": form or Form(),
        "tables": list(
            zip(shown, views.outcomes_seen(session, actor, view, which, page=number, limit=limit), strict=True)
        ),
        "left_out": views.left_out(session, actor, view.run),
        "asked": asked,
        "address": lambda number: f"/runs/{key}?show={asked}&page={number}",
        "changes": lambda outcome: told_changes(outcome.need.family, outcome.reasons, labels),
        "askable": lambda outcome: [
            (each.key, change_text(each, outcome.need.family, labels))
            for each in askable(outcome.need.family, outcome.reasons)
        ],
        "change_text": lambda outcome, change: change_text(change, outcome.need.family, labels),
        "name_of": name_of,
        "whose": whose,
        "may_plan": view.is_told_whole,
        "may_ask": lambda home: actor.may(Permission.DECIDE, home.id),
    }


def _told(view: RunView) -> dict[str, Any]:
    """Return what the templates tell of a run."""
    run = view.run
    return {
        "view": view,
        "run": run,
        "county": _county,
        "under_way": _is_under_way(run),
        "nearness": nearness_text(run),
        "first_come": first_come_text(run),
        "weights": run.policy.get("weights", {}),
    }


def _is_under_way(run: MatchingRun) -> bool:
    """Whether more is to come of a run: it waits, runs, or looks for the reasons of what it has published."""
    return run.state in UNDER_WAY or run.reasons_state is ReasonsState.LOOKING


def _county(code: str | None) -> str:
    if code is None:
        return _("The whole country")
    return next(county.name for county in geo.counties() if county.code == code)


def _choices(actor: Actor) -> dict[str, Any]:
    """Return what can be chosen in the form: a coordinator of some counties chooses one of these."""
    names = [(name, f"{label(name, 'policy')}: {label(name, 'policy_meaning')}") for name in POLICIES]
    return {
        "policies": names,
        "default_policy": DEFAULT,
        "weights": {name: policy.to_json()["weights"] for name, policy in POLICIES.items()},
        "values": VALUES,
        "counties": [(each.code, each.name) for each in geo.counties() if actor.coordinates_county(each.code)],
        "may_plan_all": actor.coordinates_all,
        "default_limit_s": settings().run_time_limit_s,
        "labels": {
            "name": _("Name"),
            "countyCode": _("County"),
            "policy": _("Policy"),
            "timeLimitS": _("Seconds until the proposals are there"),
        },
    }
