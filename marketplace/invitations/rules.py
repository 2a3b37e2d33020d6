"""What an answer to an invitation may say, and when it counts."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from core import limits
from core.time.interval import Interval
from marketplace.bookings.dates import uid_of
from marketplace.mail.models import Invitation
from marketplace.mail.rules import CalendarAnswer, IgnoredAnswer

MOST_DATES = 400
"""Of one booking, that a calendar is invited to: the first of them."""
LONGEST_PROPOSAL = timedelta(days=62)


@dataclass(frozen=True)
class Said:
    """What an answer says: about which date, to what it was told last, by whom, and when that was written."""

    uid: str
    sequence: int
    attendee: str
    at: datetime
    answer: CalendarAnswer
    proposed: Interval | None = None


def why_ignored(invitation: Invitation, said: Said | None, sender: str, now: datetime) -> IgnoredAnswer | None:
    """Return why an answer does nothing; None: it counts."""
    if said is None:
        return IgnoredAnswer.UNREADABLE
    own = (invitation.address or "").casefold()
    if {sender.casefold(), said.attendee.casefold()} != {own}:
        return IgnoredAnswer.OTHER_SENDER
    if invitation.cancelled or invitation.until <= now:
        return IgnoredAnswer.OVER
    is_last = (said.uid, said.sequence) == (uid_of(invitation.booking_id, invitation.start), invitation.sequence)
    if not is_last or (invitation.answered_at is not None and said.at <= invitation.answered_at):
        return IgnoredAnswer.OUTDATED
    if said.answer is CalendarAnswer.PROPOSED and not _may_be_proposed(said.proposed, now):
        return IgnoredAnswer.UNREADABLE
    return None


def _may_be_proposed(during: Interval | None, now: datetime) -> bool:
    if during is None or during.end is None or during.start < now or during.end - during.start > LONGEST_PROPOSAL:
        return False
    return not any(limits.instant_faults("start", during.start)) and not any(limits.instant_faults("end", during.end))
