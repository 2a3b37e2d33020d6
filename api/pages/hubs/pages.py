"""Pages of hubs: the list, and one, for everybody; making and changing one, for its hosts."""

from typing import Any
from uuid import UUID

from litestar import Controller, Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlmodel import Session

from api.http.auth import signed_in_actor
from api.http.paging import Paging, address_of_page
from api.http.visitor import visitor_of
from api.language.i18n import gettext as _
from api.language.labels.timing import opening_words
from api.pages.forms import Form, uuid_of
from api.pages.hubs.form import Holders, fields_of, form_context, hub_of, names_in
from api.pages.organisations.register import municipality_name
from api.pages.rendering import KEPT_BY_THE_BROWSER, page, see_other
from api.pages.visit import Visit
from core.actor import Actor, Permission, refusal
from core.limits import LONGEST_TEXT
from core.time import opening
from hubs.membership import manifesto
from hubs.membership.queries import belongs_anywhere, may_hold_roles
from hubs.membership.reading import HubTold, hub_told
from hubs.membership.seats import change_hub
from hubs.places import queries, service
from hubs.places.queries import hosted_hub
from hubs.places.rules import HubDraft
from marketplace.organisations.models import Member, Organisation
from marketplace.views.reads import members_read
from resources.models import Site

LIST, ONE, NEW, CHANGE = (f"hubs/{name}.html" for name in ("list", "one", "new", "change"))
AnyRequest = Request[Any, Any, Any]


class HubPages(Controller):
    """List, show, make, change."""

    path = "/hubs"

    @get("/", sync_to_thread=True)
    def search(
        self, request: AnyRequest, session: NamedDependency[Session], paging: NamedDependency[Paging]
    ) -> Template:
        """List all hubs, for everybody."""
        actor = _reader(request, session)
        context = {
            "found": queries.hubs_page(session, actor, paging.page, paging.limit),
            "address": lambda number: address_of_page(request, number),
            "municipality": municipality_name,
            "belongs": actor is not None and belongs_anywhere(session, actor.member_id),
            "may_make": actor is not None and bool(queries.sites_without_hub(session, actor)),
        }
        return page(LIST, context)

    @get("/new", sync_to_thread=True)
    def new(self, visit: NamedDependency[Visit]) -> Template:
        """Ask what the hub is called, and where."""
        return page(NEW, _new(visit.session, visit.actor, visit.form), headers=KEPT_BY_THE_BROWSER)

    @post("/new", sync_to_thread=True)
    def make(self, visit: NamedDependency[Visit]) -> Redirect:
        """Make a hub that is being prepared, and go on to say more of it."""
        form, session = visit.form, visit.session
        with form.shown_again(NEW, _new(session, visit.actor, form)):
            site_id = uuid_of(form.value("siteId"))
            if site_id is None:
                form.wrong("siteId", "choose one")
            name = form.text("name", required=True)
            form.check()
            assert site_id is not None
            row = service.create(session, visit.actor, site_id, HubDraft(name=name))
        return see_other(visit.request, f"/hubs/{row.id}/change", _("The hub is made. Only its hosts see it so far."))

    @get("/{key:uuid}", sync_to_thread=True)
    def read_one(self, request: AnyRequest, session: NamedDependency[Session], key: FromPath[UUID]) -> Template:
        """Show a hub, to everybody."""
        actor = _reader(request, session)
        told = hub_told(session, actor, key)
        hours = told.view.site.opening_hours
        context = {
            "told": told,
            "hub": told.view.hub,
            "signed_in": actor is not None,
            "municipality": municipality_name(told.view.site.municipality_code),
            "hours": opening_words(opening.from_json(hours)) if hours else "",
        }
        return page(ONE, context)

    @get("/{key:uuid}/change", sync_to_thread=True)
    def edit(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Template:
        """Show the form with what is said of the hub."""
        hosted_hub(visit.session, visit.actor, key)
        return page(CHANGE, _changed(visit.session, visit.actor, hub_told(visit.session, visit.actor, key), visit.form))

    @post("/{key:uuid}/change", sync_to_thread=True)
    def change(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Let it be what the form says."""
        form, session, actor = visit.form, visit.session, visit.actor
        view = hosted_hub(session, actor, key)
        told = hub_told(session, actor, key)
        rooms, holders = list(queries.rooms_at(session, view.site)), _holders(session, actor, told)
        with form.shown_again(CHANGE, _changed(session, actor, told, form), names_in(form)):
            version = form.whole("version", least=1)
            change_hub(session, actor, key, hub_of(form, rooms, holders), if_version=version)
        return see_other(visit.request, f"/hubs/{key}", _("The hub is changed."))

    @post("/{key:uuid}/manifestos", sync_to_thread=True)
    def publish(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Have a new version of what members sign."""
        form, session = visit.form, visit.session
        hosted_hub(session, visit.actor, key)
        told = hub_told(session, visit.actor, key)
        with form.acting(session, CHANGE, lambda: _changed(session, visit.actor, told, Form()), {"words": "manifesto"}):
            manifesto.publish(session, visit.actor, key, form.value("manifesto"))
        return see_other(visit.request, f"/hubs/{key}", _("The manifesto is published. Members are asked to sign it."))


def _reader(request: AnyRequest, session: Session) -> Actor | None:
    """Return who reads a page that is for everybody, if that one is signed in."""
    return signed_in_actor(request, session) if visitor_of(request) is not None else None


def _new(session: Session, actor: Actor, form: Form) -> dict[str, Any]:
    if not actor.may(Permission.HOST):
        raise refusal(actor, Permission.HOST)
    said = {"siteId": _("At which site?"), "name": _("What is the hub called?")}
    sites: list[Site] = list(queries.sites_without_hub(session, actor))
    return {
        "form": form,
        "sites": [(str(each.id), each.name) for each in sites],
        "labels": said,
        "summary_labels": said,
    }


def _changed(session: Session, actor: Actor, told: HubTold, form: Form) -> dict[str, Any]:
    """Return what the form needs; the manifesto has a form of its own beside it."""
    stored = fields_of(told)
    rooms = list(queries.rooms_at(session, told.view.site))
    return {
        **form_context(form, stored, rooms, _holders(session, actor, told)),
        "hub": told.view.hub,
        "stored": stored,
        "manifesto": told.manifesto,
        "longest": LONGEST_TEXT,
    }


def _holders(session: Session, actor: Actor, told: HubTold) -> Holders:
    """Return who may be given a role, and who has one already."""
    organisations, people = may_hold_roles(session, told.view)
    members_read(session, actor, [member for member, _home in people])
    by_id: dict[UUID, Organisation] = {each.id: each for each in organisations}
    by_id |= {each.organisation.id: each.organisation for each in told.roles}
    named: dict[UUID, tuple[Member, Organisation]] = {member.id: (member, home) for member, home in people}
    named |= {each.member.id: (each.member, each.organisation) for each in told.roles if each.member}
    return Holders(list(by_id.values()), list(named.values()))
