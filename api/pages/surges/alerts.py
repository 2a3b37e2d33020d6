"""Pages of alerts: the list, raising one, and one with how far it is filled, the calls to answer, and standing down."""

from collections.abc import Iterator
from datetime import timedelta
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
from api.pages.families.skills import skill_choices
from api.pages.forms import Form, uuid_of
from api.pages.rendering import KEPT_BY_THE_BROWSER, page, see_other
from api.pages.visit import Visit
from core import geo
from core.actor import Actor, Permission, check_may
from core.errors import BadInput
from core.limits import LONGEST_NAME, LONGEST_TEXT
from core.time import clock
from core.time.timing import Period
from marketplace.planning import surging
from marketplace.requests.rules import FARTHEST_KM, NeedDraft
from marketplace.runs.queries import published_for
from marketplace.surges import alerts, calls, fill
from marketplace.surges.models import CallState, Occasion, SurgeState
from marketplace.surges.rules import ANSWERS, LONGEST_ANSWER, MOST_PEOPLE, MOST_ROLES, AlertDraft, RoleDraft
from marketplace.views.reads import names_read
from resources.families.staff import StaffRequirements

LIST, NEW, ONE, FILL = "surges/list.html", "surges/new.html", "surges/one.html", "surges/fill.html"
ROLES = 4
"""That the form has room for at first; it is asked for more by a button that sends what is filled in."""


