"""The timeline of units: what is taken, proposed and free, as a picture and in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple
from urllib.parse import urlencode

from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.response import Template
from markupsafe import Markup, escape

from api.http.responses import csv_file
from api.language import format as written
from api.language.i18n import gettext as _
from api.language.labels import label
from api.pages.forms import Form, one_of
from api.pages.offers.presenter import name_of
from api.pages.rendering import page
from api.pages.visit import Visit
from core import geo
from core.actor import Actor, Permission
from core.errors import BadInput
from core.numbers import read_whole
from core.time import clock
from core.time.reading import read_day
from marketplace.planning.rules import check_plans
from marketplace.views import reads
from marketplace.views.timeline import DAYS, MOST_UNITS, Bar, Row, TimelineSearch, Whose, timeline
from resources.families import FAMILIES

YEARS = range(2000, 2101)
SPANS = (30, DAYS, 180)
SIZES = (50, 100, MOST_UNITS)
DAY, HEIGHT = 10, 18
"""How wide a day is drawn, and how high a unit."""
MOST_LABELS = 9
LAST_LABEL = 0.92
"""Of the width: further to the right there is no room for a date."""
TOLD = 12
"""Bars of a unit that are told in words where it is one row among many."""


class Told(NamedTuple):
    """A bar in words."""

    text: str
    path: str | None


@dataclass(frozen=True, slots=True)
class Shown:
    """A unit as the page shows it: what it is called, its days as a picture, and its first bars in words."""

    row: Row
    name: str
    picture: Markup
    told: Sequence[Told]


class TimelinePages(Controller):
    """Show the timeline."""

    path = "/timeline"

    @get("/", sync_to_thread=True)
    def show(self, visit: NamedDependency[Visit]) -> Template | Response[bytes]:
        """Show what of each unit is taken, proposed and free: in a coordinator's area, or what a lister offers."""
        if not visit.actor.may(Permission.OFFER):
            check_plans(visit.actor)
        typed = Form({name: [text] for name, text in visit.request.query_params.items()} or {"": [""]})
        search = TimelineSearch(
            _day(typed.value("first")),
            _of(typed.value("days"), SPANS, DAYS),
            typed.value("family") if typed.value("family") in FAMILIES else None,
            typed.value("county")[:2] or None,
            one_of(Whose, typed.value("whose")) or Whose.AREA,
        )
        limit, number = _of(typed.value("units"), SIZES, SIZES[0]), _page(typed.value("page"))
        found = timeline(visit.session, visit.actor, search, number, limit)
        offered = {row.offered.offer.id: row.offered for row in found.items}
        reads.offers_read(visit.session, visit.actor, offered.values())
        if visit.wants_csv:
            return _file(found.items, search)
        asked = ("first", "days", "family", "county", "whose", "units")
        kept = {name: typed.value(name) for name in asked if typed.value(name)}
        shown = {"first": search.first, "days": search.days, "units": limit, **kept}
        context = {
            "typed": Form({name: [str(value)] for name, value in shown.items()}),
            "found": found.of(lambda rows: [_shown(row, search) for row in rows]),
            "search": search,
            "units": limit,
            "address": lambda wanted: f"/timeline?{urlencode({**kept, 'page': wanted})}",
            "moved": lambda days: f"/timeline?{urlencode({**kept, 'first': _moved(search, days)})}",
            "scale": scale(search),
            "families": [(name, label(name, "family")) for name in FAMILIES],
            "whose": [(each, label(each)) for each in Whose] if _has_both(visit.actor) else [],
            "counties": [(county.code, county.name) for county in geo.counties()],
            "spans": [(days, str(days)) for days in SPANS],
            "sizes": [(size, str(size)) for size in SIZES],
        }
        return page("board/timeline.html", context)


def _has_both(actor: Actor) -> bool:
    """Tell whether somebody both coordinates an area and lends something."""
    return actor.coordinates and actor.may(Permission.OFFER)


