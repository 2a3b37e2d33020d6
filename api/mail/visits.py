"""The mails that ask whether somebody comes to a hub, whoever was announced there or invited by a member, and that
say that it is called off."""

from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

from api.language import format as written
from api.language.i18n import gettext as _
from api.language.i18n import speaking
from api.mail.message import NAME, one_line, sender
from hubs.visits.links import visit_address
from hubs.visits.queries import VisitView
from marketplace.mail.models import Mail
from marketplace.mail.rules import MailKind


def visit_message(mail: Mail, view: VisitView) -> EmailMessage:
    """Return the mail, the same each time that it is asked for.

    Raises
    ------
    ValueError
        The visitor's address cannot be written to.
    """
    row = view.visit
    with speaking(row.language):
        subject, text = _called_off(view) if mail.kind is MailKind.VISIT_CALLED_OFF else _asked(view)
        made = EmailMessage()
        made["From"] = Address(NAME, addr_spec=sender())
        made["To"] = Address(addr_spec=one_line(row.email))
        made["Subject"] = subject
        made["Date"] = format_datetime(mail.created_at)
        made["Message-ID"] = f"<{mail.id}@{sender().rpartition('@')[2]}>"
        made["Auto-Submitted"] = "auto-generated"
        made["X-Auto-Response-Suppress"] = "All"
        made.set_content(text)
        made["Content-Language"] = row.language
    return made


def _called_off(view: VisitView) -> tuple[str, str]:
    told = _told(view)
    lines = [
        _("Hello %(name)s!") % told,
        _("You had said that you come to %(hub)s on %(day)s. The hub takes no visitors that day after all.") % told,
        _("The day after, your name and address are deleted. Nobody reads what is answered to this mail."),
    ]
    return _("Your visit to %(hub)s on %(day)s is called off") % told, "\n\n".join(lines) + "\n"


def _told(view: VisitView) -> dict[str, str]:
    name = one_line(view.visit.first_name)
    return {"hub": one_line(view.hub.name), "day": written.day(view.visit.day), "name": name}


def _asked(view: VisitView) -> tuple[str, str]:
    told = _told(view)
    if view.invited_by:
        who, organisation = map(one_line, view.invited_by)
        asked = _("%(who)s at %(organisation)s invites you to %(hub)s on %(day)s.")
        asked %= told | {"who": who, "organisation": organisation}
    else:
        asked = _("Somebody, you we hope, has said that you come to the open house of %(hub)s on %(day)s.") % told
    lines = [
        _("Hello %(name)s!") % told,
        asked,
        _("Say here whether you come: %(at)s") % {"at": visit_address(view.visit.id)},
        _("By the same link you say later that you do not come after all. Without a yes within two days we forget it."),
        _("The day after your visit your name and address are deleted. Nobody reads what is answered to this mail."),
    ]
    return _("Do you come to %(hub)s on %(day)s?") % told, "\n\n".join(lines) + "\n"
