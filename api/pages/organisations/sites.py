"""The page of a site: how to get in, when it is open, and what stands there."""

from uuid import UUID

from litestar import Controller, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Template

from api.http.paging import Paging
from api.language.labels import label
from api.language.labels.timing import opening_words
from api.pages.organisations.register import municipality_name, offers_shown
from api.pages.rendering import page
from api.pages.visit import Visit
from core.time import opening
from marketplace.bookings.queries import sites_hosted
from marketplace.offers.search import OfferSearch
from marketplace.organisations.queries import organisation
from resources import queries


class SitePages(Controller):
    """Show a site."""

    path = "/sites"

    @get("/{key:uuid}", sync_to_thread=True)
    def read_one(self, visit: NamedDependency[Visit], paging: NamedDependency[Paging], key: FromPath[UUID]) -> Template:
        """Show a site of one's organisation, or of one that one coordinates, with what is offered there."""
        session = visit.session
        site = queries.site(session, visit.actor, key)
        hours = site.opening_hours
        context = {
            "site": site,
            "organisation": organisation(session, site.organisation_id),
            "municipality": municipality_name(site.municipality_code),
            "hours": opening_words(opening.from_json(hours)) if hours else "",
            "access": ", ".join(label(each, "access") for each in site.access),
            "hosted": any(each.id == key for each in sites_hosted(session, visit.actor)),
            **offers_shown(visit.request, session, visit.actor, OfferSearch(site_id=key), paging),
        }
        return page("organisations/site.html", context)
