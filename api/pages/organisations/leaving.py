"""An organisation leaves and comes back: what that means, for whom, and then doing it."""

from typing import Any
from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlmodel import Session

from api.language.i18n import gettext as _
from api.pages.forms import Form
from api.pages.rendering import page, see_other
from api.pages.sign_in.signing import end_session
from api.pages.visit import Visit
from core.actor import Actor, Permission
from core.limits import LONGEST_WORDS
from marketplace.leaving import service
from marketplace.leaving.queries import consequences
from marketplace.organisations import queries, rules

TEMPLATE = "organisations/leaving.html"


class LeavingPages(Controller):
    """Tell what it means, let leave, let come back."""

    path = "/organisations/{key:uuid}"

    @get("/leaving", sync_to_thread=True)
    def read(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Template:
        """Tell what it means that the organisation leaves; of one that has left, that it may come back."""
        return page(TEMPLATE, _context(visit.session, visit.actor, key) | {"form": visit.form})

    @post("/leaving", sync_to_thread=True)
    def leave(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Let the organisation leave; whoever is of it is signed out, too."""
        session, actor = visit.session, visit.actor
        service.may_leave(actor, key)
        with visit.form.acting(session, TEMPLATE, lambda: _context(session, actor, key)):
            row = service.leave(session, actor, key, _reason(visit.form))
        told = _("%(organisation)s takes no part any longer. Whoever is concerned has been told.")
        if row.id != actor.organisation_id:
            return see_other(visit.request, f"/organisations/{key}/leaving", told % {"organisation": row.name})
        end_session(visit.request, session)
        told += " " + _("You are signed out.")
        return see_other(visit.request, "/", told % {"organisation": row.name}, "info")

    @post("/return", sync_to_thread=True)
    def come_back(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Let the organisation take part again."""
        rules.may_coordinate(visit.actor)
        with visit.form.acting(visit.session, TEMPLATE, lambda: _context(visit.session, visit.actor, key)):
            row = service.come_back(visit.session, visit.actor, key, _reason(visit.form))
        told = _("%(organisation)s takes part again.") % {"organisation": row.name}
        return see_other(visit.request, f"/organisations/{key}/leaving", told)


def _reason(form: Form) -> str:
    reason = form.text("reason", required=True, most=LONGEST_WORDS)
    form.check()
    return reason


def _context(session: Session, actor: Actor, key: UUID) -> dict[str, Any]:
    service.may_leave(actor, key)
    return {
        "organisation": queries.organisation(session, key),
        "means": consequences(session, key),
        "own": key == actor.organisation_id,
        "may_take_in": actor.may(Permission.REGISTER),
        "labels": {"reason": _("Why")},
    }
