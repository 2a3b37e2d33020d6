"""One's own passkeys: registered, named, removed."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from litestar import Controller, Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlmodel import Session

from api.http.confirmation.check import has_confirmed
from api.http.confirmation.relying_party import Registered, relying_party
from api.http.forms.kept import Why, keep
from api.http.visitor import local_path, web_session_of
from api.language.i18n import gettext as _
from api.pages.forms import Form
from api.pages.rendering import page, see_other
from api.pages.sign_in.confirmation import why_refused
from api.pages.visit import Visit
from core.actor import Actor, Permission
from core.limits import LONGEST_NAME
from core.settings import settings
from marketplace.notices.rules import NoticeCode
from marketplace.notices.service import notify
from marketplace.organisations import passkeys
from marketplace.organisations.models import Passkey, WebSession
from marketplace.organisations.passkeys import PasskeyRefused

AnyRequest = Request[Any, Any, Any]
TEMPLATE, PAGE = "sign_in/passkeys.html", "/passkeys"


class PasskeyPages(Controller):
    """List, register, rename, remove."""

    path = PAGE

    @get("/", sync_to_thread=True)
    def list_own(self, visit: NamedDependency[Visit]) -> Template:
        """List one's own passkeys."""
        return page(TEMPLATE, _context(visit.request, visit.session, visit.actor, visit.form))

    @post("/", sync_to_thread=True)
    def register(self, visit: NamedDependency[Visit]) -> Redirect:
        """Register a passkey: the first soon after signing in, another after confirming with one."""
        request, session, actor, form = visit.request, visit.session, visit.actor, visit.form
        row, wanted = web_session_of(request, session), local_path(form.value("next"))
        if not _may_register(session, actor, row):
            if passkeys.has_any(session, actor.member_id):
                session.rollback()  # gives its connection back before another is asked for
                raise keep(request, visit.posted, Why.STEP_UP)
            return see_other(request, PAGE, _too_late(), "warning")
        with form.acting(session, TEMPLATE, lambda: _context(request, session, actor, form)):
            name = form.text("name", required=True, most=LONGEST_NAME)
            form.check()
            passkeys.check_name(name)
            try:
                found = _answered(request, session, row, form.value("answer"))
            except PasskeyRefused as refused:
                passkeys.record_refusal(session, actor, row, refused)
                return see_other(request, PAGE, why_refused(refused), "warning")
            made = passkeys.register(session, actor, name, **asdict(found))
        _tell(session, actor, made)
        return see_other(request, PAGE if wanted == "/" else wanted, _("The passkey is registered."))

    @post("/{key:uuid}/name", sync_to_thread=True)
    def rename(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Call it something else."""
        session, form = visit.session, visit.form
        passkeys.own(session, visit.actor, key)
        with form.acting(session, TEMPLATE, lambda: _context(visit.request, session, visit.actor, form)):
            name = form.text(f"name-{key}", required=True, most=LONGEST_NAME)
            form.check()
            passkeys.rename(session, visit.actor, key, name)
        return see_other(visit.request, PAGE, _("The passkey has its new name."))

    @post("/{key:uuid}/removal", sync_to_thread=True)
    def remove(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Redirect:
        """Let it be worth nothing."""
        passkeys.remove(visit.session, visit.actor, key)
        return see_other(visit.request, PAGE, _("The passkey is removed. Take it away on your device, too."))


def _may_register(session: Session, actor: Actor, row: WebSession) -> bool:
    """Tell whether a passkey may be registered now: a stolen session must not get one of its own."""
    return has_confirmed(row) or (passkeys.is_new(row) and not passkeys.has_any(session, actor.member_id))


def _answered(request: AnyRequest, session: Session, row: WebSession, answer: str) -> Registered:
    return relying_party(request).registered(answer, passkeys.take_challenge(session, row))


def _tell(session: Session, actor: Actor, made: Passkey) -> None:
    notify(
        session,
        [actor.organisation_id],
        NoticeCode.PASSKEY_REGISTERED,
        "passkey",
        made.id,
        permission=Permission.ADMINISTER,
        member_id=actor.member_id,
        member=actor.name,
    )


def _too_late() -> str:
    text = _("A first passkey is registered at most %(minutes)s minutes after signing in. Sign out, and in again.")
    return text % {"minutes": settings().first_passkey_minutes}


def _context(request: AnyRequest, session: Session, actor: Actor, form: Form) -> dict[str, Any]:
    row, party = web_session_of(request, session), relying_party(request)
    found = passkeys.passkeys_of(session, actor.member_id)
    may_register = _may_register(session, actor, row)
    return {
        "found": found,
        "form": form,
        "next": local_path(request.query_params.get("next")),
        "party": party,
        "may_register": may_register,
        "too_late": _too_late(),
        "options": party.registration_options(actor, passkeys.challenge_of(row), found) if may_register else "",
        "most": passkeys.MOST_PASSKEYS,
        "labels": {"name": _("What you call it"), **{f"name-{each.id}": _("What you call it") for each in found}},
    }
