"""Development sign-in: choose who to be. In production this address does not exist."""

from typing import Any
from uuid import UUID

from litestar import Controller, Request, post
from litestar.di import NamedDependency
from litestar.response import Redirect
from sqlmodel import Session

from api.http.auth import refuse_if_too_often
from api.http.visitor import local_path
from api.pages.forms import Form
from api.pages.rendering import see_other
from api.pages.sign_in import choice
from api.pages.sign_in.signing import begin_session
from core.errors import NotFound
from core.rate_limits import SIGN_INS, of_address
from marketplace.organisations import queries


class DevelopmentSignIn(Controller):
    """Become a member by choosing it."""

    path = "/"

    @post("/sign-in", sync_to_thread=True)
    def sign_in(
        self, request: Request[Any, Any, Any], session: NamedDependency[Session], form: NamedDependency[Form]
    ) -> Redirect:
        """Sign in as the chosen member."""
        address = of_address(request.client.host if request.client else None)
        refuse_if_too_often(SIGN_INS.wait_s(address))
        wanted = local_path(form.value("next"))
        with form.shown_again(choice.TEMPLATE, choice.choices(session, wanted)):
            member_id = _member_id(form)
            form.check()
        try:
            actor = queries.actor_for(session, member_id)
        except NotFound:
            SIGN_INS.spend(address)
            raise
        begin_session(request, session, actor)
        return see_other(request, wanted)


def _member_id(form: Form) -> UUID:
    try:
        return UUID(form.value("member"))
    except ValueError:
        form.wrong("member", "choose one")
        return UUID(int=0)
