"""What an endpoint may be told of, how long it is tried, and when it is given up."""

from datetime import timedelta

from marketplace.notices.rules import NoticeCode

MOST_ENDPOINTS = 10
"""Of one organisation."""
GIVEN_UP_AFTER = timedelta(days=3)
"""Without one delivery that was taken: then the endpoint is told nothing more until an administrator says so."""
PATIENCE_S = 15
LEASE = timedelta(minutes=1)
"""While a worker sends; past that the worker has died."""
SENDERS = 3
"""That send at a time: slow endpoints leave the other workers to other jobs."""

KINDS = (
    NoticeCode.APPROVED,
    NoticeCode.TAKEN_BACK,
    NoticeCode.ACCEPTED,
    NoticeCode.REFUSED,
    NoticeCode.AGREED,
    NoticeCode.TAKEN,
    NoticeCode.REMINDER,
    NoticeCode.EXPIRED,
    NoticeCode.WITHDRAWN,
    NoticeCode.CANCELLED,
    NoticeCode.DISPUTED,
    NoticeCode.OVERDUE,
    NoticeCode.NOT_BACK,
    NoticeCode.NOT_TICKED,
    NoticeCode.ENDED_EARLY,
    NoticeCode.LATER_END_ASKED,
    NoticeCode.LATER_END_DECIDED,
    NoticeCode.SHORTFALL,
    NoticeCode.SHORTFALL_DECIDED,
    NoticeCode.INQUIRED,
    NoticeCode.BUSY_CONFLICT,
)
"""What an endpoint may be told of: what becomes of proposals, bookings and requests. Never what is one person's."""
