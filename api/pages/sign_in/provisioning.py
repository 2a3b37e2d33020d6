"""Connecting the organisation's own directory: the address to give it, and the tokens that it shows."""

from typing import Any
from uuid import UUID

from litestar import Controller, Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlmodel import Session

from api.http.forms.once import keep_outcome
from api.language.i18n import gettext as _
from api.pages.forms import Form
from api.pages.rendering import page, see_other
from core.actor import Actor
from core.limits import LONGEST_NAME
from core.settings import settings
from core.time import clock
from marketplace.organisations import provisioning, queries, rules, service
from marketplace.organisations.rules import LONGEST_TOKEN_DAYS, Scope

AnyRequest = Request[Any, Any, Any]
ADDRESS, TEMPLATE = "/provisioning", "members/provisioning.html"
DAYS = 365


class ProvisioningPages(Controller):
    """Make, list and revoke the tokens of the organisation's directory."""

    path = ADDRESS

    @get("/", sync_to_thread=True)
    def read(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], restored: NamedDependency[Form]
    ) -> Template:
        """Tell how a directory is connected, and list the tokens for it."""
        return page(TEMPLATE, _context(session, actor) | {"form": restored})

    @post("/tokens", sync_to_thread=True)
    def issue(
        self,
        *,
        request: AnyRequest,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        form: NamedDependency[Form],
    ) -> Template:
        """Make a token and show it, this once."""
        with form.shown_again(TEMPLATE, _context(session, actor)):
            name = form.text("name", required=True, most=LONGEST_NAME)
            days = form.whole("days", least=1, most=LONGEST_TOKEN_DAYS)
            form.check()
            text, row = service.issue_token(session, actor, actor.member_id, name, scopes=[Scope.PROVISION], days=days)
        told = _(
            "The token is made already. Its text was shown once: if you did not keep it, revoke it and make another."
        )
        keep_outcome(request, ADDRESS, {"message": told, "tone": "info"})
        return page(TEMPLATE, _context(session, actor) | {"form": Form(), "made": row, "text": text})

    @post("/tokens/{key:uuid}/revocation", sync_to_thread=True)
    def revoke(
        self,
        *,
        request: AnyRequest,
        session: NamedDependency[Session],
        actor: NamedDependency[Actor],
        form: NamedDependency[Form],
        key: FromPath[UUID],
    ) -> Redirect:
        """Make a token worthless at once."""
        queries.token(session, actor, key)
        rules.may_provision(actor)
        with form.acting(session, TEMPLATE, lambda: _context(session, actor)):
            service.revoke_token(session, actor, key)
        return see_other(request, ADDRESS, _("The token is revoked: the directory that shows it is refused."))


def _context(session: Session, actor: Actor) -> dict[str, Any]:
    now = clock.now()
    return {
        "address": f"{settings().address}/scim/v2",
        "found": [
            (row, holder, row.revoked_at is None and row.expires_at > now and holder.active)
            for row, holder in provisioning.tokens(session, actor)
        ],
        "labels": {"name": _("What the token is for"), "days": _("Days until it expires")},
        "days": DAYS,
        "most_days": LONGEST_TOKEN_DAYS,
        "made": None,
        "text": "",
    }
