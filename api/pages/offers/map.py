"""Where what is looked for is: a map of municipalities, drawn from the list beside it."""

from dataclasses import dataclass

from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.response import Template

from api.http.responses import csv_file
from api.language.i18n import gettext as _
from api.language.i18n import ngettext
from api.pages.forms import Form
from api.pages.offers.narrowing import Narrowing, query_of
from api.pages.rendering import page
from api.pages.visit import Visit
from core import geo
from core.swedish import swedish_key
from marketplace.offers.facets import Facets
from marketplace.views.search import place_offers

MAP = "offers/map.html"


@dataclass(frozen=True)
class Here:
    """A municipality, and how many offers there are in it."""

    municipality: geo.Municipality
    count: int
    address: str

    @property
    def words(self) -> str:
        """What its marker is called."""
        found = ngettext("%(place)s: %(num)s offer", "%(place)s: %(num)s offers", self.count)
        return found % {"place": self.municipality.name, "num": self.count}


class OfferMapPage(Controller):
    """Show where offers are."""

    path = "/offers/map"

    @get("/", sync_to_thread=True)
    def show(self, visit: NamedDependency[Visit]) -> Template | Response[bytes]:
        """Show in which municipalities the offers are that the member may see, narrowed by the query."""
        typed = Form({name: [text] for name, text in visit.request.query_params.items()})
        search = query_of(typed).search(visit.actor)
        narrowing = Narrowing(visit.request, typed, search, Facets())
        found = place_offers(visit.session, visit.actor, search)
        here = [Here(geo.municipality(code), count, narrowing.address_in(code)) for code, count in found.counts.items()]
        here.sort(key=lambda each: (-each.count, swedish_key(each.municipality.name)))
        if visit.wants_csv:
            columns = [_("Municipality"), _("County"), _("Offers")]
            rows = ([each.municipality.name, each.municipality.county_name, each.count] for each in here)
            return csv_file("offers-by-municipality.csv", columns, rows)
        return page(MAP, {"places": here, "nowhere": found.nowhere, "narrowing": narrowing})
