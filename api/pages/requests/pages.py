"""Pages of requests: my organisation's list, and one with what became of it and what can be done about it."""

from contextlib import AbstractContextManager
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlmodel import Session

from api.http.paging import Paging, address_of_page
from api.language.i18n import gettext as _
from api.language.labels.changes import skill_labels
from api.pages import drafts
from api.pages.forms import Form
from api.pages.proposals.presenter import event_of
from api.pages.rendering import page, see_other
from api.pages.requests.choices import options
from api.pages.requests.labels import summary_labels
from api.pages.requests.presenter import need_cards, run_text
from api.pages.visit import Visit
from core.actor import Actor, Permission
from marketplace.bookings.models import BundleState
from marketplace.planning import service as planning
from marketplace.planning.reasons import asking
from marketplace.requests import queries, service
from marketplace.requests.models import NeedState, Priority, RequestState
from marketplace.requests.queries import RequestSearch
from marketplace.views.history import happenings
from marketplace.views.request import RequestView, request_view
from resources.families import FAMILIES

E = TypeVar("E", bound=StrEnum)
LIST, ONE = "requests/list.html", "requests/one.html"


class RequestPages(Controller):
    """List, open, withdraw."""

    path = "/requests"

    @get("/", sync_to_thread=True)
    def search(self, visit: NamedDependency[Visit], paging: NamedDependency[Paging]) -> Template:
        """List the requests that the member may see, narrowed by the query."""
        typed = Form({name: [text] for name, text in visit.request.query_params.items()})
        search = RequestSearch(
            state=_one_of(RequestState, typed.value("state")),
            family=_family(typed.value("family")),
            priority=_one_of(Priority, typed.value("priority")),
            text=typed.value("text")[:200],
        )
        found = queries.requests_page(visit.session, visit.actor, search, paging.page, paging.limit)
        context = {
            "form": typed,
            "found": found,
            "address": lambda number: address_of_page(visit.request, number),
            "may_file": visit.actor.may(Permission.REQUEST),
            "drafts": drafts.listed(
                visit.session, visit.actor, drafts.REQUESTS, "title", lambda _, each: summary_labels(each)
            ),
            "families": list(FAMILIES),
            "family_options": options(FAMILIES, "family"),
            "state_options": options(RequestState),
        }
        return page(LIST, context)

    @get("/{key:uuid}", sync_to_thread=True)
    def read_one(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Template:
        """Show a request with what happened to each need, and why; while a run looks at it, the page asks how far."""
        context = one_context(visit.session, visit.actor, key, visit.form)
        over = "hx-request" in visit.request.headers and not context["under_way"]
        return page(ONE, context, headers={"HX-Refresh": "true"} if over else {})

    @post("/{key:uuid}/opening", sync_to_thread=True)
    def open(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Let a draft take part in matching."""
        with acting(visit.session, visit.actor, key, visit.form):
            service.open_request(visit.session, visit.actor, key)
        return see_other(
            visit.request, f"/requests/{key}", _("The request is open and takes part in the next matching.")
        )

    @post("/{key:uuid}/withdrawal", sync_to_thread=True)
    def withdraw(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Ask for it no more, which the page then lets one undo for some minutes."""
        with acting(visit.session, visit.actor, key, visit.form):
            service.withdraw_request(visit.session, visit.actor, key, visit.form.value("words"))
        return see_other(visit.request, f"/requests/{key}")

    @post("/{key:uuid}/reopening", sync_to_thread=True)
    def reopen(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Undo that the request was withdrawn."""
        with acting(visit.session, visit.actor, key, visit.form):
            planning.reopen_request(visit.session, visit.actor, key)
        return see_other(visit.request, f"/requests/{key}", _("It is undone: the request is as it was before."))

    @post("/{key:uuid}/bundle-decision", sync_to_thread=True)
    def decide_bundle(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Decide about the rest of needs that belong together."""
        with acting(visit.session, visit.actor, key, visit.form):
            to = visit.form.choice("choice", BundleState)
            planning.decide_bundle(visit.session, visit.actor, key, to)
        return see_other(visit.request, f"/requests/{key}", _("The decision is noted, and all who lend are told."))

    @post("/{key:uuid}/matching-runs", sync_to_thread=True)
    def find_now(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Look at once for something that serves the request."""
        with acting(visit.session, visit.actor, key, visit.form):
            planning.queue_local_run(visit.session, visit.actor, key)
        return see_other(visit.request, f"/requests/{key}", _("We are looking now. Load the page again in a moment."))


def acting(session: Session, actor: Actor, key: UUID, form: Form) -> AbstractContextManager[None]:
    """Show the page of a request again where what a button on it asks for cannot be done."""
    return form.acting(session, ONE, lambda: one_context(session, actor, key, form))


def one_context(session: Session, actor: Actor, key: UUID, form: Form) -> dict[str, Any]:
    """Return what the page of one request shows."""
    view = request_view(session, actor, key)
    own = _may_change(actor, view)
    return {
        "view": view,
        "cards": need_cards(view, skill_labels(session)),
        "own": own,
        "asking": _asking(session, actor, view),
        "may_ask": actor.may(Permission.DECIDE, view.organisation.id),
        "bundle": view.bundle if view.bundle and view.bundle.state is BundleState.WAITING else None,
        "may_decide": own or actor.coordinates_for(view.organisation.id),
        "run_text": run_text(view.latest_run),
        "under_way": view.latest_run is not None and view.latest_run.under_way,
        "may_find_now": (own or actor.coordinates_for(view.organisation.id)) and _waits_for_something(view),
        "form": form,
        "events": [event_of(each, "request_state") for each in happenings(session, actor, {"request": [key]})],
    }


def _asking(session: Session, actor: Actor, view: RequestView) -> dict[UUID, str]:
    """Return for the needs that wait whether more reasons can be asked for, or are being worked out."""
    waiting: dict[UUID, list[UUID]] = {}
    for each in view.needs:
        if each.outcome and not each.outcome.served and each.need.state is NeedState.OPEN:
            waiting.setdefault(each.outcome.run_id, []).append(each.need.id)
    found: dict[UUID, str] = {}
    for run_id, need_ids in waiting.items():
        found |= asking.asking_states(session, actor, view.organisation.id, run_id, need_ids)
    return found


def _waits_for_something(view: RequestView) -> bool:
    return view.request.state in queries.LIVE and any(each.need.state is NeedState.OPEN for each in view.needs)


def _may_change(actor: Actor, view: RequestView) -> bool:
    return actor.may(Permission.REQUEST, view.request.organisation_id, view.request.department)


def _family(text: str) -> str | None:
    return text if text in FAMILIES else None


def _one_of(enum: type[E], text: str) -> E | None:
    return enum(text) if text in set(enum) else None
