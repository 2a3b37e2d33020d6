"""Until when a reply is waited for, and how far a conversation by mail goes."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from core.errors import BadInput, Conflict, NotAllowed, NotFound, PlatsverketError, VersionChanged
from marketplace.mail.rules import Reply, ReplyOutcome
from marketplace.notices.rules import NoticeCode

ASKING = (NoticeCode.APPROVED, NoticeCode.REMINDER)
"""Notices that may be answered by mail: those that ask for a yes or a no to a proposal."""
CONFIRMED_WITHIN = timedelta(days=3)
"""An answer that nobody confirms in time is none: what was asked is asked as before."""
MOST_ROUNDS = 5
"""Replies to one mail and to those that answer them; then there is the page."""
ASKS_AGAIN = (ReplyOutcome.TO_CONFIRM, ReplyOutcome.CHANGED, ReplyOutcome.UNCLEAR, ReplyOutcome.OTHER_SENDER)
_MEANS: Mapping[type[PlatsverketError], ReplyOutcome] = {
    VersionChanged: ReplyOutcome.CHANGED,
    Conflict: ReplyOutcome.OVER,
    NotFound: ReplyOutcome.OVER,
    NotAllowed: ReplyOutcome.ON_PAGE,
    BadInput: ReplyOutcome.ON_PAGE,
}


def outcome_of(error: PlatsverketError) -> ReplyOutcome | None:
    """Return what a refusal means to whoever has answered; None: it is not about the answer."""
    return next((outcome for kind, outcome in _MEANS.items() if isinstance(error, kind)), None)


def understood(reply: Reply, to_confirm: Reply | None) -> bool:
    """Tell whether a reply is an answer to what was asked: yes or no first, then nothing but that it is confirmed."""
    return reply is Reply.CONFIRM if to_confirm else reply in {Reply.YES, Reply.NO}


def asked_until(answer_by: datetime, now: datetime, *, to_confirm: bool) -> datetime:
    """Return until when a reply counts."""
    return min(answer_by, now + CONFIRMED_WITHIN) if to_confirm else answer_by
