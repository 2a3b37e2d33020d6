"""Rounds of coffee by a member of a hub: taking part, and with whom one has coffee."""

from typing import Any
from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from api.language.i18n import gettext as _
from api.pages.rendering import page, see_other
from api.pages.visit import Visit
from hubs.coffee import queries, service
from hubs.places.models import Hub
from marketplace.views.reads import members_read

TEMPLATE = "hubs/meeting/coffee.html"


class CoffeePages(Controller):
    """See whom to have coffee with, take part or not."""

    path = "/hubs/{key:uuid}/coffee"

    @get("/", sync_to_thread=True)
    def read_one(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Template:
        """Show how one stands."""
        return page(TEMPLATE, _context(visit, key))

    @post("/", sync_to_thread=True)
    def take_part(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Take part from now on, or no more."""
        takes_part = visit.form.value("takesPart") == "yes"
        service.take_part(visit.session, visit.actor, key, takes_part=takes_part)
        told = _("You take part from the next round on.") if takes_part else _("You take part no more.")
        return see_other(visit.request, f"/hubs/{key}/coffee", told)


def _context(visit: Visit, key: UUID) -> dict[str, Any]:
    own = queries.own_coffee(visit.session, visit.actor, key)
    if own.partner:
        members_read(visit.session, visit.actor, [own.partner.member])
    return {"hub": visit.session.get_one(Hub, key), "own": own}
