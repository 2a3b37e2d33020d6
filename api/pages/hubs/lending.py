"""What is borrowed at a hub, and asked for at its place: zones and desks, a home for a project, a person."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Controller, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Template

from api.http.paging import Paging
from api.language.i18n import gettext as _
from api.pages.forms import Form
from api.pages.offers.narrowing import query_of
from api.pages.organisations.register import municipality_name, offers_shown
from api.pages.rendering import page
from api.pages.visit import Visit
from core.actor import Permission
from hubs.places import queries
from marketplace.offers.models import OfferState
from marketplace.offers.search import OfferSearch

TEMPLATE = "hubs/lending.html"


class HubLendingPages(Controller):
    """Show what there is to borrow, and where one asks for what there is not."""

    path = "/hubs/{key:uuid}/lending"

    @get("/", sync_to_thread=True)
    def read_one(self, visit: NamedDependency[Visit], paging: NamedDependency[Paging], key: FromPath[UUID]) -> Template:
        """Show the zones that are offered, those that are free in a time where one is named."""
        view = queries.hub_view(visit.session, visit.actor, key)
        typed = Form({name: [text] for name, text in visit.request.query_params.items()})
        rooms = tuple(room.id for _zone, room in queries.zones(visit.session, key))
        during = query_of(typed).search(visit.actor).during
        search = OfferSearch(resource_ids=rooms, during=during, state=OfferState.OPEN)
        place = {"municipality": view.site.municipality_code}
        place |= {name: typed.value(name) for name in ("from", "until") if during and typed.value(name)}
        context = {
            "hub": view.hub,
            "form": typed,
            "municipality": municipality_name(view.site.municipality_code),
            "during": during,
            "may_ask": visit.actor.may(Permission.REQUEST),
            "looked_for": _looked_for(place),
            "asked_for": _asked_for(place),
            **offers_shown(visit.request, visit.session, visit.actor, search, paging),
        }
        return page(TEMPLATE, context)


def _looked_for(place: dict[str, str]) -> list[tuple[str, str]]:
    """Return what there is near the hub, with the address where it is looked for."""
    found: list[tuple[str, dict[str, Any]]] = [
        (_("Rooms for a project"), {"family": "space", "kind": "project_area"}),
        (_("Desks"), {"family": "space", "kind": "desk_pool"}),
        (_("People who are lent"), {"family": "staff"}),
    ]
    return [(text, f"/offers?{urlencode(what | place)}") for text, what in found]


def _asked_for(place: dict[str, str]) -> list[tuple[str, str]]:
    """Return what may be asked for at the hub's place, with the address of a request that begins so."""
    found: list[tuple[str, dict[str, Any]]] = [
        (_("A room for a project"), {"family": "space", "kind": "project_area"}),
        (_("A desk for a day"), {"family": "space", "kind": "desk_pool", "least": "1"}),
        (_("A person"), {"family": "staff"}),
    ]
    return [(text, f"/requests/new?{urlencode(what | place)}") for text, what in found]
