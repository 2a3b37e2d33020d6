"""Development sign-in: choose who to be. In production these addresses do not exist.

Signing in through an identity provider (OIDC) will end the same way: find the member, `remember` it in the session.
"""

from itertools import groupby
from typing import Any
from uuid import UUID

from litestar import Controller, Request, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect, Template
from sqlmodel import Session

from api.http.visitor import Visitor, forget, local_path, remember
from api.language.i18n import gettext as _
from api.pages.forms import Form
from api.pages.rendering import page, see_other
from core.time import clock
from marketplace.organisations import queries

TEMPLATE = "sign_in.html"


class SignInPages(Controller):
    """Choose a member, and leave again."""

    path = "/"

    @get("/sign-in", sync_to_thread=True)
    def choose(self, request: Request[Any, Any, Any], session: NamedDependency[Session]) -> Template:
        """Show every member, grouped by organisation."""
        why = request.query_params.get("why", "")
        return page(TEMPLATE, _choices(session, request.query_params.get("next")) | {"why": why})

    @post("/sign-in", sync_to_thread=True)
    def sign_in(
        self, request: Request[Any, Any, Any], session: NamedDependency[Session], form: NamedDependency[Form]
    ) -> Redirect:
        """Sign in as the chosen member."""
        wanted = local_path(form.value("next"))
        with form.shown_again(TEMPLATE, _choices(session, wanted)):
            member_id = _member_id(form)
            form.check()
        member = queries.member(session, member_id)
        organisation = queries.organisation(session, member.organisation_id)
        visitor = Visitor(member.id, member.name, organisation.name, frozenset(member.roles), clock.now())
        remember(request, visitor)
        return see_other(request, wanted)

    @post("/sign-out", sync_to_thread=True)
    def sign_out(self, request: Request[Any, Any, Any]) -> Redirect:
        """Leave."""
        forget(request)
        return see_other(request, "/", _("You are signed out."), "info")


def _member_id(form: Form) -> UUID:
    try:
        return UUID(form.value("member"))
    except ValueError:
        form.wrong("member", "choose one")
        return UUID(int=0)


def _choices(session: Session, wanted: str | None) -> dict[str, Any]:
    members = queries.members_to_choose(session)
    by_organisation = groupby(members, key=lambda pair: pair[1].name)
    groups = [(name, [member for member, _organisation in pairs]) for name, pairs in by_organisation]
    return {"groups": groups, "next": local_path(wanted), "form": Form(), "why": ""}
