"""Connecting the organisation's own directory: the address to give it, and the tokens that it shows."""

from typing import Any
from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlmodel import Session

from api.http.forms.once import keep_outcome
from api.language.i18n import gettext as _
from api.pages.forms import Form
from api.pages.rendering import page, see_other
from api.pages.visit import Visit
from core.actor import Actor
from core.limits import LONGEST_NAME
from core.settings import settings
from core.time import clock
from marketplace.organisations import provisioning, queries, rules, service
from marketplace.organisations.rules import LONGEST_TOKEN_DAYS, Scope

ADDRESS, TEMPLATE = "/provisioning", "members/provisioning.html"
DAYS = 365


class ProvisioningPages(Controller):
    """Make, list and revoke the tokens of the organisation's directory."""

    path = ADDRESS

    @get("/", sync_to_thread=True)
    def read(self, visit: NamedDependency[Visit]) -> Template:
        """Tell how a directory is connected, and list the tokens for it."""
        return page(TEMPLATE, _context(visit.session, visit.actor) | {"form": visit.form})

    @post("/tokens", sync_to_thread=True)
    def issue(self, visit: NamedDependency[Visit]) -> Template:
        """Make a token and show it, this once."""
        actor, form = visit.actor, visit.form
        with form.shown_again(TEMPLATE, _context(visit.session, actor)):
            name = form.text("name", required=True, most=LONGEST_NAME)
            days = form.whole("days", least=1, most=LONGEST_TOKEN_DAYS)
            form.check()
            text, row = service.issue_token(
                visit.session, actor, actor.member_id, name, scopes=[Scope.PROVISION], days=days
            )
        told = _(
            "The token is made already. Its text was shown once: if you did not keep it, revoke it and make another."
        )
        keep_outcome(visit.request, ADDRESS, {"message": told, "tone": "info"})
        return page(TEMPLATE, _context(visit.session, actor) | {"form": Form(), "made": row, "text": text})

    @post("/tokens/{key:uuid}/revocation", sync_to_thread=True)
    def revoke(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Make a token worthless at once."""
        session, actor = visit.session, visit.actor
        queries.token(session, actor, key)
        rules.may_provision(actor)
        with visit.form.acting(session, TEMPLATE, lambda: _context(session, actor)):
            service.revoke_token(session, actor, key)
        return see_other(visit.request, ADDRESS, _("The token is revoked: the directory that shows it is refused."))


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
