"""*My calendars*: which there are and when each was last fetched, making one, another address for one, revoking.

Who administers a member sees and revokes those of that member, too.
"""

from collections.abc import Sequence
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
from marketplace.organisations.queries import departments_of, member_seen
from marketplace.views import reads

TEMPLATE, OF_MEMBER, PAGE = "calendars/mine.html", "members/calendars.html", "/my-calendars"


class MyCalendarPages(Controller):
    """List, make, make anew, revoke."""

    path = "/"

    @get(PAGE, sync_to_thread=True)
    def list_own(self, visit: NamedDependency[Visit]) -> Template:
        """List one's calendars, and show the form of a new one."""
        return page(TEMPLATE, _context(visit, visit.form))

    @post(PAGE, sync_to_thread=True)
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

    @post(PAGE + "/{key:uuid}/renewal", sync_to_thread=True)
    def renew(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Template:
        """Give a calendar another address, and show that this once."""
        with visit.form.acting(visit.session, TEMPLATE, lambda: _context(visit, visit.form)):
            made = service.renew(visit.session, visit.actor, key)
        return _shown_once(visit, *made)

    @post(PAGE + "/{key:uuid}/revocation", sync_to_thread=True)
    def revoke(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Let nothing be read by a calendar's address any more."""
        holder = queries.feed_to_revoke(visit.session, visit.actor, key).member_id
        own = holder == visit.actor.member_id
        with visit.form.acting(
            visit.session,
            TEMPLATE if own else OF_MEMBER,
            lambda: _context(visit, visit.form) if own else _of_member(visit, holder, visit.form),
        ):
            service.revoke(visit.session, visit.actor, key)
        back = PAGE if own else f"/members/{holder}/calendars"
        return see_other(visit.request, back, _("The calendar is revoked. Nothing is read by its address any more."))

    @get("/members/{key:uuid}/calendars", sync_to_thread=True)
    def list_of_member(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Template:
        """List the calendars of a member, for those who administer it."""
        return page(OF_MEMBER, _of_member(visit, key, Form()))


def _shown_once(visit: Visit, secret: str, made: CalendarFeed) -> Template:
    done = _("It was done already. The address was shown once: if you don't have it, make another for the calendar.")
    keep_outcome(visit.request, PAGE, {"message": done, "tone": "warning"})  # never the address itself
    address = address_of(secret, str(visit.request.base_url))
    shown = {"made": made, "address": address, "subscribed": f"webcal://{address.partition('://')[2]}"}
    return page(TEMPLATE, _context(visit, Form()) | shown)


def _context(visit: Visit, form: Form) -> dict[str, Any]:
    return {
        **_listed(visit, queries.feeds(visit.session, visit.actor)),
        "form": form,
        "made": None,
        "most": MOST_FEEDS,
        "choices": [*_choices(visit)],
        "labels": {"name": _("Where you will read it"), "shows": _("Which bookings it shows")},
    }


def _of_member(visit: Visit, member_id: UUID, form: Form) -> dict[str, Any]:
    found = queries.feeds_of(visit.session, visit.actor, member_id)  # refuses whoever does not administer the member
    member = member_seen(visit.session, visit.actor, member_id)
    reads.members_read(visit.session, visit.actor, [member])
    return {**_listed(visit, found), "member": member, "form": form}


def _listed(visit: Visit, found: Sequence[CalendarFeed]) -> dict[str, Any]:
    """Return the calendars that hold, and those that were revoked, with what each shows."""
    names = queries.site_names(visit.session, found)
    return {
        "holding": [(each, title_of(each, names)) for each in found if each.revoked_at is None],
        "ended": [(each, title_of(each, names)) for each in found if each.revoked_at is not None],
    }


def _choices(visit: Visit) -> list[tuple[str, str]]:
    """Return what a calendar may show, as the form's field has it: a scope, and of what."""
    session, actor = visit.session, visit.actor
    whole = [(scope.value, label(scope)) for scope in (FeedScope.OWN, FeedScope.ORGANISATION)]
    units = [(FeedScope.DEPARTMENT, each, each) for each in departments_of(session, actor.organisation_id)]
    sites = [(FeedScope.SITE, str(each.id), each.name) for each in queries.sites(session, actor)]
    return [*whole, *((f"{scope}:{key}", f"{label(scope)}: {name}") for scope, key, name in (*units, *sites))]
