"""Scanning labels with a telephone's camera, which leads to the page of the thing; a name or an address does, too."""

import re
from collections.abc import Sequence
from uuid import UUID

from litestar import Controller, get
from litestar.di import NamedDependency
from litestar.response import Redirect, Template

from api.pages.forms import Form
from api.pages.rendering import page, see_other
from api.pages.visit import Visit
from api.presenters.lent import kind_of
from resources.queries import Described, ResourceSearch, resources_page

SCAN = "bookings/scan.html"
LONGEST = 200
MOST_FOUND = 20
_KEY = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


class ScanPage(Controller):
    """Scan a label."""

    path = "/scan"

    @get("/", sync_to_thread=True)
    def scan(self, visit: NamedDependency[Visit]) -> Template | Redirect:
        """Show what reads labels; what was typed leads to its thing, or to those of one's own that are called so."""
        typed = Form({name: [text] for name, text in visit.request.query_params.items()})
        told = typed.text("label", most=LONGEST)
        key = _KEY.search(told)
        if key:
            return see_other(visit.request, f"/things/{UUID(key.group())}")
        found = _called(visit, told) if told and not typed.errors else []
        return page(SCAN, {"form": typed, "told": told, "found": found, "kind_of": kind_of, "longest": LONGEST})


def _called(visit: Visit, name: str) -> Sequence[Described]:
    """Return the first things of the reader's own, by name, whose names have a text in them."""
    found = resources_page(visit.session, visit.actor, ResourceSearch(name=name), limit=MOST_FOUND)
    return [each for each in found.items if not each.family.anonymous]