def _file(rows: Sequence[Row], search: TimelineSearch) -> Response[bytes]:
    """Return the units as a table: a line for each time that is used, and one for each unit without any."""
    columns = [_("What"), _("Part"), _("Organisation"), _("Whole days free"), _("Use"), _("First day"), _("Last day")]
    lines = (
        [name_of(row.offered, named=row.offered.named), *_unit(row), row.free, *(_used(bar, search) if bar else ())]
        for row in rows
        for bar in row.bars or (None,)
    )
    return csv_file(f"timeline-{search.first}.csv", [*columns, _("Amount")], lines)


def _unit(row: Row) -> tuple[str, str]:
    return row.unit.name if row.unit.parts > 1 else "", row.offered.owner.name


def _used(bar: Bar, search: TimelineSearch) -> tuple[str, date, date, int]:
    first = search.first + timedelta(days=bar.first)
    return label(bar.use, "unit_use"), first, first + timedelta(days=max(bar.days, 1) - 1), bar.amount


def _shown(row: Row, search: TimelineSearch) -> Shown:
    words = [told(bar, row, search) for bar in row.bars]
    name = name_of(row.offered, named=row.offered.named)
    return Shown(row, name, _picture(row, words, search), words[:TOLD])


def _picture(row: Row, words: Sequence[Told], search: TimelineSearch) -> Markup:
    """Return a unit's days as SVG: what is offered as a band, what is used as bars on it, each told by its title."""
    first, last = row.open
    band = f'<rect class="bd-open" x="{first * DAY}" width="{(last - first) * DAY}" height="{HEIGHT}"/>'
    bars = (_drawn(bar, each, row.unit.capacity) for bar, each in zip(row.bars, words, strict=True))
    return _svg(search, band + "".join(bars))


def scale(search: TimelineSearch) -> Markup:
    """Return the first day of each week, as SVG: each at its share of the width, so that no letter is stretched."""
    weeks = [day for day in range(search.days) if (search.first + timedelta(days=day)).weekday() == 0]
    texts = "".join(
        f'<text class="bd-week" x="{day / search.days:.2%}" y="14">{search.first + timedelta(days=day):%d/%m}</text>'
        for day in weeks[:: -(-len(weeks) // MOST_LABELS) or 1]
        if day < search.days * LAST_LABEL
    )
    return Markup(f'<svg class="bd-line" aria-hidden="true">{texts}</svg>')  # noqa: S704 (numbers alone)


def told(bar: Bar, row: Row, search: TimelineSearch) -> Told:
    """Return a bar in words, with the page about it."""
    first = search.first + timedelta(days=bar.first)
    days = written.day(first)
    if bar.days != 1:
        days += f"\u2013{written.day(first + timedelta(days=bar.days - 1))}"
    amount = f" ({bar.amount}/{row.unit.capacity})" if row.unit.capacity > 1 else ""
    return Told(f"{label(bar.use, 'unit_use')} {days}{amount}", bar.path)


def _drawn(bar: Bar, words: Told, capacity: int) -> str:
    height = max(HEIGHT * bar.amount // capacity, 4)
    drawn = (
        f'<rect class="bd-{bar.use}" x="{bar.first * DAY}" y="{HEIGHT - height}" width="{max(bar.days, 1) * DAY}" '
        f'height="{height}"><title>{escape(words.text)}</title></rect>'
    )
    return f'<a href="{escape(bar.path)}" tabindex="-1">{drawn}</a>' if bar.path else drawn


def _svg(search: TimelineSearch, inside: str) -> Markup:
    box = f'viewBox="0 0 {search.days * DAY} {HEIGHT}" preserveAspectRatio="none"'
    return Markup(f'<svg class="bd-line" {box} aria-hidden="true">{inside}</svg>')  # noqa: S704 (what is told is escaped)


def _day(text: str) -> date:
    """Return the day to begin with, today where none can be read that makes sense."""
    try:
        day = read_day(text) if text else clock.today()
    except BadInput:
        return clock.today()
    return day if day.year in YEARS else clock.today()


def _moved(search: TimelineSearch, days: int) -> str:
    return (search.first + timedelta(days=days)).isoformat()


def _of(text: str, known: tuple[int, ...], otherwise: int) -> int:
    return next((each for each in known if str(each) == text), otherwise)


def _page(text: str) -> int:
    try:
        return min(max(read_whole(text), 1), 1_000_000) if text else 1
    except BadInput:
        return 1
