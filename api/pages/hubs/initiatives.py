"""What began when people met at a hub, and what has become of it: its members note it."""

from typing import Any
from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from api.http.paging import Paging, address_of_page
from api.language.i18n import gettext as _
from api.language.labels import label
from api.pages.forms import Form
from api.pages.rendering import page, see_other
from api.pages.visit import Visit
from core.time import clock
from hubs.figures import queries, service
from hubs.figures.models import InitiativeState
from hubs.figures.rules import InitiativeDraft

TEMPLATE = "hubs/figures/initiatives.html"


class InitiativePages(Controller):
    """List, note, say what has become of one."""

    path = "/hubs/{key:uuid}/initiatives"

    @get("/", sync_to_thread=True)
    def search(self, visit: NamedDependency[Visit], key: FromPath[UUID], paging: NamedDependency[Paging]) -> Template:
        """List what was born at the hub, with a form for more."""
        return page(TEMPLATE, _context(visit, key, visit.form, paging))

    @post("/", sync_to_thread=True)
    def make(self, visit: NamedDependency[Visit], key: FromPath[UUID], paging: NamedDependency[Paging]) -> Redirect:
        """Note one."""
        form = visit.form
        with form.shown_again(TEMPLATE, _context(visit, key, form, paging)):
            born_on, state = form.day("bornOn", clock.today()), form.choice("state", InitiativeState)
            with form.noting():
                draft = InitiativeDraft(
                    title=form.value("title"), about=form.value("about"), born_on=born_on, state=state
                )
            form.check()
            service.note_initiative(visit.session, visit.actor, key, draft)
        return see_other(visit.request, f"/hubs/{key}/initiatives", _("The initiative is noted."))

    @post("/{initiative:uuid}", sync_to_thread=True)
    def change(
        self,
        visit: NamedDependency[Visit],
        key: FromPath[UUID],
        initiative: FromPath[UUID],
        paging: NamedDependency[Paging],
    ) -> Redirect:
        """Say what has become of one; what else is said of it stands."""
        queries.readable(visit.session, visit.actor, key)
        row = queries.initiative(visit.session, key, initiative)
        with visit.form.acting(visit.session, TEMPLATE, lambda: _context(visit, key, Form(), paging)):
            state = visit.form.choice("became", InitiativeState)
            draft = InitiativeDraft(title=row.title, about=row.about, born_on=row.born_on, state=state)
            service.change_initiative(visit.session, visit.actor, key, initiative, draft)
        return see_other(visit.request, f"/hubs/{key}/initiatives", _("What has become of it is noted."))


def _context(visit: Visit, hub_id: UUID, form: Form, paging: Paging) -> dict[str, Any]:
    hub = queries.readable(visit.session, visit.actor, hub_id)
    said = {
        "title": _("What is it called?"),
        "about": _("What is it about?"),
        "bornOn": _("When did it begin?"),
        "state": _("How far has the initiative come?"),
    }
    return {
        "hub": hub,
        "hosts": queries.hosts(visit.actor, hub),
        "own_id": visit.actor.member_id,
        "found": queries.initiatives_page(visit.session, visit.actor, hub_id, paging.page, paging.limit),
        "address": lambda number: address_of_page(visit.request, number),
        "form": form,
        "labels": said,
        "summary_labels": said,
        "states": [(each.value, label(each)) for each in InitiativeState],
        "today": clock.today(),
    }
