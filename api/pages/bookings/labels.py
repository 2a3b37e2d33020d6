"""Labels with QR codes for things: a sheet to print that begins at any place, each leading to the page of its thing."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import segno
from litestar import Controller, get
from litestar.di import NamedDependency
from litestar.response import Template
from markupsafe import Markup

from api.http.paging import Paging, address_of_page
from api.pages.forms import Form, uuid_of
from api.pages.offers.choices import own_sites
from api.pages.rendering import page
from api.pages.visit import Visit
from api.presenters.lent import kind_of
from core.settings import settings
from resources.models import Resource
from resources.queries import ResourceSearch, resources_page

LABELS = "bookings/labels.html"
ON_A_SHEET = 24
"""Three by eight, each of 70 by 37 millimetres, as most makers of labels cut a sheet of A4."""
MOST = 4 * ON_A_SHEET
_QUIET = 4
"""Modules that stay white around a code (ISO/IEC 18004)."""


@dataclass(frozen=True)
class Label:
    """What stands on a label; nothing where one has been taken off the sheet already."""

    name: str
    kind: str
    code: Markup


class LabelPages(Controller):
    """Print labels."""

    path = "/labels"

    @get("/", sync_to_thread=True)
    def sheet(self, visit: NamedDependency[Visit], paging: NamedDependency[Paging]) -> Template:
        """Show the labels of what stands at a site of one's organisation, as a sheet to print."""
        typed = Form({name: [text] for name, text in visit.request.query_params.items()})
        sites = own_sites(visit.session, visit.actor)
        asked = uuid_of(typed.value("site"))
        site_id = asked if asked in {key for key, _name in sites} else next((key for key, _name in sites), None)
        first = typed.value("first")
        taken_off = int(first) - 1 if first in {str(place) for place in range(1, ON_A_SHEET + 1)} else 0
        context = {"form": typed, "sites": sites, "places": [(n, str(n)) for n in range(1, ON_A_SHEET + 1)]}
        if site_id is None:
            return page(LABELS, context | {"found": None, "sheets": []})
        found = resources_page(visit.session, visit.actor, ResourceSearch(site_id=site_id), paging.page, MOST)
        things = [each.resource for each in found.items if not each.family.anonymous]
        labels = [_label(each, str(visit.request.base_url)) for each in things]
        return page(
            LABELS,
            context
            | {
                "site": site_id,
                "found": found,
                "sheets": sheets(labels, taken_off),
                "address": lambda number: address_of_page(visit.request, number),
            },
        )


def sheets(labels: Sequence[Label], taken_off: int) -> list[list[Label | None]]:
    """Return labels by sheet, after as many places as have been taken off the first."""
    cells: list[Label | None] = [*([None] * taken_off), *labels]
    return [cells[first : first + ON_A_SHEET] for first in range(0, len(cells), ON_A_SHEET)] if labels else []


def code_of(resource_id: UUID, root: str) -> segno.QRCode:
    """Return the code of a thing: the address of its page, which tells nothing of it to who may not see it."""
    return segno.make_qr(f"{settings().address_at(root)}/things/{resource_id}", error="m")


def _label(resource: Resource, root: str) -> Label:
    drawn = code_of(resource.id, root).svg_inline(omitsize=True, border=_QUIET, svgclass="lb-code", lineclass=None)
    hidden = drawn.replace("<svg ", '<svg aria-hidden="true" ', 1)  # its words stand beside it
    return Label(resource.name, kind_of(resource), Markup(hidden))  # noqa: S704 (drawn by segno, of an address)
