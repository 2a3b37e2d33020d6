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

from api.http.visitor import Visitor, forget, local_path, remember, visitor_of
from api.language.i18n import gettext as _
from api.pages.forms import Form
from api.pages.rendering import page, see_other
from core.actor import Actor
from marketplace.organisations import queries, sessions

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
        begin_session(request, session, queries.actor_for(session, member_id))
        return see_other(request, wanted)

    @post("/sign-out", sync_to_thread=True)
    def sign_out(self, request: Request[Any, Any, Any], session: NamedDependency[Session]) -> Redirect:
        """Leave: the session is worth nothing from now on, whoever has a copy of its cookie."""
        end_session(request, session)
        return see_other(request, "/", _("You are signed out."), "info")


def begin_session(request: Request[Any, Any, Any], session: Session, actor: Actor) -> None:
    """Sign a member in. Nothing of a session before survives."""
    end_session(request, session)
    secret, begun = sessions.begin(session, actor, request.headers.get("user-agent", ""))
    organisation = queries.organisation(session, actor.organisation_id)
    remember(
        request,
        Visitor(secret, actor.member_id, actor.name, organisation.name, actor.roles, begun.began_at),
    )


def end_session(request: Request[Any, Any, Any], session: Session) -> None:
    """End the session that the browser shows, if it shows one."""
    visitor = visitor_of(request)
    if visitor is not None:
        sessions.end_shown(session, visitor.secret)
    forget(request)


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
