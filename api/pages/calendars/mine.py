"""*My calendars*: which there are and when each was last fetched, making one, another address for one, revoking."""

from typing import Any
from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from api.calendars.naming import address_of, title_of
from api.http.forms.once import keep_outcome
from api.language.i18n import gettext as _
from api.language.labels import label
from api.pages.forms import Form, uuid_of
from api.pages.rendering import page, see_other
from api.pages.visit import Visit
from core.limits import LONGEST_NAME
from marketplace.calendars import queries, service
from marketplace.calendars.models import CalendarFeed, FeedScope
from marketplace.calendars.rules import MOST_FEEDS
from marketplace.organisations.queries import departments_of

TEMPLATE, PAGE = "calendars/mine.html", "/my-calendars"


class MyCalendarPages(Controller):
    """List, make, make anew, revoke."""

    path = PAGE

    @get("/", sync_to_thread=True)
    def list_own(self, visit: NamedDependency[Visit]) -> Template:
        """List one's calendars, and show the form of a new one."""
        return page(TEMPLATE, _context(visit, visit.form))

    @post("/", sync_to_thread=True)
    def make(self, visit: NamedDependency[Visit]) -> Template:
        """Make a calendar, and show its address this once."""
        session, actor, form = visit.session, visit.actor, visit.form
        names = dict.fromkeys(("scope", "department", "siteId"), "shows")
        with form.acting(session, TEMPLATE, lambda: _context(visit, form), names):
            name = form.text("name", required=True, most=LONGEST_NAME)
            scope, _colon, of = form.value("shows").partition(":")
            if scope not in set(FeedScope):
                form.wrong("shows", "choose one")
            form.check()
            made = service.make(session, actor, name, FeedScope(scope), department=of or None, site_id=uuid_of(of))
        return _shown_once(visit, *made)

    @post("/{key:uuid}/renewal", sync_to_thread=True)
    def renew(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Template:
        """Give a calendar another address, and show that this once."""
        with visit.form.acting(visit.session, TEMPLATE, lambda: _context(visit, visit.form)):
            made = service.renew(visit.session, visit.actor, key)
        return _shown_once(visit, *made)

    @post("/{key:uuid}/revocation", sync_to_thread=True)
    def revoke(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Let nothing be read by a calendar's address any more."""
        with visit.form.acting(visit.session, TEMPLATE, lambda: _context(visit, visit.form)):
            service.revoke(visit.session, visit.actor, key)
        return see_other(visit.request, PAGE, _("The calendar is revoked. Nothing is read by its address any more."))


def _shown_once(visit: Visit, secret: str, made: CalendarFeed) -> Template:
    done = _("It was done already. The address was shown once: if you don't have it, make another for the calendar.")
    keep_outcome(visit.request, PAGE, {"message": done, "tone": "warning"})  # never the address itself
    address = address_of(secret, str(visit.request.base_url))
    shown = {"made": made, "address": address, "subscribed": f"webcal://{address.partition('://')[2]}"}
    return page(TEMPLATE, _context(visit, Form()) | shown)


def _context(visit: Visit, form: Form) -> dict[str, Any]:
    session, actor = visit.session, visit.actor
    found = queries.feeds(session, actor)
    names = queries.site_names(session, found)
    return {
        "holding": [(each, title_of(each, names)) for each in found if each.revoked_at is None],
        "ended": [(each, title_of(each, names)) for each in found if each.revoked_at is not None],
        "form": form,
        "made": None,
        "most": MOST_FEEDS,
        "choices": [*_choices(visit)],
        "labels": {"name": _("Where you will read it"), "shows": _("Which bookings it shows")},
    }


def _choices(visit: Visit) -> list[tuple[str, str]]:
    """Return what a calendar may show, as the form's field has it: a scope, and of what."""
    session, actor = visit.session, visit.actor
    whole = [(scope.value, label(scope)) for scope in (FeedScope.OWN, FeedScope.ORGANISATION)]
    units = [(FeedScope.DEPARTMENT, each, each) for each in departments_of(session, actor.organisation_id)]
    sites = [(FeedScope.SITE, str(each.id), each.name) for each in queries.sites(session, actor)]
    return [*whole, *((f"{scope}:{key}", f"{label(scope)}: {name}") for scope, key, name in (*units, *sites))]
