"""The page on which an organisation keeps its checklists."""

from typing import Any
from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect, Template
from sqlmodel import Session

from api.http.paging import Paging, address_of_page
from api.language.i18n import gettext as _
from api.language.labels import label
from api.pages.forms import Form, one_of, uuid_of
from api.pages.offers.choices import own_sites
from api.pages.rendering import page, see_other
from api.pages.visit import AnyRequest, Visit
from core.actor import Actor, Permission
from core.errors import Conflict
from marketplace.checklists import queries
from marketplace.checklists.models import Step
from marketplace.checklists.rules import LISTED, LONGEST_ITEM, MOST_ITEMS, Purpose, tidied
from marketplace.checklists.service import keep, may_keep

LISTS = "stock/checklists.html"
_NAMES = {"family": "family", "items": "items"}


class ChecklistPages(Controller):
    """See them, write one."""

    path = "/checklists"

    @get("/", sync_to_thread=True)
    def read(self, visit: NamedDependency[Visit], paging: NamedDependency[Paging]) -> Template:
        """Show the organisation's checklists and a form that writes one; the query names which it begins with."""
        return page(LISTS, _context(visit.session, visit.actor, visit.request, paging.page) | {"form": visit.form})

    @post("/", sync_to_thread=True)
    def keep(self, visit: NamedDependency[Visit]) -> Redirect:
        """Let this be the list from now on; without items there is none."""
        form = visit.form
        may_keep(visit.actor)
        context = _context(visit.session, visit.actor, visit.request, 1) | {"before": form.value("before")}
        with form.shown_again(LISTS, context, _NAMES):
            if form.value("family") not in LISTED:
                form.wrong("family", "choose one")
            step = form.choice("step", Step)
            form.check()
            purpose = Purpose(form.value("family"), step, uuid_of(form.value("site")))
            stands = queries.items_of(visit.session, visit.actor.organisation_id, purpose)
            if stands != tidied(form.value("before").split("\n")):
                context["before"] = "\n".join(stands)  # so that saving once more is on purpose
                raise Conflict("list_stands", "There is another list for this, see above. Save again to replace it.")
            kept = keep(visit.session, visit.actor, purpose, form.value("items").split("\n"))
        told = _("The list is kept.") if kept else _("There is no such list any more.")
        return see_other(visit.request, "/checklists", told)


def _context(session: Session, actor: Actor, request: AnyRequest, number: int) -> dict[str, Any]:
    home = actor.organisation_id
    asked = Form({name: [text] for name, text in request.query_params.items()})
    family, step = asked.value("family"), one_of(Step, asked.value("step"))
    site_id: UUID | None = uuid_of(asked.value("site"))
    items = queries.items_of(session, home, Purpose(family, step, site_id)) if step else []
    return {
        "found": queries.checklists(session, actor, number),
        "address": lambda at: address_of_page(request, at),
        "may_keep": actor.may(Permission.OFFER, home) or actor.may(Permission.ADMINISTER, home),
        "sites": own_sites(session, actor),
        "families": [(each, label(each, "family")) for each in LISTED],
        "steps": [(each, label(each)) for each in Step],
        "asked": asked,
        "items": "\n".join(items),
        "before": "\n".join(items),
        "most": MOST_ITEMS,
        "longest": LONGEST_ITEM,
        "labels": {
            "family": _("Kind of thing"),
            "step": _("When"),
            "site": _("Site"),
            "items": _("What to go through"),
        },
    }