class SurgePages(Controller):
    """List, raise, follow, answer, stand down."""

    path = "/surges"

    @get("/", sync_to_thread=True)
    def search(self, visit: NamedDependency[Visit], paging: NamedDependency[Paging]) -> Template:
        """List the alerts that the member may see."""
        context = {
            "found": alerts.surges_page(visit.session, visit.actor, paging.page, paging.limit),
            "address": lambda number: address_of_page(visit.request, number),
            "may_alert": visit.actor.may(Permission.ALERT),
        }
        return page(LIST, context)

    @get("/new", sync_to_thread=True)
    def new(self, visit: NamedDependency[Visit]) -> Template:
        """Show the form of an alert."""
        return page(NEW, _choices(visit) | {"form": visit.form}, headers=KEPT_BY_THE_BROWSER)

    @post("/new", sync_to_thread=True)
    def make(self, visit: NamedDependency[Visit]) -> Redirect | Template:
        """Raise it, and go on to its page."""
        if visit.form.ticked("more"):
            return page(NEW, _choices(visit, more=ROLES) | {"form": visit.form})
        with visit.form.shown_again(NEW, _choices(visit)):
            surge = surging.raise_alert(visit.session, visit.actor, _draft(visit.form))
        return see_other(visit.request, f"/surges/{surge.id}", _("The alert is raised. A first plan comes in seconds."))

    @get("/{key:uuid}", sync_to_thread=True)
    def read_one(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Template:
        """Show an alert."""
        return page(ONE, _one(visit.session, visit.actor, key) | {"form": visit.form})

    @get("/{key:uuid}/fill", sync_to_thread=True)
    def fill(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Template:
        """Give the part of the page that tells how far it is filled."""
        return page(FILL, _filled(visit.session, visit.actor, key))

    @post("/{key:uuid}/answers", sync_to_thread=True)
    def answer(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Answer for the cards that are ticked."""
        session, actor, form = visit.session, visit.actor, visit.form
        alerts.surge_view(session, actor, key)
        calls.check_answers(session, actor, key)
        with form.acting(session, ONE, lambda: _one(session, actor, key)):
            chosen = {each for text in form.many("call") if (each := uuid_of(text))}
            if not chosen:
                raise BadInput("call", None, "choose one")
            begins = form.day_or_none("begins")
            form.check()
            surging.answer_calls(session, actor, key, chosen, form.choice("answer", CallState), begins=begins)
        return see_other(visit.request, f"/surges/{key}", _("The answer counts now, and is planned with in seconds."))

    @post("/{key:uuid}/stand-down", sync_to_thread=True)
    def end(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """End the alert."""
        surging.stand_down(visit.session, visit.actor, key, end_loans=visit.form.ticked("endLoans"))
        return see_other(visit.request, f"/surges/{key}", _("The alert has ended. Those who are called are told."))


def _filled(session: Session, actor: Actor, key: UUID) -> dict[str, Any]:
    view = alerts.surge_view(session, actor, key)
    fills = fill.fill_of(session, key)
    return {"view": view, "surge": view.surge, "fills": fills, "goes_on": view.surge.state is SurgeState.OPEN}


def _one(session: Session, actor: Actor, key: UUID) -> dict[str, Any]:
    """Return what the page of one alert shows: to whoever coordinates it, and where somebody is called."""
    shown = _filled(session, actor, key)
    own = calls.own_calls(session, actor, key)
    names_read(session, actor, [each.resource for each in own])
    return {
        **shown,
        "calls": own,
        "run": published_for(session, key),
        "answers": [(each.value, label(each, "call_answer")) for each in ANSWERS],
        "may_end": shown["goes_on"] and actor.may(Permission.ALERT, shown["surge"].organisation_id),
    }


def _rows(form: Form) -> int:
    """Return for how many roles the form that was sent had room."""
    rows = form.value("rows")
    return min(max(ROLES, int(rows) if rows.isdecimal() and len(rows) < 3 else 0), MOST_ROLES)


def _choices(visit: Visit, more: int = 0) -> dict[str, Any]:
    """Return what can be chosen in the form of an alert, with room for some roles more than it had."""
    roles = min(_rows(visit.form) + more, MOST_ROLES)
    labels = _labels(roles)
    check_may(visit.actor, Permission.ALERT)
    first = clock.today() + timedelta(days=2)
    return {
        "organisations": [(str(each.id), each.name) for each in alerts.in_area(visit.session, visit.actor)],
        "occasions": [(each.value, label(each)) for each in Occasion],
        "skills": skill_choices(visit.session, visit.form).listed,
        "levels": [(n, label(n, "skill_level")) for n in "12345"],
        "municipalities": tuple((each.code, each.name) for each in geo.municipalities()),
        "default": {"first": str(first), "last": str(first + timedelta(days=13))},
        "roles": range(roles),
        "may_have_more": roles < MOST_ROLES,
        "labels": labels,
        "summary_labels": labels,
    }


def _labels(roles: int) -> dict[str, str]:
    of_alert = {
        "organisationId": _("Who is in need?"),
        "occasion": _("What is it?"),
        "title": _("What is the alert called?"),
        "what": _("What has happened?"),
        "answerHours": _("Hours to answer in"),
        "first": _("From"),
        "last": _("Through"),
    }
    each = {
        "title": _("What are they to do?"),
        "number": _("How many people"),
        "percent": _("Percent of full time"),
        "skill": _("Skill that they must have"),
        "level": _("At least at this level"),
        "municipality": _("Where?"),
        "km": _("At most so many km away"),
        "remote": _("They may work remotely"),
    }
    of_roles = {
        f"roles.{n}.{name}": _("Role %(number)s: %(label)s") % {"number": n + 1, "label": text}
        for n in range(roles)
        for name, text in each.items()
    }
    return of_alert | of_roles | {"roles": _("Who is needed?")}


def _draft(form: Form) -> AlertDraft:
    """Return what a form says, all that is wrong in it told at once."""
    organisation_id = uuid_of(form.value("organisationId"))
    if organisation_id is None:
        form.wrong("organisationId", "choose one")
    hours = form.whole("answerHours", least=1, most=LONGEST_ANSWER.days * 24)
    first, last = form.day("first", clock.today()), form.day("last", clock.today())
    occasion = form.choice("occasion", Occasion)
    title = form.text("title", required=True, most=LONGEST_NAME)
    what = form.text("what", required=True, most=LONGEST_TEXT)
    form.check()
    with form.noting():
        period = Period(first, last)
    form.check()
    roles = tuple(_roles(form, period))
    if not roles and not form.errors:
        form.wrong("roles", "fill this in")
    form.check()
    assert organisation_id is not None
    return AlertDraft(
        organisation_id=organisation_id,
        occasion=occasion,
        title=title,
        what=what,
        answer_by=clock.now() + timedelta(hours=hours),
        roles=roles,
    )


def _roles(form: Form, period: Period) -> Iterator[RoleDraft]:
    """Yield the roles that have a title."""
    for n in range(_rows(form)):
        at = f"roles.{n}."
        title = form.text(at + "title", most=LONGEST_NAME)
        if not title:
            continue
        number = form.whole(at + "number", least=1, most=MOST_PEOPLE)
        percent = form.whole_or_none(at + "percent", least=1, most=100)
        km = form.decimal_or_none(at + "km", least=1, most=FARTHEST_KM)
        skill, level = form.value(at + "skill"), form.value(at + "level") or "3"
        if any(form.error(at + name) for name in ("title", "number", "percent", "km")):
            continue
        with form.noting():
            asked = StaffRequirements(
                skills_must={skill: int(level)} if skill else {}, remote_ok=form.ticked(at + "remote")
            )
            need = NeedDraft(
                family="staff",
                title=title,
                amount=percent or 100,
                municipality_code=form.value(at + "municipality") or None,
                max_distance_km=km,
                timing=period,
                requirements=asked,
            )
            yield RoleDraft(number=number, need=need)
