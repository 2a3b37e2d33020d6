"""The page of sent mail, where anybody may choose who to be: what each mail says, made anew from its notices."""

from litestar import Controller, get
from litestar.di import NamedDependency
from litestar.response import Template
from sqlmodel import Session

from api.http.paging import Paging, address_of_page
from api.mail.asking import noted_in
from api.mail.invitations import invitation_message
from api.mail.letters.message import Outgoing, outgoing
from api.mail.letters.message import message as letter_message
from api.mail.message import message
from api.mail.visits import visit_message
from api.pages.rendering import page
from api.pages.visit import Visit
from core.settings import settings
from hubs.visits.queries import VisitView, visit_view
from marketplace.invitations.queries import Invited, invited
from marketplace.mail import queries
from marketplace.mail.models import Mail
from marketplace.mail.queries import Letter
from marketplace.mail.rules import MailKind


class SentMailPages(Controller):
    """List."""

    path = "/sent-mail"

    @get("/", sync_to_thread=True)
    def search(self, visit: NamedDependency[Visit], paging: NamedDependency[Paging]) -> Template:
        """List everybody's sent mails, the last first. In production this address does not exist."""
        found = queries.sent_page(visit.session, paging.page, paging.limit)
        context = {
            "found": found,
            "mails": [(mail, *_told(visit.session, mail)) for mail in found.items],
            "address": lambda number: address_of_page(visit.request, number),
            "is_sent": settings().mail_url is not None,
        }
        return page("notices/sent.html", context)


def _told(session: Session, mail: Mail) -> tuple[str, str, str, str]:
    """Return to whom a mail is, in which language, its subject and its text, as it would be sent now."""
    found = _found(session, mail)
    if found is None:
        return "", "", "", ""
    try:
        if isinstance(found, Letter):
            to, spoken = found.member.email, found.member.language
            made = message(found, noted_in(session, found))
        elif isinstance(found, VisitView):
            to, spoken = found.visit.email, found.visit.language
            made = visit_message(mail, found)
        elif isinstance(found, Outgoing):
            to, spoken = found.to, found.language
            made = letter_message(found)
        else:
            to, spoken = found.address, found.language
            made = invitation_message(found)
    except ValueError:  # its member's address can no longer be written to
        return to, spoken, "", ""
    body = made.get_body(("plain",))
    return to, spoken, made["subject"], body.get_content() if body else ""


def _found(session: Session, mail: Mail) -> Letter | Invited | VisitView | Outgoing | None:
    """Return what a mail is about, as far as that is there still."""
    if mail.letter_id or mail.kind is MailKind.NEWSLETTER:
        return outgoing(session, mail)
    if mail.invitation_id:
        return invited(session, mail)
    return visit_view(session, mail.of_id) if mail.of_id else queries.letter(session, mail)
