"""Where one is signed in, and the way to end it there."""

from typing import Any
from uuid import UUID

from litestar import Controller, Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template
from ua_parser import parse

from api.http.visitor import forget, web_session_key
from api.language.i18n import gettext as _
from api.pages.rendering import page, see_other
from api.pages.visit import Visit
from marketplace.organisations import sessions

AnyRequest = Request[Any, Any, Any]


class SessionPages(Controller):
    """One's own sessions."""

    path = "/sessions"

    @get("/", sync_to_thread=True)
    def list_own(self, visit: NamedDependency[Visit]) -> Template:
        """List where one is signed in."""
        context = {
            "found": sessions.sessions_of(visit.session, visit.actor.member_id),
            "this_one": web_session_key(visit.request),
            "browser_name": browser_name,
        }
        return page("sign_in/sessions.html", context)

    @post("/{key:uuid}/end", sync_to_thread=True)
    def end(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Sign out in one browser."""
        sessions.end(visit.session, visit.actor, key)
        if key == web_session_key(visit.request):
            return _signed_out(visit.request)
        return see_other(visit.request, "/sessions", _("You are signed out there."))

    @post("/end", sync_to_thread=True)
    def end_all(self, visit: NamedDependency[Visit]) -> Redirect:
        """Sign out everywhere."""
        sessions.end_all(visit.session, visit.actor)
        return _signed_out(visit.request)


def browser_name(said: str) -> str:
    """Return what a browser that calls itself so is known as, such as “Firefox, Windows”."""
    found = parse(said)
    names = [each.family for each in (found.user_agent, found.os) if each is not None]
    return ", ".join(names) or _("An unknown browser")


def _signed_out(request: AnyRequest) -> Redirect:
    forget(request)
    return see_other(request, "/", _("You are signed out."), "info")
