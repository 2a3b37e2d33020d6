"""How an organisation numbers its papers."""

from typing import Any
from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlmodel import Session

from api.language.i18n import gettext as _
from api.pages.rendering import page, see_other
from api.pages.visit import Visit
from core.actor import Actor
from marketplace.organisations import queries, rules
from marketplace.papers.numbering import set_pattern
from marketplace.papers.queries import pattern_of
from marketplace.papers.rules import DEFAULT_PATTERN

TEMPLATE = "organisations/paper_series.html"


class PaperSeriesPages(Controller):
    """Tell it, change it."""

    path = "/organisations/{key:uuid}/paper-series"

    @get("/", sync_to_thread=True)
    def read(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Template:
        """Show how the organisation numbers its papers, and the form to change it."""
        return page(TEMPLATE, _context(visit.session, visit.actor, key) | {"form": visit.form})

    @post("/", sync_to_thread=True)
    def change(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Number papers in another way from now on."""
        with visit.form.acting(visit.session, TEMPLATE, lambda: _context(visit.session, visit.actor, key)):
            visit.form.check()
            set_pattern(visit.session, visit.actor, key, visit.form.value("pattern"))
        return see_other(visit.request, f"/organisations/{key}/paper-series", _("The next paper is numbered so."))


def _context(session: Session, actor: Actor, key: UUID) -> dict[str, Any]:
    home = queries.organisation(session, key)
    rules.may_administer(actor, home.id)
    return {
        "organisation": home,
        "pattern": pattern_of(session, key),
        "usual": DEFAULT_PATTERN,
        "labels": {"pattern": _("Pattern of the numbers")},
    }
