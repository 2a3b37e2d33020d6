"""The page of a site: how to get in, when it is open, and what stands there."""

from typing import Any
from uuid import UUID

from litestar import Controller, Request, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Template
from sqlmodel import Session

from api.http.paging import Paging
from api.language.labels import label
from api.pages.organisations.register import municipality_name, offers_shown
from api.pages.rendering import page
from core.actor import Actor
from core.time import opening, opening_text
from marketplace.bookings.queries import sites_hosted
from marketplace.offers.search import OfferSearch
from marketplace.organisations.queries import organisation
from resources import queries


class SitePages(Controller):
    """Show a site."""

    path = "/sites"

    @get("/{key:uuid}", sync_to_thread=True)
    def read_one(
        self,
        *,
        request: Request[Any, Any, Any],
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        paging: NamedDependency[Paging],
        key: FromPath[UUID],
    ) -> Template:
        """Show a site of one's organisation, or of one that one coordinates, with what is offered there."""
        site = queries.site(session, actor, key)
        hours = site.opening_hours
        context = {
            "site": site,
            "organisation": organisation(session, site.organisation_id),
            "municipality": municipality_name(site.municipality_code),
            "hours": opening_text.to_text(opening.from_json(hours)) if hours else "",
            "access": ", ".join(label(each, "access") for each in site.access),
            "hosted": any(each.id == key for each in sites_hosted(session, actor)),
            **offers_shown(request, session, actor, OfferSearch(site_id=key), paging),
        }
        return page("organisations/site.html", context)
