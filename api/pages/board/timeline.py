"""The timeline of units: what is taken, proposed and free, as a picture and in words."""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache
from urllib.parse import urlencode

from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.response import Template
from markupsafe import Markup, escape

from api.http.responses import csv_file
from api.language import format as written
from api.language.i18n import gettext as _
from api.language.i18n import ngettext
from api.language.labels import label
from api.pages.forms import Form, one_of
from api.pages.rendering import page
from api.pages.visit import Visit
from api.presenters.lent import name_of
from core import geo
from core.actor import Actor, Permission
from core.errors import BadInput
from core.numbers import read_whole
from core.time import clock
from core.time.reading import read_day
from marketplace.planning.rules import check_plans
from marketplace.views import reads
from marketplace.views.timeline import DAYS, MOST_UNITS, Bar, Row, TimelineSearch, UnitUse, Whose, timeline
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
        reads.cards_read(visit.session, visit.actor, [row.lent for row in found.items if row.named])
        if visit.wants_csv:
            return _file(found.items, search)
        asked = ("first", "days", "family", "county", "whose", "units")
        kept = {name: typed.value(name) for name in asked if typed.value(name)}
        shown = {"first": search.first, "days": search.days, "units": limit, **kept}
        context = {
            "typed": Form({name: [str(value)] for name, value in shown.items()}),
            "found": found,
            "rows": Drawing(search).rows(found.items),
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
        [name_of(row, named=row.named), *_unit(row), row.free, *(_used(bar, search) if bar else ())]
        for row in rows
        for bar in row.bars or (None,)
    )
    return csv_file(f"timeline-{search.first}.csv", [*columns, _("Amount")], lines)


def _unit(row: Row) -> tuple[str, str]:
    return row.unit.name if row.unit.parts > 1 else "", row.unit.owner


def _used(bar: Bar, search: TimelineSearch) -> tuple[str, date, date, int]:
    first = search.first + timedelta(days=bar.first)
    return label(bar.use, "unit_use"), first, first + timedelta(days=bar.days - 1), bar.amount


class Drawing:
    """Writes the rows of units as HTML: a template takes several times as long for thousands of bars.

    What stands in the words of many is made once, and a dash as its entity: one letter beyond Latin-1 makes each copy
    of the whole text twice as large.
    """

    def __init__(self, search: TimelineSearch) -> None:
        self._days = [written.day(search.first + timedelta(days=day)) for day in range(search.days)]
        self._uses = {use: str(escape(label(use, "unit_use"))) for use in UnitUse}
        self._what, self._in_words = _("What"), _("In words")
        used_for = str(escape(_("What it is used for: %(name)s")))
        self._used_for, _name, self._used_for_end = used_for.partition("%(name)s")
        self._owner, self._free, self._times, self._more = (cache(each) for each in (escape, _free, _times, _more))
        self._svg = (
            f'<svg class="bd-line" viewBox="0 0 {search.days * DAY} {HEIGHT}" preserveAspectRatio="none"'
            ' aria-hidden="true">'
        )
        self._mondays = (
            f'<path class="bd-mondays" d="{"".join(f"M{day * DAY} 0V{HEIGHT}" for day in _mondays(search))}"/>'
        )

    def rows(self, rows: Sequence[Row]) -> Markup:
        """Return a table's row for each unit: what it is called, its days as a picture, and its first bars in words."""
        return Markup("\n".join(map(self._row, rows)))  # noqa: S704 (what is told is escaped)

    def _row(self, row: Row) -> str:
        unit = row.unit
        name = str(escape(name_of(row, named=row.named)))
        part = f" {escape(unit.name)}" if unit.parts > 1 and unit.name else ""
        drawn, told = self._bars(row)
        return (
            f'<tr><th scope="row" data-label="{self._what}">'
            f'<a class="ds-link" href="/offers/{unit.offer_key}">{name}</a>{part}'
            f'<span class="pv-under">{self._owner(unit.owner)}</span></th>'
            f'<td class="bd-days">{self._svg}{_band(*unit.open)}{self._mondays}{drawn}</svg></td>'
            f'<td data-label="{self._in_words}">{self._free(row.free)}{self._list(row, name, told)}</td></tr>'
        )

    def _bars(self, row: Row) -> tuple[str, list[str]]:
        """Return a unit's bars as SVG, each told by its title, and the same in words."""
        drawn, listed = [], []
        capacity, days = row.unit.capacity, self._days
        for use, first, count, amount, path in row.bars:
            when = days[first] if count == 1 else f"{days[first]}&ndash;{days[first + count - 1]}"
            of_all = f" ({amount}/{capacity})" if capacity > 1 else ""
            words = f"{self._uses[use]} {when}{of_all}"
            height = max(HEIGHT * amount // capacity, 4)
            bar = (
                f'<rect class="bd-{use}" x="{first * DAY}" y="{HEIGHT - height}" width="{count * DAY}" '
                f'height="{height}"><title>{words}</title></rect>'
            )
            drawn.append(f'<a href="{path}" tabindex="-1">{bar}</a>' if path else bar)
            listed.append(f'<li><a class="ds-link" href="{path}">{words}</a></li>' if path else f"<li>{words}</li>")
        return "".join(drawn), listed

    def _list(self, row: Row, name: str, told: Sequence[str]) -> str:
        """Return a unit's first bars in words, to be opened."""
        if not told:
            return ""
        listed = "".join(told[:TOLD])
        if len(told) > TOLD:
            more = self._more(len(told) - TOLD)
            listed += f'<li><a class="ds-link" href="/offers/{row.unit.offer_key}">{more}</a></li>'
        used_for = f"{self._used_for}{name}{self._used_for_end}"
        return (
            f'<details><summary aria-label="{used_for}">{self._times(len(told))}</summary><ul>{listed}</ul></details>'
        )


def _band(first: int, last: int) -> str:
    return f'<rect class="bd-open" x="{first * DAY}" width="{(last - first) * DAY}" height="{HEIGHT}"/>'


def _free(number: int) -> str:
    return ngettext("%(num)s whole day free", "%(num)s whole days free", number) % {"num": number}


def _times(number: int) -> str:
    return ngettext("%(num)s time", "%(num)s times", number) % {"num": number}


def _more(number: int) -> str:
    return ngettext("%(num)s more", "%(num)s more", number) % {"num": number}


def _mondays(search: TimelineSearch) -> list[int]:
    return [day for day in range(search.days) if (search.first + timedelta(days=day)).weekday() == 0]


def scale(search: TimelineSearch) -> Markup:
    """Return the first day of each week, as SVG: each at its share of the width, so that no letter is stretched."""
    weeks = _mondays(search)
    texts = "".join(
        f'<text class="bd-week" x="{day / search.days:.2%}" y="14">{search.first + timedelta(days=day):%d/%m}</text>'
        for day in weeks[:: -(-len(weeks) // MOST_LABELS) or 1]
        if day < search.days * LAST_LABEL
    )
    return Markup(f'<svg class="bd-line" aria-hidden="true">{texts}</svg>')  # noqa: S704 (numbers alone)


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
