"""Searches that a member has saved: what each looks for, what it last told of, and giving one a name."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from api.http.paging import Paging, address_of_page
from api.language.i18n import gettext as _
from api.pages.forms import Form
from api.pages.offers.narrowing import fields_of, in_words, names_of_fields, query_of
from api.pages.rendering import KEPT_BY_THE_BROWSER, page, see_other
from api.pages.visit import Visit
from api.presenters import lent
from core.actor import Actor
from core.limits import LONGEST_NAME
from marketplace.searches import queries, service
from marketplace.searches.rules import MOST_SEARCHES, Query
from marketplace.views import reads

LIST, NEW = "offers/saved.html", "offers/save.html"


class SavedSearchPages(Controller):
    """List, save, remove."""

    path = "/saved-searches"

    @get("/", sync_to_thread=True)
    def search(self, visit: NamedDependency[Visit], paging: NamedDependency[Paging]) -> Template:
        """List the searches that the member has saved, with what each last told of."""
        actor = visit.actor
        found = queries.searches_page(visit.session, actor, paging.page, paging.limit)
        views = queries.told_offers(visit.session, actor, found.items)
        reads.offers_read(visit.session, actor, list(views.values()))
        named = {key: lent.name_of(view, named=view.named) for key, view in views.items()}
        context = {
            "found": found,
            "address": lambda number: address_of_page(visit.request, number),
            "searches": [
                {
                    "saved": each,
                    "said": _said(actor, each.query),
                    "address": f"/offers?{urlencode(fields_of(each.query))}",
                    "offers": [(key, named[key]) for key in each.told if key in named],
                }
                for each in found.items
            ],
        }
        return page(LIST, context)

    @get("/new", sync_to_thread=True)
    def new(self, visit: NamedDependency[Visit]) -> Template:
        """Show what the query looks for, and ask for a name."""
        asked = (
            visit.form
            if visit.form.fields
            else Form({name: [text] for name, text in visit.request.query_params.items()})
        )
        return page(NEW, _context(visit.actor, visit.form, query_of(asked), asked), headers=KEPT_BY_THE_BROWSER)

    @post("/new", sync_to_thread=True)
    def save(self, visit: NamedDependency[Visit]) -> Redirect:
        """Save it, and go on to the list of them."""
        form = visit.form
        query = query_of(form)
        with form.shown_again(NEW, _context(visit.actor, form, query, form), {"query.text": "text"}):
            form.check()
            service.save(visit.session, visit.actor, form.value("name"), query)
        return see_other(
            visit.request, "/saved-searches", _("The search is saved. You get a notice when something new fits.")
        )

    @post("/{key:uuid}/removal", sync_to_thread=True)
    def remove(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Remove it: nothing is told of it any more."""
        service.remove(visit.session, visit.actor, key)
        return see_other(visit.request, "/saved-searches", _("The search is removed."))


def _said(actor: Actor, query: Query) -> list[str]:
    return [text for _name, text in in_words(query.search(actor), own=query.own)] or [_("All offers")]


def _left_out(asked: Form, query: Query) -> Iterator[str]:
    """Yield what an address says that cannot be looked for, and so is not: it would be missed only once it is saved."""
    kept = fields_of(query)
    for name, text in names_of_fields().items():
        if asked.value(name) and name not in kept:
            yield f"{text}: {asked.value(name)}"


def _context(actor: Actor, form: Form, query: Query, asked: Form) -> dict[str, Any]:
    said = _said(actor, query)
    return {
        "form": form,
        "said": said,
        "left_out": list(_left_out(asked, query)),
        "name": ", ".join(said)[:LONGEST_NAME],
        "fields": fields_of(query),
        "most": MOST_SEARCHES,
        "labels": {"name": _("What do you call the search?"), "text": _("Words")},
    }
