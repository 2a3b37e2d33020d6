"""The mail that brings a calendar its invitation (iMIP, RFC 6047), with the same in words for who opens the mailbox.

It comes from the address that its answer goes to: some programs answer the organizer, and others the sender. It does
not say that a program has made it, as programs must not answer those (RFC 3834), and a room's is to.
"""

from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

from api.calendars.invitation import CANCEL, calendar_of_invitation, method_of
from api.language import format as written
from api.language.i18n import gettext as _
from api.language.i18n import speaking
from api.mail.addresses import Purpose, address_for
from api.mail.message import NAME, one_line
from core.settings import settings
from core.time.interval import Interval
from marketplace.invitations.queries import Invited


def invitation_message(invited: Invited) -> EmailMessage:
    """Return the mail, the same each time that it is asked for as long as nothing has changed.

    Raises
    ------
    ValueError
        The calendar's address cannot be written to, or no mail comes in any more.
    """
    row = invited.invitation
    organizer = address_for(Purpose.INVITATION, row.id)
    if organizer is None:
        raise ValueError("no mail comes in: nobody could answer")
    with speaking(invited.language):
        subject, text = _words(invited)
        made = EmailMessage()
        made["From"] = Address(NAME, addr_spec=organizer)
        made["To"] = Address(addr_spec=one_line(invited.address))
        made["Subject"] = subject
        made["Date"] = format_datetime(invited.mail.created_at)
        made["Message-ID"] = f"<{invited.mail.id}@{organizer.rpartition('@')[2]}>"
        made["X-Auto-Response-Suppress"] = "OOF"
        made.set_content(text)
        calendar = calendar_of_invitation(invited, organizer, NAME)
        made.add_alternative(calendar, subtype="calendar", params={"method": method_of(invited)})
    return made


def _words(invited: Invited) -> tuple[str, str]:
    view, row = invited.view, invited.invitation
    what = one_line(view.request.title)
    subject = _("Cancelled: %(what)s") % {"what": what} if method_of(invited) == CANCEL else what
    lines = [
        subject,
        written.period(Interval(row.start, row.until)),
        _("Lender: %(name)s") % {"name": view.lender.name},
        _("Borrower: %(name)s") % {"name": view.borrower.name},
        f"{settings().address}/bookings/{view.booking.id}",
    ]
    if row.member_id is None:
        lines.append(_("Accept or decline in the calendar. What is declined is open again for those who asked for it."))
    return subject, "\n".join(map(one_line, lines)) + "\n"
