"""The page behind the link in a mail by which seats are given back, without signing in."""

from typing import Any

from litestar import Controller, Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlmodel import Session

from api.language.i18n import gettext as _
from api.pages.rendering import page, see_other
from core.errors import Conflict
from hubs.activities import queries, registering
from hubs.activities.links import registration_meant
from hubs.activities.models import HubRegistration
from hubs.activities.rules import IN_LINE


class DecliningPages(Controller):
    """Ask whether one does not come; give back."""

    path = "/declining/{secret:str}"

    @get("/", sync_to_thread=True)
    def ask(self, session: NamedDependency[Session], secret: FromPath[str]) -> Template:
        """Show what is given back, and ask whether it is to be: programs that look at links give nothing back."""
        found = _found(session, secret)
        activity = queries.activity(session, found.activity_id)
        return page("hubs/declining.html", {"activity": activity, "found": found, "is_in_line": found.state in IN_LINE})

    @post("/", sync_to_thread=True)
    def decline(
        self, request: Request[Any, Any, Any], session: NamedDependency[Session], secret: FromPath[str]
    ) -> Redirect:
        """Give the seats back; a second time changes nothing."""
        registering.decline(session, None, _found(session, secret))
        return see_other(request, f"/declining/{secret}", _("You have given it back."))


def _found(session: Session, secret: str) -> HubRegistration:
    key = registration_meant(secret)
    found = session.get(HubRegistration, key) if key else None
    if found is None:
        raise Conflict("link_over", "This link is not to be had any more, or was not copied as a whole.")
    return found
