"""The form of a request: filed in steps, each saved as a draft, or on one page; and changed on one page."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlmodel import Session
from uuid_utils.compat import uuid7

from api.http.forms.kept import DRAFT, STEP
from api.language.i18n import gettext as _
from api.language.labels.changes import skill_labels
from api.pages import drafts
from api.pages.families.controls import amount_controls, requirement_controls
from api.pages.families.skills import FIND
from api.pages.forms import Form, uuid_of
from api.pages.overtaken import OF_THE_FORM
from api.pages.rendering import KEPT_BY_THE_BROWSER, go_on, page, see_other
from api.pages.requests.choices import choices, options
from api.pages.requests.filing import steps
from api.pages.requests.filing.begun import begun_form
from api.pages.requests.filing.days import calendar, need_asked_about, with_day
from api.pages.requests.filing.examples import EXAMPLES, example_form
from api.pages.requests.filing.form import (
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
from api.pages.requests.filing.outlook import told_outlooks
from api.pages.requests.filing.steps import WHOLE, Step
from api.pages.requests.labels import labels, summary_labels
from api.pages.requests.presenter import draft_facts
from api.pages.visit import Visit
from core.actor import Actor
from core.errors import BadInput, InvalidParameter
from marketplace.organisations import queries as organisations
from marketplace.planning.reasons.outlook import outlooks
from marketplace.requests import service
from marketplace.requests.queries import known_skills
from marketplace.requests.rules import check_may_change, check_may_file
from marketplace.views.request import RequestView, request_view
from resources.families import FAMILIES

LOOK, DRAFTED, ALIKE = "look", "draft", "alike"
"""The buttons that ask what would fit now, that keep it for later, and that say of all needs what the first says."""
FORM = "requests/form.html"
Context = dict[str, Any]


class FilingPages(Controller):
    """File, change."""

    path = "/requests"

    @get("/new", sync_to_thread=True)
    def new(self, visit: NamedDependency[Visit]) -> Template:
        """Show a step of the form of a new request, begun with the family, example or request that the query names."""
        session, actor, query = visit.session, visit.actor, visit.request.query_params
        check_may_file(actor)
        typed = visit.form
        form = typed if typed.fields else _begun(session, actor, query)
        stored = drafts.stored(session, actor, drafts.REQUESTS, form)
        step = steps.named(query.get(STEP) or form.value(STEP) or (WHOLE if typed.fields else Step.PURPOSE))
        headers = {} if stored else KEPT_BY_THE_BROWSER
        if step is None:
            return page(FORM, _form_context(session, form, draft=stored), headers=headers)
        form = steps.whole(form, stored, step)
        form.fields["do"] = [query.get("do", "")]
        context = _step_context(session, form, stored, step) | _looked_up(session, actor, form, step)
        if "told" in query:
            form.errors += _of_step(context["faults"], step)
        return page(FORM, context, headers=headers)

    @post("/new", sync_to_thread=True)
    def file(self, visit: NamedDependency[Visit]) -> Template | Redirect:
        """File the request, save a step of it and go on, or show the form again with a need more or less."""
        session, actor, form = visit.session, visit.actor, visit.form
        check_may_file(actor)
        stored = drafts.stored(session, actor, drafts.REQUESTS, form)
        if step := steps.named(form.value(STEP)):
            return _stepped(visit, steps.whole(form, stored, step), stored, step)
        if shown := _redrawn(form):
            return page(FORM, _form_context(session, shown, draft=stored) | _days(session, actor, shown))
        if form.value("do") == LOOK:
            return _looked(session, actor, form, stored)
        is_open = form.value("do") != DRAFTED
        with form.shown_again(FORM, _form_context(session, form, draft=stored)):
            draft = drafts.taken_up(session, actor, drafts.REQUESTS, form)
            try:
                with session.begin_nested():
                    key = _filed(session, actor, form, is_open=is_open)
            except BadInput as error:
                if is_open:
                    raise
                return drafts.saved(visit.request, session, actor, form, draft=draft, error=error)
            drafts.sent(session, draft)
        told = _("The request is filed.") if is_open else _("The request is kept as a draft, ready to be opened.")
        return see_other(visit.request, f"/requests/{key}", told)

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
        if shown := _redrawn(form):
            return page(FORM, _form_context(session, shown, view) | _days(session, actor, shown))
        with form.shown_again(FORM, _form_context(session, form, view)), by_field(form):
            draft = read(form, partial(known_skills, session), said_by(view))
            service.update_request(session, actor, key, draft, form.whole("version"))
        return see_other(visit.request, f"/requests/{key}", _("The request is changed."))


def _begun(session: Session, actor: Actor, query: Mapping[str, str]) -> Form:
    """Return the form as an example, a request of before, or what was looked for begins it."""
    code, like = query.get("example", ""), uuid_of(query.get("like", ""))
    if code in EXAMPLES:
        return example_form(code, organisations.organisation(session, actor.organisation_id).municipality_code)
    if like:
        return filled_form(said_by(request_view(session, actor, like)), as_new=True)
    return begun_form(query)


def _stepped(visit: Visit, form: Form, stored: Form | None, step: Step) -> Template | Redirect:
    """Save the step, and go on to where its button leads; what is wrong with it is told first where that is on."""
    session, actor = visit.session, visit.actor
    is_sent = form.value("do") == "file"
    step = Step.SEND if is_sent else step
    with form.shown_again(FORM, _step_context(session, form, stored, step)):
        changing = None if is_sent else step
        draft = drafts.joined(
            session, actor, drafts.REQUESTS, form, lambda saved: steps.concerned(saved, changing, actor.member_id)
        )
        if is_sent:
            with session.begin_nested():
                key = _filed(session, actor, form, is_open=True)
            drafts.sent(session, draft)
            return see_other(visit.request, f"/requests/{key}", _("The request is filed."))
        shown, to = _redrawn(form) or form, steps.goes_to(form, step)
        faults = _faults(session, shown)
        wrong = _of_step(faults, step) if form.value("do") == steps.NEXT else []
        shown.fields |= {
            STEP: [to if to and not wrong else step],
            steps.SAVED_BY: steps.saved_by(stored, step, actor.member_id),
        }
        key = drafts.keep(session, actor, drafts.REQUESTS, shown, draft=draft, faults=faults)
    if form.value("do") == DRAFTED:
        told = _("The draft is saved. Everybody in your organisation who may send it can open it and go on.")
        return go_on(visit.request, "/requests", {"message": told, "tone": "success"})
    if not form.errors and not form.value("do").startswith("remove:"):
        more = {"told": "1"} if wrong else {} if to else {"do": form.value("do")}
        return go_on(visit.request, steps.address(key, step if wrong or not to else to, **more), {})
    shown.fields[DRAFT] = [str(key)]  # what only this page can tell: characters that are gone, a need to put back
    shown.errors = wrong
    context = _step_context(session, shown, drafts.stored(session, actor, drafts.REQUESTS, shown), step)
    return page(FORM, context, status=422 if wrong else 200)


def _filed(session: Session, actor: Actor, form: Form, *, is_open: bool) -> UUID:
    with by_field(form):
        return service.file_request(session, actor, read(form, partial(known_skills, session)), open=is_open).id


def _faults(session: Session, form: Form) -> Sequence[InvalidParameter]:
    """Return all that keeps a request from being filed as it stands."""
    typed = Form(form.fields)
    try:
        with by_field(typed):
            read(typed, partial(known_skills, session))
    except BadInput as error:
        return [*form.errors, *error.parameters]
    return form.errors


def _of_step(faults: Sequence[InvalidParameter], step: Step) -> list[InvalidParameter]:
    return [each for each in faults if steps.step_of(each.property) is step]


def _stored(view: RequestView) -> Form:
    """Return the form with what a request says."""
    form = filled_form(said_by(view))
    form.fields["version"] = [str(view.request.version)]
    return form


def _form_context(
    session: Session, form: Form, view: RequestView | None = None, *, draft: Form | None = None
) -> Context:
    """Return what the form's template needs; with a view, it changes that request, with a draft it goes on with it."""
    found, stored = families(form), _stored(view) if view else draft
    for name in (stored or form).fields:
        if name.endswith(".family"):
            form.offer(name, options(FAMILIES, "family"))
    return {
        "form": form,
        "step": None,
        "parts": steps.ALL_PARTS,
        "carried": {},
        "outlooks": [],
        "calendars": {},
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


def _step_context(session: Session, form: Form, stored: Form | None, step: Step) -> Context:
    """Return what the template needs to show one step; its form carries the others until there is a draft."""
    faults = _faults(session, form)
    return _form_context(session, form, draft=stored) | {
        "step": step,
        "parts": {step},
        "carried": {} if stored else steps.carried(form, step),
        "key": form.value(DRAFT) or str(uuid7()),
        "stages": steps.stages(form, faults),
        "faults": faults,
        "step_of": steps.step_of,
        "of_the_form": OF_THE_FORM,
        "address": steps.address,
        "review": [],
    }


def _looked_up(session: Session, actor: Actor, form: Form, step: Step) -> Context:
    """Return what a step looks up: how many are free each day, or all that is asked for and what of it fits now."""
    if step is Step.WHEN:
        return _days(session, actor, form, at_once=len(families(form)) == 1)
    if step is not Step.SEND or _faults(session, form):
        return {}
    draft, skills = read(Form(form.fields), partial(known_skills, session)), skill_labels(session)
    return {
        "outlooks": told_outlooks(outlooks(session, actor, draft), skills),
        "review": [draft_facts(each, skills) for each in draft.needs],
    }


def _days(session: Session, actor: Actor, form: Form, *, at_once: bool = False) -> Context:
    """Return how many are free each day for the need that was asked about; else, where it is so, for the first."""
    n = 0 if at_once else need_asked_about(form)
    return {} if n is None else {"calendars": {n: calendar(session, actor, form, n)}}


def _looked(session: Session, actor: Actor, form: Form, stored: Form | None) -> Template:
    """Show the form again, with what would fit if it were filed now."""
    context = _form_context(session, form, draft=stored)
    with form.shown_again(FORM, context), by_field(form):
        draft = read(form, partial(known_skills, session))
        found = outlooks(session, actor, draft)
    return page(FORM, {**context, "outlooks": told_outlooks(found, skill_labels(session))})


def _redrawn(form: Form) -> Form | None:
    """Return the form with a need more or less, a day chosen or something found, if that is asked for."""
    action, _colon, what = form.value("do").partition(":")
    if action == "add" and what in FAMILIES:
        return with_need(form, what)
    if action == "restore":
        return with_need_back(form)
    if action == "remove" and what.isdecimal():
        return without_need(form, int(what[:4]))
    if action == ALIKE and steps.named(what) in {Step.WHERE, Step.WHEN}:
        return steps.alike(form, Step(what))
    if need_asked_about(form) is not None:
        return with_day(form)
    return form if action == FIND else None
