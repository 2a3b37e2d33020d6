"""Pages of stocktakes: opening one, what is counted so far, and closing it."""

from typing import Any
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlmodel import Session

from api.http.paging import Paging, address_of_page
from api.http.responses import csv_file
from api.language.i18n import gettext as _
from api.language.labels import label
from api.pages.forms import Form, one_of, uuid_of
from api.pages.offers.choices import own_sites
from api.pages.rendering import page, see_other
from api.pages.visit import AnyRequest, Visit
from core.actor import Actor, Permission, check_may
from marketplace.stocktakes import queries
from marketplace.stocktakes.models import StockDecisionKind, StocktakeState
from marketplace.stocktakes.queries import ThingCounted
from marketplace.stocktakes.rules import choices
from marketplace.stocktakes.service import Scope, begin, close, count

LIST, ONE = "stock/stocktakes.html", "stock/stocktake.html"
_NAMES = {"siteId": "site"}


class StocktakePages(Controller):
    """Open, count, close."""

    path = "/stocktakes"

    @get("/", sync_to_thread=True)
    def search(self, visit: NamedDependency[Visit], paging: NamedDependency[Paging]) -> Template:
        """List the stocktakes of what one may list, and offer to open another."""
        return page(LIST, _listed(visit.session, visit.actor, visit.request, paging.page) | {"form": visit.form})

    @post("/", sync_to_thread=True)
    def begin(self, visit: NamedDependency[Visit]) -> Redirect:
        """Begin to count what stands at a site, or belongs to a unit."""
        form = visit.form
        check_may(visit.actor, Permission.OFFER)
        with form.shown_again(LIST, _listed(visit.session, visit.actor, visit.request, 1), _NAMES):
            scope = Scope(uuid_of(form.value("site")), form.text("department") or None)
            made = begin(visit.session, visit.actor, scope)
        return see_other(visit.request, f"/stocktakes/{made.id}", _("The stocktake is open: scan labels and count."))

    @get("/{key:uuid}", sync_to_thread=True)
    def read_one(
        self, visit: NamedDependency[Visit], paging: NamedDependency[Paging], key: FromPath[UUID]
    ) -> Template | Response[bytes]:
        """Show what is expected beside what was counted; as a file where that is asked for."""
        if visit.wants_csv:
            row = queries.stocktake(visit.session, visit.actor, key).stocktake
            found = queries.all_things(visit.session, row)
            columns = [*_columns(), _("Missing since a count"), _("Written off"), _("Decision")]
            return csv_file(f"stocktake-{row.id}.csv", columns, [_cells(each) for each in found])
        return page(ONE, _one(visit.session, visit.actor, key, visit.request, paging.page) | {"form": visit.form})

    @post("/{key:uuid}/counts", sync_to_thread=True)
    def count(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Note how many of a thing are there."""
        form = visit.form
        with form.acting(visit.session, ONE, lambda: _one(visit.session, visit.actor, key, visit.request, 1)):
            queries.stocktake(visit.session, visit.actor, key)
            thing, amount = uuid_of(form.value("resourceId")), form.whole("amount", least=0)
            known: dict[str, Any] = {
                "adds": form.value("how") == "more",
                "seen": form.whole_or_none("seen", least=0) or 0,
                "expected": form.whole_or_none("expected"),
            }
            form.check()
            made = count(visit.session, visit.actor, key, thing or key, amount, **known)
        told = _("%(n)s more counted.") if made.adds else _("%(n)s counted; %(expected)s were to be there.")
        told %= {"n": made.amount, "expected": made.expected}
        return see_other(visit.request, f"/stocktakes/{key}", told)

    @post("/{key:uuid}/closing", sync_to_thread=True)
    def close(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Decide what becomes of each difference."""
        form = visit.form
        with form.acting(visit.session, ONE, lambda: _one(visit.session, visit.actor, key, visit.request, 1)):
            row = queries.stocktake(visit.session, visit.actor, key).stocktake
            differing = queries.differing(visit.session, row) if row.state is StocktakeState.OPEN else []
            decided = {each.thing.id: _decided(form, each) for each in differing}
            form.check()
            close(visit.session, visit.actor, key, {thing: kind for thing, kind in decided.items() if kind})
        return see_other(visit.request, f"/stocktakes/{key}", _("The stocktake is closed."))


def _decided(form: Form, each: ThingCounted) -> StockDecisionKind | None:
    name = field_of(each)
    kind = one_of(StockDecisionKind, form.value(name))
    if kind is None:
        form.fields.setdefault(name, [""])  # somebody has counted it since the page was shown
        form.wrong(name, "choose one")
    return kind


def field_of(each: ThingCounted) -> str:
    """Return the name of the field that says what becomes of a difference."""
    return f"decision-{each.thing.id}"


def _listed(session: Session, actor: Actor, request: AnyRequest, number: int) -> dict[str, Any]:
    return {
        "found": queries.stocktakes(session, actor, number),
        "address": lambda at: address_of_page(request, at),
        "may_begin": actor.may(Permission.OFFER),
        "sites": own_sites(session, actor) if actor.departments_for(Permission.OFFER) is None else [],
        "departments": sorted(actor.departments_for(Permission.OFFER) or ()),
        "labels": {"site": _("Site"), "department": _("Unit")},
    }


def _one(session: Session, actor: Actor, key: UUID, request: AnyRequest, number: int) -> dict[str, Any]:
    view = queries.stocktake(session, actor, key)
    is_open = view.stocktake.state is StocktakeState.OPEN
    differing = queries.differing(session, view.stocktake) if is_open else []
    return {
        "view": view,
        "is_open": is_open,
        "what": what_of(view.site, view.stocktake.department, view.thing),
        "found": queries.things(session, view.stocktake, number),
        "address": lambda at: address_of_page(request, at),
        "columns": _columns(),
        "differing": [(each, field_of(each), _options(each)) for each in differing],
        "labels": {"amount": _("How many"), **{field_of(each): each.thing.name for each in differing}},
    }


def what_of(*parts: str | None) -> str:
    """Return what a stocktake is of: its site, unit and thing, as far as it has them."""
    return ", ".join(part for part in parts if part)


def _options(each: ThingCounted) -> list[tuple[str, str]]:
    return [(kind, label(kind)) for kind in choices(each.tally, each.stock.missing)]


def _columns() -> list[str]:
    return [_("Thing"), _("Site"), _("Owned"), _("Out"), _("Expected"), _("Counted"), _("Difference")]


def _cells(each: ThingCounted) -> list[object]:
    tally, stock = each.tally, each.stock
    counted = [tally.expected, tally.counted, tally.difference] if tally.entries else [stock.expected, "", ""]
    decision = f"{label(each.decision.kind)}: {each.decision.amount}" if each.decision else ""
    return [
        each.thing.name,
        each.site or "",
        stock.owned,
        stock.away,
        *counted,
        stock.missing,
        stock.written_off,
        decision,
    ]
