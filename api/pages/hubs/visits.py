"""Coming to a hub without being a member: announced by anybody for an open house, or by a member's invitation."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from litestar import Controller, Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlmodel import Session

from api.http.auth import refuse_if_too_often, signed_in_actor
from api.http.paging import Paging, address_of_page
from api.http.visitor import visitor_of
from api.language import format as written
from api.language import i18n
from api.language.i18n import gettext as _
from api.pages.forms import Form
from api.pages.rendering import page, see_other
from api.pages.visit import Visit
from core.actor import Actor
from core.errors import Conflict
from core.rate_limits import VISITS_ANNOUNCED, of_address
from core.time import clock
from hubs.membership.queries import is_member
from hubs.places.models import HubPhase
from hubs.places.queries import hub_view, open_houses
from hubs.presence.queries import open_days
from hubs.presence.rules import monday_of
from hubs.profiles.queries import check_member
from hubs.visits import queries, service
from hubs.visits.links import visit_meant
from hubs.visits.models import VisitState
from hubs.visits.queries import VisitView
from hubs.visits.rules import LONGEST_AHEAD, VisitDraft

PAGE, LINK = "hubs/visits.html", "hubs/visit.html"
MOST_DAYS = 60
"""Of open houses to choose from."""
AnyRequest = Request[Any, Any, Any]


class HubVisitPages(Controller):
    """Show when everybody may come, announce oneself, invite somebody; for the host who comes."""

    path = "/hubs/{key:uuid}/visits"

    @get("/", sync_to_thread=True)
    def read_one(
        self,
        request: AnyRequest,
        session: NamedDependency[Session],
        paging: NamedDependency[Paging],
        key: FromPath[UUID],
    ) -> Template:
        """Show anybody the days, members whom they have invited, and hosts who comes."""
        context = _context(session, _reader(request, session), key, Form(), paging.page)
        return page(PAGE, context | {"address": lambda number: address_of_page(request, number)})

    @post("/", sync_to_thread=True)
    def announce(
        self, request: AnyRequest, session: NamedDependency[Session], form: NamedDependency[Form], key: FromPath[UUID]
    ) -> Redirect:
        """Ask an address whether it is so that it comes to an open house."""
        refuse_if_too_often(VISITS_ANNOUNCED.spend(of_address(request.client.host if request.client else None)))
        with form.shown_again(PAGE, _context(session, _reader(request, session), key, form)):
            service.announce(session, key, _draft(form), i18n.language())
        told = _("A mail is on its way to that address. Say yes there, and you are expected.")
        return see_other(request, f"/hubs/{key}/visits", told)

    @post("/invitations", sync_to_thread=True)
    def invite(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Invite somebody for a day, as a member."""
        check_member(visit.session, visit.actor, key)
        form = visit.form
        with form.shown_again(PAGE, _context(visit.session, visit.actor, key, form)):
            service.invite(visit.session, visit.actor, key, _draft(form), i18n.language())
        return see_other(
            visit.request,
            f"/hubs/{key}/visits",
            _("If the address is not asked or expected for that day already, a mail is on its way to it."),
        )


class VisitPages(Controller):
    """The page behind the link in the mail: say yes, or that one does not come."""

    path = "/visits/{secret:str}"

    @get("/", sync_to_thread=True)
    def ask(self, session: NamedDependency[Session], secret: FromPath[str]) -> Template:
        """Show what is asked: programs that look at links answer nothing."""
        return page(LINK, _link_context(_found(session, secret), Form()))

    @post("/", sync_to_thread=True)
    def answer(
        self, request: AnyRequest, session: NamedDependency[Session], form: NamedDependency[Form], secret: FromPath[str]
    ) -> Redirect:
        """Come, or not."""
        view = _found(session, secret)
        comes = form.value("answer") == "yes"
        with form.acting(session, LINK, lambda: _link_context(_found(session, secret), form)):
            service.answer(session, view.visit.id, comes=comes)
        if comes:
            return see_other(request, f"/visits/{secret}", _("You are welcome."))
        return see_other(request, f"/hubs/{view.hub.id}/visits", _("You do not come. What you had said is deleted."))


def _reader(request: AnyRequest, session: Session) -> Actor | None:
    return signed_in_actor(request, session) if visitor_of(request) is not None else None


def _draft(form: Form) -> VisitDraft:
    """Return what a form says, all that is wrong in it told at once."""
    day = form.day("day", clock.today())
    with form.noting():
        names, email = (form.value("firstName"), form.value("comesFrom")), form.value("email")
        draft = VisitDraft(day=day, first_name=names[0], comes_from=names[1], email=email)
    form.check()
    return draft


def _context(session: Session, actor: Actor | None, key: UUID, form: Form, number: int = 1) -> dict[str, Any]:
    view = hub_view(session, actor, key)
    belongs = actor is not None and is_member(session, key, actor.member_id)
    days = _open_house_days(session, key)
    labels = {
        "day": _("Which day?"),
        "firstName": _("First name"),
        "comesFrom": _("From which organisation?"),
        "email": _("E-mail"),
    }
    return {
        "form": form,
        "hub": view.hub,
        "is_open": view.hub.phase is not HubPhase.CLOSED,
        "belongs": belongs,
        "days": [(str(each), written.day(each)) for each in days],
        "limits": {"min": str(clock.today()), "max": str(clock.today() + LONGEST_AHEAD)},
        "invited": queries.invited(session, actor, key) if actor and belongs else None,
        "found": queries.who_comes(session, actor, key, number) if actor and view.hosted_by(actor) else None,
        "address": lambda number: f"/hubs/{key}/visits?page={number}",
        "labels": labels,
        "summary_labels": labels,
    }


def _open_house_days(session: Session, key: UUID) -> list[date]:
    """Return the days on which everybody may come, the first first: those of open houses on which the hub is open."""
    last = clock.today() + LONGEST_AHEAD
    found: set[date] = set()
    for each in open_houses(session, key):
        first = max(each.first, clock.today())
        found |= {first + timedelta(days=more) for more in range((min(each.last, last) - first).days + 1)}
    open_ = {day for monday in {monday_of(each) for each in found} for day in open_days(session, key, monday)}
    return sorted(found & open_)[:MOST_DAYS]


def _found(session: Session, secret: str) -> VisitView:
    key = visit_meant(secret)
    view = queries.visit_view(session, key) if key else None
    if view is None:
        raise Conflict("link_over", "This link is not to be had any more, or was not copied as a whole.")
    return view


def _link_context(view: VisitView, form: Form) -> dict[str, Any]:
    is_off = view.visit.state is VisitState.CALLED_OFF
    return {"form": form, "view": view, "comes": view.visit.state is VisitState.COMES, "is_off": is_off}
