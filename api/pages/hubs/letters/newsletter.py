"""The newsletter for whoever asks for it, and the pages behind the links in letters: without signing in."""

from typing import Any
from uuid import UUID

from litestar import Controller, Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlmodel import Session

from api.http.auth import refuse_if_too_often
from api.language.i18n import LANGUAGES, language
from api.language.i18n import gettext as _
from api.pages.forms import Form
from api.pages.rendering import page, see_other
from core.errors import Conflict, NotFound
from core.rate_limits import NEWSLETTERS_ASKED, of_address
from hubs.letters import service, subscribing
from hubs.letters.links import confirming_meant, subscriber_meant, wish_meant
from hubs.letters.models import NewsletterSubscriber
from hubs.places.models import Hub
from hubs.places.queries import hub_view

ASK, CONFIRM, STOP = (f"hubs/letters/{name}.html" for name in ("newsletter", "confirming", "stopping"))
AnyRequest = Request[Any, Any, Any]


class NewsletterPages(Controller):
    """Ask for it, confirm."""

    path = "/"

    @get("/newsletters/{key:uuid}", sync_to_thread=True)
    def ask(self, session: NamedDependency[Session], key: FromPath[UUID]) -> Template:
        """Show the form, to anybody."""
        return page(ASK, _context(session, key, Form()))

    @post("/newsletters/{key:uuid}", sync_to_thread=True)
    def asked(
        self,
        request: AnyRequest,
        session: NamedDependency[Session],
        form: NamedDependency[Form],
        key: FromPath[UUID],
    ) -> Redirect:
        """Send a mail that asks for a confirmation. The answer is the same whatever is known of the address."""
        refuse_if_too_often(NEWSLETTERS_ASKED.spend(of_address(request.client.host if request.client else None)))
        with form.shown_again(ASK, _context(session, key, form)):
            subscribing.ask(session, key, form.value("address"), form.value("language"))
        told = _("If the address does not get the newsletter yet, a mail is on its way to it. Confirm it there.")
        return see_other(request, f"/newsletters/{key}", told)

    @get("/newsletter-confirmations/{secret:str}", sync_to_thread=True)
    def confirming(self, session: NamedDependency[Session], secret: FromPath[str]) -> Template:
        """Ask for the last click: programs that look at links confirm nothing."""
        row = _waiting(session, secret)
        return page(CONFIRM, {"hub": session.get_one(Hub, row.hub_id), "is_confirmed": row.confirmed_at is not None})

    @post("/newsletter-confirmations/{secret:str}", sync_to_thread=True)
    def confirm(self, request: AnyRequest, session: NamedDependency[Session], secret: FromPath[str]) -> Redirect:
        """Let the address get the newsletter; a second time changes nothing."""
        subscribing.confirm(session, _waiting(session, secret).id)
        return see_other(request, f"/newsletter-confirmations/{secret}", _("You get the newsletter."))


class LetterStopPages(Controller):
    """Get no more letters; mail programs send the same form by themselves (RFC 8058)."""

    path = "/letter-stops/{secret:str}"

    @get("/", sync_to_thread=True)
    def ask(self, secret: FromPath[str]) -> Template:
        """Ask for the one click: programs that look at links end nothing."""
        _check_ours(secret)
        return page(STOP, {"secret": secret})

    @post("/", sync_to_thread=True)
    def stop(self, request: AnyRequest, session: NamedDependency[Session], secret: FromPath[str]) -> Redirect:
        """Send no more; a second time changes nothing."""
        _stop(session, secret)
        return see_other(request, f"/letter-stops/{secret}", _("You get no more of these letters."))

    @get("/at-once", sync_to_thread=True)
    def lead(self, secret: FromPath[str]) -> Redirect:
        """Lead a person who follows the address of mail programs to the page that asks."""
        return Redirect(f"/letter-stops/{secret}", status_code=303)

    @post("/at-once", sync_to_thread=True, status_code=204)
    def stop_at_once(self, session: NamedDependency[Session], secret: FromPath[str]) -> None:
        """Send no more, as a mail program asks that shows no page of ours."""
        _stop(session, secret)


def _stop(session: Session, secret: str) -> None:
    _check_ours(secret)
    if subscriber_id := subscriber_meant(secret):
        subscribing.end(session, subscriber_id)
    elif wish_id := wish_meant(secret):
        service.stop(session, wish_id)


def _check_ours(secret: str) -> None:
    if subscriber_meant(secret) is None and wish_meant(secret) is None:
        raise _over()


def _waiting(session: Session, secret: str) -> NewsletterSubscriber:
    key = confirming_meant(secret)
    if key is None:
        raise _over()
    try:
        return subscribing.waiting(session, key)
    except NotFound:
        raise _over() from None


def _over() -> Conflict:
    return Conflict("link_over", "This link is not to be had any more, or was not copied as a whole.")


def _context(session: Session, key: UUID, form: Form) -> dict[str, Any]:
    labels = {"address": _("Your e-mail address"), "language": _("Language")}
    return {
        "hub": hub_view(session, None, key).hub,
        "form": form,
        "spoken": list(LANGUAGES.items()),
        "chosen": language(),
        "labels": labels,
        "summary_labels": labels,
    }
