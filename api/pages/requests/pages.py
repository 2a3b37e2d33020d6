"""Pages of requests: my organisation's list, the form for filing and changing one, and one with what became of it."""

from contextlib import AbstractContextManager
from enum import StrEnum
from functools import partial
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
from api.pages.families.controls import amount_controls, requirement_controls
from api.pages.families.skills import FIND
from api.pages.forms import Form
from api.pages.proposals.presenter import event_of
from api.pages.rendering import KEPT_BY_THE_BROWSER, page, see_other
from api.pages.requests.begun import begun_form
from api.pages.requests.choices import choices, options
from api.pages.requests.days import calendar, need_asked_about
from api.pages.requests.examples import EXAMPLES, example_form
from api.pages.requests.form import (
    by_field,
    families,
    filled_form,
    read,
    said_by,
    skill_rows,
    with_need,
    with_need_back,
    without_need,
)
from api.pages.requests.labels import labels, summary_labels
from api.pages.requests.outlook import told_outlooks
from api.pages.requests.presenter import need_cards, run_text
from api.pages.visit import Visit
from core.actor import Actor, Permission
from core.errors import BadInput
from marketplace.bookings.models import BundleState
from marketplace.organisations import queries as organisations
from marketplace.planning import service as planning
from marketplace.planning.reasons import on_request
from marketplace.planning.reasons.outlook import outlooks
from marketplace.requests import queries, service
from marketplace.requests.models import NeedState, Priority, RequestState
from marketplace.requests.queries import RequestSearch, known_skills
from marketplace.requests.rules import check_may_change, check_may_file
from marketplace.views.history import happenings
from marketplace.views.request import RequestView, request_view
from resources.families import FAMILIES

E = TypeVar("E", bound=StrEnum)
LOOK = "look"
"""The button that asks what would fit now."""
FORM, LIST, ONE = "requests/form.html", "requests/list.html", "requests/one.html"


