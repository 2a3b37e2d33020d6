"""What goes where in a run: a map of municipalities with lines between them, drawn from the tables beside it."""

from dataclasses import dataclass
from itertools import chain
from uuid import UUID

from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Template

from api.http.responses import csv_file
from api.language.i18n import gettext as _
from api.pages.board.overview import told_whole
from api.pages.rendering import page
from api.pages.visit import Visit
from core import geo
from core.errors import NotFound
from marketplace.runs.models import RunState
from marketplace.views.geography import Flow, Geography, Spot, geography

MAP = "board/map.html"
MOST_FLOWS = 300
"""That are shown, those of most needs first: more lines than that show nothing."""


@dataclass(frozen=True)
class Here:
    """What is asked for and lent in a municipality."""

    municipality: geo.Municipality
    spot: Spot

    @property
    def words(self) -> str:
        """What its marker is called."""
        numbers = {"served": self.spot.served, "needs": self.spot.needs, "lends": self.spot.lends}
        said = _("%(place)s: %(served)s of %(needs)s needs served, lends to %(lends)s")
        return said % {"place": self.municipality.name, **numbers}


@dataclass(frozen=True)
class Way:
    """From where to where things go."""

    origin: geo.Municipality
    target: geo.Municipality
    flow: Flow


class RunMapPage(Controller):
    """Show what goes where."""

    path = "/runs"

    @get("/{key:uuid}/map", sync_to_thread=True)
    def show(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Template | Response[bytes]:
        """Show by municipality what a run was asked for and served, and what goes from which to which."""
        run = told_whole(visit.session, visit.actor, key).run
        if run.state is not RunState.DONE:
            raise NotFound("map of the matching run", key)
        found = geography(visit.session, key)
        if visit.wants_csv:
            return _file(found, key)
        context = {
            "run": run,
            "places": [Here(geo.municipality(each.code), each) for each in found.spots],
            "ways": [
                Way(geo.municipality(each.origin), geo.municipality(each.target), each)
                for each in found.flows[:MOST_FLOWS]
            ],
            "total": len(found.flows),
            "nowhere": found.nowhere,
        }
        return page(MAP, context)


def _file(found: Geography, key: UUID) -> Response[bytes]:
    """Return both tables as one: what goes from where to where, and before it what is asked for in each place."""
    columns = [_("Municipality"), _("Needs"), _("Served"), _("Lends to"), _("To"), _("Mean distance, m")]
    spots = ([geo.municipality(each.code).name, each.needs, each.served, each.lends] for each in found.spots)
    flows = (
        [
            geo.municipality(each.origin).name,
            None,
            each.needs,
            None,
            geo.municipality(each.target).name,
            each.distance_m,
        ]
        for each in found.flows
    )
    return csv_file(f"map-{key}.csv", columns, chain(spots, flows))
