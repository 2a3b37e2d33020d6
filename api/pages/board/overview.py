"""A run at a glance: each figure beside that of the run before, with its direction in words."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Template
from sqlmodel import Session

from api.http.responses import csv_file
from api.language import format as written
from api.language.i18n import gettext as _
from api.language.labels import LABELS, label
from api.pages.proposals.costs import MINUS
from api.pages.rendering import page
from api.pages.visit import Visit
from core import geo
from core.actor import Actor
from marketplace.planning.rules import check_plans, outside_area
from marketplace.views.overview import Figures, Overview, Served, overview
from marketplace.views.run import RunView, run_view

LEAST = 0.05
"""Of what is written with one decimal, less is no difference."""
SHOWN = 50
"""Organisations that the page shows; the file has all."""


@dataclass(frozen=True)
class Figure:
    """A figure in words: now, in the run before, and whether that is better or worse."""

    name: str
    now: str
    before: str
    compared: str
    direction: str


@dataclass(frozen=True)
class Part:
    """A family or a county with what was served and not of it, now and before."""

    name: str
    now: Served
    before: Served | None
    compared: str
    direction: str


class OverviewPages(Controller):
    """Show a run at a glance, as a page and as a file."""

    path = "/runs"

    @get("/{key:uuid}/overview", sync_to_thread=True)
    def show(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Template:
        """Show a run at a glance: what it served where, how well, who gives and takes, beside the run before."""
        found = _overview(visit.session, visit.actor, key)
        parts = _parts(found)
        context = {
            "run": found.view.run,
            "before": found.before.run if found.before else None,
            "same_policy": found.before is not None and found.before.run.policy == found.view.run.policy,
            "county": _county,
            "figures": list(_figures(found)),
            "against_first_come": list(_against_first_come(found.now)),
            "parts": parts,
            "most": {name: max((each.now.needs for each in rows), default=0) for name, rows in parts.items()},
            "organisations": sorted(found.organisations, key=lambda each: -(each.gets + each.lends))[:SHOWN],
            "total": len(found.organisations),
        }
        return page("board/overview.html", context)

    @get("/{key:uuid}/overview-figures", sync_to_thread=True)
    def figures(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Response[bytes]:
        """Download what a run served by family and county, and who gives and takes, as CSV."""
        found = _overview(visit.session, visit.actor, key)
        columns = [_("Part"), _("Name"), _("Needs"), _("Served"), _("Not served"), _("Served before"), _("Lends to")]
        return csv_file(f"run-{key}.csv", columns, _rows(found))


def told_whole(session: Session, actor: Actor, key: UUID) -> RunView:
    """Return a run for a coordinator who is told all of it; else NotFound or NotAllowed."""
    view = run_view(session, actor, key)
    check_plans(actor)
    if not view.is_told_whole:
        raise outside_area()
    return view


def _overview(session: Session, actor: Actor, key: UUID) -> Overview:
    return overview(session, told_whole(session, actor, key))


def _figures(found: Overview) -> Iterator[Figure]:
    now, before = found.now, found.before
    yield _figure(_("Needs served"), _share, now, before, lambda each: _percent(each.share), more_is_better=True)
    yield _figure(_value(), lambda each: _of_bound(each.of_bound), now, before, _bound_percent, more_is_better=True)
    yield _figure(_("Mean distance"), _distance, now, before, _km, more_is_better=False)
    cost = _("Cost of the loans for each served need")
    yield _figure(cost, lambda each: _kr(each.cost_each_sek), now, before, _each_kr, more_is_better=False)
    in_all = _("Cost of all loans")  # neither good nor bad: more needs served cost more
    yield _figure(in_all, lambda each: _kr(each.cost_sek), now, before, lambda _each: None, more_is_better=False)
    for code in LABELS["criterion"]:
        if code in now.points or (before and code in before.points):
            yield _criterion(code, now, before)


def _against_first_come(now: Figures) -> Iterator[Figure]:
    """Yield what the run serves and is worth beside what first come, first served comes to, where that is known."""
    run, baseline = now.run, now.run.baseline
    if baseline is None:
        return
    yield _beside(_("Needs served"), run.served, baseline.served)
    if now.of_bound is not None and run.bound:
        then = baseline.value / run.bound
        compared = direction_of(_percent(now.of_bound), _percent(then), more_is_better=True)
        yield Figure(_value(), _of_bound(now.of_bound), _of_bound(then), *compared)
    for family, each in now.families.items():
        name = _("Needs served: %(family)s") % {"family": label(family, "family")}
        yield _beside(name, each.served, baseline.families.get(family, 0))


def _beside(name: str, now: int | None, before: int) -> Figure:
    words = "" if now is None else written.number(now)
    return Figure(name, words, written.number(before), *direction_of(now, before, more_is_better=True))


def _criterion(code: str, now: Figures, before: Figures | None) -> Figure:
    def value(figures: Figures) -> float | None:
        return round(figures.points.get(code, 0.0))

    def words(figures: Figures) -> str:
        return written.number(figures.points.get(code, 0.0), 0).replace("-", MINUS)

    name = _("%(criterion)s, points for each served need") % {"criterion": label(code, "weight")}
    return _figure(name, words, now, before, value, more_is_better=True)


def _figure(
    name: str,
    words: Callable[[Figures], str],
    now: Figures,
    before: Figures | None,
    value: Callable[[Figures], float | None],
    *,
    more_is_better: bool,
) -> Figure:
    then = value(before) if before else None
    compared, direction = direction_of(value(now), then, more_is_better=more_is_better)
    return Figure(name, words(now), words(before) if before else "", compared, direction)


def direction_of(now: float | None, before: float | None, *, more_is_better: bool) -> tuple[str, str]:
    """Return in words whether a figure is better than before, and by how much; nothing where nobody knows."""
    if now is None or before is None:
        return "", ""
    change = now - before
    if abs(change) < LEAST:
        return _("The same"), "same"
    better = (change > 0) is more_is_better
    by = ("+" if change > 0 else MINUS) + written.number(abs(change))
    text = _("Better (%(by)s)") if better else _("Worse (%(by)s)")
    return text % {"by": by}, "better" if better else "worse"


def _parts(found: Overview) -> dict[str, list[Part]]:
    before = found.before
    return {
        "family": [_part(label(key, "family"), each, before.families.get(key) if before else None, before is not None)
                   for key, each in found.now.families.items()],
        "county": [_part(_county(key), each, before.counties.get(key) if before else None, before is not None)
                   for key, each in found.now.counties.items()],
    }  # fmt: skip


def _part(name: str, now: Served, before: Served | None, compares: bool) -> Part:
    if before is None:
        return Part(name, now, None, _("New") if compares else "", "")
    shares = (100 * each.served / each.needs if each.needs else None for each in (now, before))
    return Part(name, now, before, *direction_of(*shares, more_is_better=True))


def _rows(found: Overview) -> Iterator[list[object]]:
    named: tuple[tuple[str, Mapping[str, Served], Mapping[str, Served], Callable[[str], str]], ...] = (
        (_("Family"), found.now.families, found.before.families if found.before else {}, _family),
        (_("County"), found.now.counties, found.before.counties if found.before else {}, _county),
    )
    for part, rows, before, name in named:
        for key, each in rows.items():
            was = before[key].served if key in before else None
            yield [part, name(key), each.needs, each.served, each.unserved, was, None]
    for one in found.organisations:
        yield [_("Organisation"), one.organisation.name, None, one.gets, None, None, one.lends]


def _family(code: str) -> str:
    return label(code, "family")


def _county(code: str | None) -> str:
    if code is None:
        return _("The whole country")
    return next((county.name for county in geo.counties() if county.code == code), code)


def _share(figures: Figures) -> str:
    if figures.share is None:
        return ""
    numbers = {"served": written.number(figures.run.served or 0), "needs": written.number(figures.run.needs or 0)}
    return f"{_('%(served)s of %(needs)s') % numbers} ({written.percent(100 * figures.share)})"


def _value() -> str:
    return _("Value, of the most that any plan can be worth")


def _of_bound(share: float | None) -> str:
    return "" if share is None else written.percent(100 * share, 2)


def _bound_percent(figures: Figures) -> float | None:
    return _percent(figures.of_bound)


def _percent(share: float | None) -> float | None:
    return None if share is None else 100 * share


def _distance(figures: Figures) -> str:
    return "" if figures.distance_m is None else written.metres(figures.distance_m)


def _km(figures: Figures) -> float | None:
    return None if figures.distance_m is None else figures.distance_m / 1000


def _kr(sek: float | None) -> str:
    return "" if sek is None else written.money(sek)


def _each_kr(figures: Figures) -> float | None:
    return figures.cost_each_sek
