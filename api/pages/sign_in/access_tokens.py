"""Access tokens of machine clients: one's own, and those of whom one administers."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlmodel import Session

from api.http.forms.once import keep_outcome
from api.language.i18n import gettext as _
from api.language.labels import label
from api.pages.forms import Form
from api.pages.rendering import page, see_other
from api.pages.visit import Visit
from core.actor import Actor
from core.limits import LONGEST_NAME
from core.time import clock
from marketplace.organisations import queries, service
from marketplace.organisations.models import AccessToken, Member
from marketplace.organisations.rules import LONGEST_TOKEN_DAYS, Scope
from marketplace.views import reads

TEMPLATE, OF_MEMBER, PAGE = "sign_in/access_tokens.html", "members/access_tokens.html", "/access-tokens"
USUAL_DAYS = 90
SCOPES = (Scope.READ, Scope.WRITE)
"""A directory's tokens are made on a page of their own."""


class AccessTokenPages(Controller):
    """List, make, revoke."""

    path = "/"

    @get(PAGE, sync_to_thread=True)
    def list_own(self, visit: NamedDependency[Visit]) -> Template:
        """List one's own access tokens, and show the form of a new one."""
        return page(TEMPLATE, _context(visit.session, visit.actor, visit.form))

    @post(PAGE, sync_to_thread=True)
    def make(self, visit: NamedDependency[Visit]) -> Template:
        """Make a token that acts as oneself, and show its text this once."""
        session, actor, form = visit.session, visit.actor, visit.form
        with form.acting(session, TEMPLATE, lambda: _context(session, actor, form)):
            name = form.text("name", required=True, most=LONGEST_NAME)
            scopes = [each for each in form.choices("scopes", Scope) if each in SCOPES]
            if not scopes:
                form.wrong("scopes", "choose one")
            days = form.whole("days", least=1, most=LONGEST_TOKEN_DAYS)
            form.check()
            text, row = service.issue_token(session, actor, actor.member_id, name, scopes=scopes, days=days)
        done = _(
            "The token was made already. Its text was shown once: if you don't have it, revoke it and make another."
        )
        keep_outcome(visit.request, PAGE, {"message": done, "tone": "warning"})  # never the text itself
        return page(TEMPLATE, _context(session, actor, Form()) | {"made": row, "text": text})

    @post(PAGE + "/{key:uuid}/revocation", sync_to_thread=True)
    def revoke(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Make a token worthless at once, with all that it has made."""
        session, actor = visit.session, visit.actor
        holder = queries.token(session, actor, key)[1]
        own = holder.id == actor.member_id
        template = TEMPLATE if own else OF_MEMBER
        with visit.form.acting(
            session,
            template,
            lambda: _context(session, actor, visit.form) if own else _of_member(session, actor, holder.id, visit.form),
        ):
            service.revoke_token(session, actor, key)
        return see_other(visit.request, PAGE if own else f"/members/{holder.id}{PAGE}", _("The token is revoked."))

    @get("/members/{key:uuid}" + PAGE, sync_to_thread=True)
    def list_of_member(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Template:
        """List the access tokens of a member, for those who administer it."""
        return page(OF_MEMBER, _of_member(visit.session, visit.actor, key, Form()))


def _context(session: Session, actor: Actor, form: Form) -> dict[str, Any]:
    return {
        **_shown(queries.tokens_of(session, actor)),
        "form": form,
        "scopes": [(each, label(each)) for each in SCOPES],
        "most_days": LONGEST_TOKEN_DAYS,
        "usual_days": USUAL_DAYS,
        "made": None,
        "labels": {"name": _("What it is for"), "scopes": _("What it may do"), "days": _("Valid for so many days")},
    }


def _of_member(session: Session, actor: Actor, member_id: UUID, form: Form) -> dict[str, Any]:
    found = queries.tokens_of(session, actor, member_id)  # refuses whoever does not administer the member
    member: Member = queries.member_seen(session, actor, member_id)
    reads.members_read(session, actor, [member])
    return {**_shown(found), "member": member, "form": form}


def _shown(found: Sequence[AccessToken]) -> dict[str, Any]:
    """Return the tokens that hold, and those that no longer do."""
    holding = [each for each in found if each.revoked_at is None and each.expires_at > clock.now()]
    return {"holding": holding, "ended": [each for each in found if each not in holding]}
