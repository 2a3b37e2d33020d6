"""Where signing in begins, and where it ends: the ways there are, and leaving."""

import re
from collections.abc import Sequence
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from litestar import Controller, Request, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect, Template
from sqlmodel import Session

from api.http.openid.providers import providers
from api.http.visitor import local_path
from api.language.i18n import gettext as _
from api.pages.forms import Form
from api.pages.rendering import FLASH, page, see_other
from api.pages.sign_in.signing import end_session
from core.settings import settings
from marketplace.organisations import queries
from marketplace.organisations.grants import roles_in_order
from marketplace.organisations.models import Member

TEMPLATE = "sign_in/choice.html"
_OF_A_THING = re.compile(r"/things/[0-9a-f-]{36}")
"""Where a label leads: whoever has scanned one may have no account."""


class SignInPages(Controller):
    """Choose how to sign in, and leave again."""

    path = "/"

    @get("/sign-in", sync_to_thread=True)
    def choose(self, request: Request[Any, Any, Any], session: NamedDependency[Session]) -> Template:
        """Show the providers, and in development every member."""
        return page(TEMPLATE, choices(session, request.query_params.get("next"), request.query_params.get("why", "")))

    @post("/sign-out", sync_to_thread=True)
    def sign_out(self, request: Request[Any, Any, Any], session: NamedDependency[Session]) -> Redirect:
        """Leave: the session is worth nothing from now on, whoever has a copy of its cookie."""
        issuer = end_session(request, session)
        answer = see_other(request, "/", _("You are signed out."), "info")
        answer.headers["clear-site-data"] = '"cache", "storage"'  # not the cookies: what is said next lies in one
        came_through = next((each for each in providers() if each.issuer == issuer), None)
        if came_through is not None:
            request.session[FLASH] |= {
                "link": f"/sign-in/providers/{came_through.key}/ending",
                "link_text": _("Sign out of %(provider)s too") % {"provider": came_through.name},
            }
        return answer


def choices(session: Session, wanted: str | None, why: str = "", form: Form | None = None) -> dict[str, Any]:
    """Return what the page of choices shows."""
    wanted = local_path(wanted)
    query = f"?{urlencode({'next': wanted}, safe='/')}" if wanted != "/" else ""
    return {
        "providers": [(each.name, f"/sign-in/providers/{each.key}{query}") for each in providers()],
        "groups": _member_choices(session),
        "next": wanted,
        "damage": f"{wanted}/damage" if _OF_A_THING.fullmatch(wanted) else None,
        "form": form or Form(),
        "why": why,
        "roles_in_order": roles_in_order,
    }


def _member_choices(session: Session) -> list[tuple[str, Sequence[Member]]] | None:
    """Return the members to choose among, by organisation; nothing where nobody may choose."""
    if not settings().may_choose_member:
        return None
    by_organisation = groupby(queries.members_to_choose(session), key=lambda pair: pair[1].name)
    return [(name, [member for member, _organisation in pairs]) for name, pairs in by_organisation]
