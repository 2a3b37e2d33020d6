"""Networks and working groups of hubs: the list, one with its calendar and people, beginning, joining, closing."""

from typing import Any
from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from api.calendars.naming import group_address_of
from api.http.forms.once import keep_outcome
from api.http.paging import Paging, address_of_page
from api.language.i18n import gettext as _
from api.language.labels import label
from api.pages.forms import Form
from api.pages.rendering import KEPT_BY_THE_BROWSER, page, see_other
from api.pages.visit import Visit
from core.errors import NotAllowed
from core.limits import LONGEST_NAME
from hubs.activities.queries import ActivitySearch, activities_page
from hubs.groups import queries, service
from hubs.groups.models import HubGroup, HubGroupKind
from hubs.groups.rules import GroupDraft
from hubs.questions.queries import HubQuestionSearch, questions_page

LIST, ONE = "hubs/groups/list.html", "hubs/groups/one.html"
NEW = CHANGE = "hubs/groups/shaping.html"
_LATEST = 5
"""Questions on a group's page."""


class HubGroupPages(Controller):
    """List, begin, show, change, join, leave, close."""

    path = "/"

    @get("/hubs/{key:uuid}/groups", sync_to_thread=True)
    def search(self, visit: NamedDependency[Visit], key: FromPath[UUID], paging: NamedDependency[Paging]) -> Template:
        """List the groups that began at a hub."""
        hub = queries.check_reads(visit.session, visit.actor, key)
        context = {
            "hub": hub,
            "found": queries.groups_page(visit.session, visit.actor, key, paging.page, paging.limit),
            "address": lambda number: address_of_page(visit.request, number),
            "may_begin": queries.may_make(visit.session, visit.actor, hub),
        }
        return page(LIST, context)

    @get("/hubs/{key:uuid}/groups/new", sync_to_thread=True)
    def new(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Template:
        """Ask what the group is."""
        return page(NEW, _new(visit, key) | {"form": visit.form}, headers=KEPT_BY_THE_BROWSER)

    @post("/hubs/{key:uuid}/groups/new", sync_to_thread=True)
    def begin(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Begin a group."""
        form = visit.form
        with form.shown_again(NEW, _new(visit, key)):
            row = service.begin(visit.session, visit.actor, key, _draft(form))
        return see_other(visit.request, f"/hub-groups/{row.id}", _("The group has begun."))

    @get("/hub-groups/{key:uuid}", sync_to_thread=True)
    def read_one(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Template:
        """Show a group, what it has on, and to who is in it those who tell so."""
        return page(ONE, _one(visit, key) | {"form": Form()})

    @get("/hub-groups/{key:uuid}/change", sync_to_thread=True)
    def shape(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Template:
        """Show the form of a group as it is."""
        context = _shaping(visit, key)
        return page(CHANGE, context | {"form": visit.form if visit.form.fields else context["stored"]})

    @post("/hub-groups/{key:uuid}/change", sync_to_thread=True)
    def change(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Let it be what the form says."""
        form = visit.form
        with form.shown_again(CHANGE, _shaping(visit, key)):
            version = form.whole_or_none("version")
            service.change(visit.session, visit.actor, key, _draft(form), if_version=version)
        return see_other(visit.request, f"/hub-groups/{key}", _("It is changed."))

    @post("/hub-groups/{key:uuid}/joining", sync_to_thread=True)
    def join(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Be in it, and say whether the others are told one's name."""
        with visit.form.acting(visit.session, ONE, lambda: _one(visit, key)):
            service.join(visit.session, visit.actor, key, named=visit.form.ticked("named"))
        return see_other(visit.request, f"/hub-groups/{key}", _("You are in the group."))

    @post("/hub-groups/{key:uuid}/leaving", sync_to_thread=True)
    def leave(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Be in it no more."""
        service.leave(visit.session, visit.actor, key)
        return see_other(visit.request, f"/hub-groups/{key}", _("You are not in the group any more."))

    @post("/hub-groups/{key:uuid}/calendar", sync_to_thread=True)
    def make_calendar(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Template:
        """Make an address of the group's calendar of one's own, and show it this once."""
        with visit.form.acting(visit.session, ONE, lambda: _one(visit, key)):
            secret = service.make_feed(visit.session, visit.actor, key)
        done = _("It was done already. The address was shown once: if you don't have it, make another.")
        keep_outcome(visit.request, f"/hub-groups/{key}", {"message": done, "tone": "warning"})  # never the address
        address = group_address_of(secret, str(visit.request.base_url))
        return page(ONE, _one(visit, key) | {"form": Form(), "address": address})

    @post("/hub-groups/{key:uuid}/calendar/revocation", sync_to_thread=True)
    def end_calendar(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Let nothing be read by one's address any more."""
        with visit.form.acting(visit.session, ONE, lambda: _one(visit, key)):
            service.end_feed(visit.session, visit.actor, key)
        told = _("The calendar is revoked. Nothing is read by its address any more.")
        return see_other(visit.request, f"/hub-groups/{key}", told)

    @post("/hub-groups/{key:uuid}/closing", sync_to_thread=True)
    def close(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Let nobody join it any more."""
        service.close(visit.session, visit.actor, key)
        return see_other(visit.request, f"/hub-groups/{key}", _("The group is closed."))


def _draft(form: Form) -> GroupDraft:
    kind = form.choice("kind", HubGroupKind)
    with form.noting():
        draft = GroupDraft(kind=kind, name=form.value("name"), about=form.value("about"))
    form.check()
    return draft


def _new(visit: Visit, hub_id: UUID) -> dict[str, Any]:
    hub = queries.check_reads(visit.session, visit.actor, hub_id)
    if not queries.may_make(visit.session, visit.actor, hub):
        raise NotAllowed("not_hub_member", "Only members of the hub begin groups there.")
    return _choices() | {"hub": hub, "group": None, "action": f"/hubs/{hub_id}/groups/new?sent"}


def _shaping(visit: Visit, key: UUID) -> dict[str, Any]:
    view = service.kept(visit.session, visit.actor, key)
    return _choices() | {
        "hub": view.hub,
        "group": view.group,
        "action": f"/hub-groups/{key}/change",
        "stored": _stored(view.group),
    }


def _choices() -> dict[str, Any]:
    labels = {"kind": _("What kind of group is it?"), "name": _("What is it called?"), "about": _("What is it about?")}
    return {
        "kinds": [(each.value, label(each)) for each in HubGroupKind],
        "most": LONGEST_NAME,
        "labels": labels,
        "summary_labels": labels,
    }


def _stored(row: HubGroup) -> Form:
    said = {"version": str(row.version), "kind": row.kind.value, "name": row.name, "about": row.about}
    return Form({name: [value] for name, value in said.items()})


def _one(visit: Visit, key: UUID) -> dict[str, Any]:
    view = queries.group_view(visit.session, visit.actor, key)
    return {
        "view": view,
        "address": "",
        "people": queries.people(visit.session, visit.actor, key),
        "size": queries.size(visit.session, key) if view.keeps else None,
        "questions": questions_page(visit.session, visit.actor, HubQuestionSearch(group_id=key), limit=_LATEST),
        "found": activities_page(visit.session, visit.actor, ActivitySearch(group_id=key)),
    }