class RequestPages(Controller):
    """List, file, change, open, withdraw."""

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

    @get("/new", sync_to_thread=True)
    def new(self, visit: NamedDependency[Visit]) -> Template:
        """Show the form of a new request, with a need of the family, or the example, that the query names."""
        check_may_file(visit.actor)
        form, code = visit.form, visit.request.query_params.get("example", "")
        if not form.fields and code in EXAMPLES:
            home = organisations.organisation(visit.session, visit.actor.organisation_id)
            form = example_form(code, home.municipality_code)
        elif not form.fields:
            form = begun_form(dict(visit.request.query_params))
        context = _form_context(
            visit.session, form, draft=drafts.stored(visit.session, visit.actor, drafts.REQUESTS, form)
        )
        return page(FORM, context, headers=KEPT_BY_THE_BROWSER)

    @post("/new", sync_to_thread=True)
    def file(self, visit: NamedDependency[Visit]) -> Template | Redirect:
        """File the request, or show the form again with a need more or less."""
        session, actor, form = visit.session, visit.actor, visit.form
        check_may_file(actor)
        stored_draft = drafts.stored(session, actor, drafts.REQUESTS, form)
        rearranged = _rearranged(form)
        if rearranged:
            return page(FORM, _form_context(session, rearranged, draft=stored_draft))
        if (n := need_asked_about(form)) is not None:
            days = {"calendar": calendar(session, actor, form, n)}
            return page(FORM, _form_context(session, form, draft=stored_draft) | days)
        if form.value("do") == LOOK:
            return _looked(session, actor, form, stored_draft)
        is_open = form.value("do") != "draft"
        with form.shown_again(FORM, _form_context(session, form, draft=stored_draft)):
            draft = drafts.taken_up(session, actor, drafts.REQUESTS, form)
            try:
                with session.begin_nested(), by_field(form):
                    filed = service.file_request(
                        session, actor, read(form, partial(known_skills, session)), open=is_open
                    )
            except BadInput as error:
                if is_open:
                    raise
                return drafts.saved(visit.request, session, actor, form, draft=draft, error=error)
            drafts.sent(session, draft)
        told = _("The request is filed.") if is_open else _("The request is kept as a draft, ready to be opened.")
        return see_other(visit.request, f"/requests/{filed.id}", told)

    @get("/{key:uuid}", sync_to_thread=True)
    def read_one(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Template:
        """Show a request with what happened to each need, and why; while a run looks at it, the page asks how far."""
        context = one_context(visit.session, visit.actor, key, visit.form)
        over = "hx-request" in visit.request.headers and not context["under_way"]
        return page(ONE, context, headers={"HX-Refresh": "true"} if over else {})

    @get("/{key:uuid}/change", sync_to_thread=True)
    def edit(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Template:
        """Show the form with what a draft or an open request says."""
        view = request_view(visit.session, visit.actor, key)
        check_may_change(visit.actor, view.request)
        form = visit.form
        if not form.fields:
            form = _stored(view)
        return page(FORM, _form_context(visit.session, form, view))

    @post("/{key:uuid}/change", sync_to_thread=True)
    def change(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Template | Redirect:
        """Change the request, or show the form again with a need more or less."""
        session, actor, form = visit.session, visit.actor, visit.form
        view = request_view(session, actor, key)
        check_may_change(actor, view.request)
        rearranged = _rearranged(form)
        if rearranged:
            return page(FORM, _form_context(session, rearranged, view))
        if (n := need_asked_about(form)) is not None:
            return page(FORM, _form_context(session, form, view) | {"calendar": calendar(session, actor, form, n)})
        with form.shown_again(FORM, _form_context(session, form, view)), by_field(form):
            draft = read(form, partial(known_skills, session), said_by(view))
            service.update_request(session, actor, key, draft, form.whole("version"))
        return see_other(visit.request, f"/requests/{key}", _("The request is changed."))

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
            visit.form.check()
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
        found |= on_request.asking_states(session, actor, view.organisation.id, run_id, need_ids)
    return found


def _stored(view: RequestView) -> Form:
    """Return the form with what a request says."""
    form = filled_form(said_by(view))
    form.fields["version"] = [str(view.request.version)]
    return form


def _waits_for_something(view: RequestView) -> bool:
    return view.request.state in queries.LIVE and any(each.need.state is NeedState.OPEN for each in view.needs)


def _form_context(
    session: Session, form: Form, view: RequestView | None = None, *, draft: Form | None = None
) -> dict[str, Any]:
    """Return what the form's template needs; with a view, it changes that request, with a draft it goes on with it."""
    found, stored = families(form), _stored(view) if view else draft
    for name in (stored or form).fields:
        if name.endswith(".family"):
            form.offer(name, options(FAMILIES, "family"))
    return {
        "form": form,
        "outlooks": [],
        "calendar": None,
        "examples": () if found or view else tuple(EXAMPLES),
        "view": view,
        "stored": stored,
        "families": found,
        "added": len(found) - 1 if form.value("do").startswith("add:") else None,  # where writing goes on
        "all_families": list(FAMILIES),
        "need_rows": [
            {"amounts": amount_controls(FAMILIES[each]), "requirements": requirement_controls(FAMILIES[each])}
            for each in found
        ],
        "skill_rows": [skill_rows(form, n) for n in range(len(found))],
        "labels": labels(form),
        "summary_labels": {**(summary_labels(stored) if stored else {}), **summary_labels(form)},
        "choices": choices(session, form, len(found)),
    }


def _looked(session: Session, actor: Actor, form: Form, stored: Form | None) -> Template:
    """Show the form again, with what would fit if it were filed now."""
    context = _form_context(session, form, draft=stored)
    with form.shown_again(FORM, context), by_field(form):
        draft = read(form, partial(known_skills, session))
        found = outlooks(session, actor, draft)
    return page(FORM, {**context, "outlooks": told_outlooks(found, skill_labels(session))})


def _rearranged(form: Form) -> Form | None:
    """Return the form with a need more or less, or as it is with skills found, if that is what the button asked for."""
    action, _colon, what = form.value("do").partition(":")
    if action == "add" and what in FAMILIES:
        return with_need(form, what)
    if action == "restore":
        return with_need_back(form)
    if action == "remove" and what.isdecimal():
        return without_need(form, int(what[:4]))
    if action == FIND:
        return form
    return None


def _may_change(actor: Actor, view: RequestView) -> bool:
    return actor.may(Permission.REQUEST, view.request.organisation_id, view.request.department)


def _family(text: str) -> str | None:
    return text if text in FAMILIES else None


def _one_of(enum: type[E], text: str) -> E | None:
    return enum(text) if text in set(enum) else None
