"""Programs that the organisation's own identity provider lets in: which there are, and letting in one more."""

from typing import Any

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect, Template
from sqlmodel import Session

from api.http.openid.providers import check_issues_for, issuing_for
from api.language.i18n import gettext as _
from api.language.labels import label
from api.pages.rendering import page, see_other
from api.pages.visit import Visit
from core.actor import Actor, Permission, Role, check_may
from core.limits import LONGEST_NAME, LONGEST_WORDS
from marketplace.organisations import machine_clients, queries, rules
from marketplace.organisations.grants import roles_in_order
from marketplace.organisations.machine_clients import LONGEST_ISSUER, ClientDraft
from marketplace.organisations.rules import MemberDraft

TEMPLATE, PAGE = "members/machine_clients.html", "/machine-clients"


class MachineClientPages(Controller):
    """List, register."""

    path = PAGE

    @get("/", sync_to_thread=True)
    def read(self, visit: NamedDependency[Visit]) -> Template:
        """List the programs that act as themselves, and show the form of a new one."""
        return page(TEMPLATE, _context(visit.session, visit.actor) | {"form": visit.form})

    @post("/", sync_to_thread=True)
    def register(self, visit: NamedDependency[Visit]) -> Redirect:
        """Let a program in, and go on to the member that it is."""
        actor, form = visit.actor, visit.form
        with form.shown_again(TEMPLATE, _context(visit.session, actor), {"clientId": "client_id"}):
            issuer = form.text("issuer", required=True, most=LONGEST_ISSUER)
            client_id = form.text("client_id", required=True, most=LONGEST_NAME)
            roles = frozenset(form.choices("roles", Role))
            reason = form.text("reason", required=bool(roles), most=LONGEST_WORDS)
            with form.noting():
                draft = MemberDraft(name=form.text("name", most=LONGEST_NAME), email=form.text("email"), roles=roles)
            form.check()
            check_issues_for(_number(visit.session, actor), issuer)
            client = ClientDraft(issuer, client_id)
            made = machine_clients.add(visit.session, actor, actor.organisation_id, draft, client, reason=reason)
        return see_other(visit.request, f"/members/{made.id}", _("The program is let in."))


def _number(session: Session, actor: Actor) -> str | None:
    return queries.organisation(session, actor.organisation_id).number


def _context(session: Session, actor: Actor) -> dict[str, Any]:
    check_may(actor, Permission.PROVISION, actor.organisation_id)
    found = issuing_for(_number(session, actor))
    return {
        "found": machine_clients.clients(session, actor, actor.organisation_id),
        "issuers": [(each.issuer, each.name) for each in found],
        "audiences": [(each.name, each.api_audience) for each in found],
        "roles": [(role, label(role, "role")) for role in rules.grantable(actor, actor.organisation_id)],
        "roles_in_order": roles_in_order,
        "labels": {
            "issuer": _("Provider"),
            "client_id": _("Client id"),
            "name": _("What the program is called"),
            "email": _("E-mail address of who looks after it"),
            "roles": _("Roles"),
            "reason": _("Why"),
        },
    }
