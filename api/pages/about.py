"""Pages about the service itself: accessibility, language, for developers."""

from datetime import date, timedelta
from typing import Any

from litestar import Controller, MediaType, Request, get, post
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from api.deprecation import SHORTEST_NOTICE
from api.http.forms.kept import Why, keep
from api.http.forms.posted import Posted
from api.http.problem_details import CODES, TITLES
from api.http.request_context import LANGUAGE_COOKIE
from api.http.visitor import cookie_name, local_path
from api.language import i18n
from api.openapi import operations
from api.pages.rendering import page
from core.errors import NotFound
from core.settings import settings
from core.time import clock

ASSESSED = UPDATED = date(2026, 11, 29)
"""When somebody last assessed how accessible the pages are, and changed the statement of it."""

_YEAR_S = 365 * 24 * 3600


class AboutPages(Controller):
    """What anybody may read without signing in."""

    path = "/"

    @get("/accessibility", sync_to_thread=True)
    def accessibility(self) -> Template:
        """Show the accessibility statement (tillgänglighetsredogörelse) that the law asks for."""
        contact = settings().accessibility_contact
        context = {
            "operator": settings().operator,
            "address": settings().address,
            "contact": contact,
            "contact_text": (contact or "").removeprefix("mailto:").removeprefix("tel:"),
            "assessed": ASSESSED,
            "updated": UPDATED,
        }
        return page("accessibility.html", context)

    @get("/developers", sync_to_thread=True)
    def developers(self, request: Request[Any, Any, Any]) -> Template:
        """Show what the API can do, from its own description; nothing is loaded from elsewhere."""
        problems = [(status, code, TITLES[status]) for status, code in CODES.items()]
        context = {"groups": operations(request.app), "problems": problems, "in_language": _in_language}
        context |= {"shortest_notice": SHORTEST_NOTICE.days, "address": settings().address}
        return page("developers.html", context)

    @get("/.well-known/security.txt", media_type=MediaType.TEXT, sync_to_thread=False)
    def security_contact(self) -> str:
        """Say where a weakness is told (RFC 9116)."""
        contact = settings().security_contact
        if contact is None:
            raise NotFound("page", "/.well-known/security.txt")
        address = f"{settings().address}/.well-known/security.txt"
        until = (clock.now() + timedelta(days=180)).strftime("%Y-%m-%dT00:00:00Z")
        return f"Contact: {contact}\nExpires: {until}\nPreferred-Languages: sv, en\nCanonical: {address}\n"

    @get("/language/{code:str}", sync_to_thread=True)
    def language(self, request: Request[Any, Any, Any], code: FromPath[str]) -> Redirect:
        """Remember the language and go back to where the reader was."""
        return Redirect(local_path(request.query_params.get("next")), status_code=303, cookies=[_chosen(code)])

    @post("/language/{code:str}", sync_to_thread=True)
    def language_while_writing(
        self, request: Request[Any, Any, Any], posted: NamedDependency[Posted], code: FromPath[str]
    ) -> Redirect:
        """Remember the language and go back to the form that the reader was filling in, with what was typed."""
        chosen, page_path = _chosen(code), local_path(request.query_params.get("next"))
        form = keep(request, posted, Why.LANGUAGE, page_path)
        return Redirect(form.address, status_code=303, cookies=[chosen, *form.cookies])


def _chosen(code: str) -> Cookie:
    if code not in i18n.LANGUAGES:
        raise NotFound("language", code)
    return Cookie(
        key=cookie_name(LANGUAGE_COOKIE),
        value=code,
        max_age=_YEAR_S,
        path="/",
        samesite="lax",
        httponly=True,
        secure=settings().environment == "production",
    )


def _in_language(summary: str) -> str:
    """Return the reader's half of what the API's description says as `English / Svenska`."""
    english, _slash, swedish = summary.partition(" / ")
    return english if i18n.language() == "en" else swedish or english
