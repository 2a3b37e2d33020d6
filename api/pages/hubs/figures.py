"""A hub's key figures, a quarter a page, and all of them as a file."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Template

from api.http.paging import Paging, address_of_page
from api.http.responses import csv_file
from api.language.i18n import gettext as _
from api.language.labels import label
from api.pages.rendering import page
from api.pages.visit import Visit
from core.database.page import GREATEST_LIMIT
from hubs.figures import queries
from hubs.figures.counting import Cell
from hubs.figures.disclosure import LEAST
from hubs.figures.models import HubQuarter

TEMPLATE = "hubs/figures/figures.html"
_KINDS = {"forms": "activity_form", "initiators": "organisation_kind"}
"""What the parts of some figures are called by; the others by `Cell`."""


@dataclass(frozen=True)
class Part:
    """A part of a figure in words, with its number, None where that is kept back, and how long its bar is."""

    name: str
    number: float | None
    percent: float


class FigurePages(Controller):
    """Show a quarter, download all."""

    path = "/hubs/{key:uuid}/figures"

    @get("/", sync_to_thread=True)
    def show(
        self, visit: NamedDependency[Visit], key: FromPath[UUID], paging: NamedDependency[Paging]
    ) -> Template | Response[bytes]:
        """Show the quarter that was closed last, or an earlier one."""
        hub = queries.readable(visit.session, visit.actor, key)
        if visit.wants_csv:
            found = queries.quarters_page(visit.session, visit.actor, key, limit=GREATEST_LIMIT)
            columns = [_("Quarter"), _("Figure"), _("Part"), _("Value")]
            return csv_file("figures.csv", columns, [line for row in found.items for line in _lines(row)])
        found = queries.quarters_page(visit.session, visit.actor, key, paging.page, 1)
        row = found.items[0] if found.items else None
        context = {
            "hub": hub,
            "found": found,
            "row": row,
            "called": quarter_name(row.begins) if row else "",
            "figures": [(label(each["name"], "figure_name"), _parts(each), each["total"]) for each in row.figures]
            if row
            else [],
            "words": queries.words(visit.session, visit.actor, row) if row else (),
            "least": LEAST,
            "address": lambda number: address_of_page(visit.request, number),
        }
        return page(TEMPLATE, context)


def quarter_name(begins: date) -> str:
    """Return what a quarter is called."""
    return _("Quarter %(number)s of %(year)s") % {"number": begins.month // 3 + 1, "year": begins.year}


def _parts(figure: dict[str, Any]) -> list[Part]:
    cells: dict[str, float | None] = dict(figure["cells"])
    kind = _KINDS.get(figure["name"], "cell")
    most = max((number for name, number in cells.items() if number is not None and name != Cell.MEAN), default=0)
    bars = most > 0 and Cell.COUNTED not in cells
    return [
        Part(label(name, kind), number, 100 * number / most if bars and number is not None else 0)
        for name, number in cells.items()
    ]


def _lines(row: HubQuarter) -> Iterator[tuple[object, ...]]:
    """Yield each number of a quarter with what it is of; empty where it is kept back."""
    for figure in row.figures:
        name = label(figure["name"], "figure_name")
        yield from ((row.begins, name, part.name, part.number) for part in _parts(figure))
        if figure["total"] is not None:
            yield row.begins, name, _("In all"), figure["total"]
