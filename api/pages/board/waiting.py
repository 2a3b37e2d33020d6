"""Everything that waits for somebody, on one page for the coordinator."""

from litestar import Controller, get
from litestar.di import NamedDependency
from litestar.response import Template

from api.http.paging import Paging, address_of_page
from api.pages.rendering import page
from api.pages.visit import Visit
from core.actor import Permission, refusal
from core.time import clock
from marketplace.views.waiting import Waiting, WaitsFor, waiting_for_anybody

_PAGE = {WaitsFor.BUNDLE: "/requests", WaitsFor.INQUIRY: "/requests", WaitsFor.DISPUTE: "/bookings"}


class WaitingPages(Controller):
    """Show what waits."""

    path = "/waiting"

    @get("/", sync_to_thread=True)
    def show(self, visit: NamedDependency[Visit], paging: NamedDependency[Paging]) -> Template:
        """Show everything that waits for somebody in the area that one coordinates, with deadlines."""
        if not visit.actor.may(Permission.DECIDE):
            raise refusal(visit.actor, Permission.DECIDE)
        context = {
            "found": waiting_for_anybody(visit.session, visit.actor, paging.page, paging.limit),
            "address": lambda number: address_of_page(visit.request, number),
            "path": _path,
            "now": clock.now(),
        }
        return page("board/waiting.html", context)


def _path(each: Waiting) -> str:
    return f"{_PAGE.get(each.what, '/proposals')}/{each.entity_id}"
