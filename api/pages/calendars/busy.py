"""*Busy times*: which calendars are read for when resources are in use, how it went, and what they are at odds with."""

from typing import Any
from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from api.http.paging import Paging, address_of_page
from api.language.i18n import gettext as _
from api.language.labels import label
from api.pages.forms import Form, uuid_of
from api.pages.rendering import page, see_other
from api.pages.visit import Visit
from core.actor import Permission, check_may
from core.limits import LONGEST_NAME
from core.outward.addresses import LONGEST_ADDRESS, address_faults
from core.settings import settings
from marketplace.busy import queries, service
from marketplace.busy.reading import Access
from marketplace.busy.rules import BusyKind

TEMPLATE, PAGE = "calendars/busy.html", "/busy-calendars"


class BusyCalendarPages(Controller):
    """List, add, read now, remove."""

    path = PAGE

    @get("/", sync_to_thread=True)
    def search(self, visit: NamedDependency[Visit], paging: NamedDependency[Paging]) -> Template:
        """List the calendars of one's organisation's resources, and show the form of a new one."""
        return page(TEMPLATE, _context(visit, visit.form, paging))

    @post("/", sync_to_thread=True)
    def add(self, visit: NamedDependency[Visit]) -> Redirect:
        """Let a calendar be read from now on."""
        check_may(visit.actor, Permission.OFFER)
        form = visit.form
        with form.shown_again(TEMPLATE, _context(visit, form, Paging())):
            resource_id, kind = uuid_of(form.value("resourceId")), form.choice("kind", BusyKind)
            address = form.text("address", required=True, most=LONGEST_ADDRESS)
            user, password = (form.text(name, most=LONGEST_NAME) for name in ("user", "password"))
            if resource_id is None:
                form.wrong("resourceId", "choose one")
            for fault in address_faults("address", address) if address else ():  # told with the others
                form.wrong("address", fault.reason)
            form.check()
            assert resource_id is not None
            service.add(visit.session, visit.actor, resource_id, kind, Access(address, user, password))
        return see_other(visit.request, PAGE, _("The calendar is read within a minute."))

    @post("/{key:uuid}/reading", sync_to_thread=True)
    def read_soon(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Let a calendar be read within a minute."""
        service.read_soon(visit.session, visit.actor, key)
        return see_other(visit.request, PAGE, _("The calendar is read within a minute."))

    @post("/{key:uuid}/removal", sync_to_thread=True)
    def remove(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Read a calendar no more."""
        service.remove(visit.session, visit.actor, key)
        return see_other(visit.request, PAGE, _("The calendar is not read any more, and keeps nothing free for you."))


def _context(visit: Visit, form: Form, paging: Paging) -> dict[str, Any]:
    session, actor = visit.session, visit.actor
    wanted = uuid_of(form.value("resourceId") or visit.request.query_params.get("resource", ""))
    labels = {
        "resourceId": _("What it is the calendar of"),
        "kind": _("How it is read"),
        "address": _("The calendar's address"),
        "user": _("User name"),
        "password": _("Password"),
    }
    return {
        "found": queries.calendars_page(session, actor, paging.page, paging.limit),
        "address": lambda number: address_of_page(visit.request, number),
        "form": form,
        "labels": labels,
        "summary_labels": labels,
        "kinds": [(each.value, label(each)) for each in BusyKind],
        "choices": [(str(each.id), each.name) for each in queries.choosable(session, actor, wanted)],
        "wanted": str(wanted or ""),
        "may_act": lambda of: actor.may(Permission.OFFER, of.organisation_id, of.department),
        "minutes": settings().busy_calendar_minutes,
    }
