"""The page where a member confirms with a passkey who it is, and is told how to get on without one."""

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect, Template

from api.http.confirmation.check import confirmation_address
from api.http.confirmation.relying_party import named_credential, relying_party
from api.http.visitor import local_path, web_session_of
from api.language.i18n import gettext as _
from api.pages.forms import Form
from api.pages.rendering import page, see_other
from api.pages.visit import Visit
from core.settings import settings
from marketplace.organisations import passkeys
from marketplace.organisations.passkeys import PasskeyRefused, Refusal


class ConfirmationPages(Controller):
    """Confirm, and go on."""

    path = "/confirmation"

    @get("/", sync_to_thread=True)
    def ask(self, visit: NamedDependency[Visit]) -> Template:
        """Ask for a passkey, to go on with what needs it."""
        row, known, party = (
            web_session_of(visit.request, visit.session),
            passkeys.passkeys_of(visit.session, visit.actor.member_id),
            relying_party(visit.request),
        )
        wanted = local_path(visit.request.query_params.get("next"))
        context = {
            "next": wanted,
            "here": confirmation_address(wanted),
            "options": party.confirmation_options(passkeys.challenge_of(row), known) if known else "",
            "party": party,
            "may_register": passkeys.is_new(row),
            "minutes": settings().step_up_minutes,
            "form": Form(),
        }
        return page("sign_in/confirmation.html", context)

    @post("/", sync_to_thread=True)
    def confirm(self, visit: NamedDependency[Visit]) -> Redirect:
        """Take the passkey's answer, and go on."""
        request, session = visit.request, visit.session
        row, wanted, answer = (
            web_session_of(request, session),
            local_path(visit.form.value("next")),
            visit.form.value("answer"),
        )
        try:
            challenge = passkeys.take_challenge(session, row)
            passkey = passkeys.signer(session, visit.actor, named_credential(answer))
            count = relying_party(request).signed_count(answer, challenge, passkey)
            passkeys.confirm(session, visit.actor, row, passkey, count)
        except PasskeyRefused as refused:
            passkeys.record_refusal(session, visit.actor, row, refused)
            return see_other(request, confirmation_address(wanted), why_refused(refused), "warning")
        return see_other(request, wanted, _("You have confirmed who you are. Go on with what you were about to do."))


def why_refused(refused: PasskeyRefused) -> str:
    """Return why a passkey's answer was not taken, and what to do."""
    return {
        Refusal.NO_ANSWER: _(
            "No passkey has answered. JavaScript has to be on, as a browser asks for a passkey by it."
        ),
        Refusal.NO_CHALLENGE: _("It took too long, or this page was open twice. Try once more."),
        Refusal.UNKNOWN: _("That passkey is not one of yours here. Choose another."),
        Refusal.NOT_TRUSTED: _("The passkey's answer does not hold. Try once more."),
        Refusal.COUNTER: _(
            "The passkey has counted backwards: there may be a copy of it. Use another, and remove this one."
        ),
    }[refused.why]
