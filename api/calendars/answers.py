"""What a calendar answers to an invitation, as far as it can be read: nothing in it is trusted."""

from datetime import UTC, date, datetime, time
from typing import Any

from icalendar import Calendar, Event

from core.time.clock import STOCKHOLM
from core.time.interval import Interval
from marketplace.invitations.rules import Said
from marketplace.mail.rules import CalendarAnswer

MOST_BYTES = 50_000
"""Of an answer: it is about one date."""
_ANSWERS = {
    "ACCEPTED": CalendarAnswer.ACCEPTED,
    "TENTATIVE": CalendarAnswer.TENTATIVE,
    "DECLINED": CalendarAnswer.DECLINED,
}
_LONGEST = 500


def answer_in(content: bytes) -> Said | None:
    """Return what an answer (REPLY, COUNTER) says; None where it is none, or says nothing that could be taken."""
    if len(content) > MOST_BYTES:
        return None
    try:
        return _said(Calendar.from_ical(content))
    except Exception:  # whatever the library trips over in what anybody may send
        return None


def _said(calendar: Any) -> Said | None:
    method = str(calendar.get("method", "")).upper()
    events = [each for each in calendar.subcomponents if isinstance(each, Event)]
    if method not in {"REPLY", "COUNTER"} or len(events) != 1:
        return None
    (event,) = events
    attendee = event["attendee"]
    if isinstance(attendee, list):  # a counter-proposal may name all; there is one
        (attendee,) = attendee
    answer = CalendarAnswer.PROPOSED
    if method == "REPLY":
        answer = _ANSWERS[str(attendee.params["PARTSTAT"]).upper()]
    return Said(
        uid=str(event["uid"])[:_LONGEST],
        sequence=int(event.get("sequence", 0)),
        attendee=str(attendee)[:_LONGEST].lower().removeprefix("mailto:"),
        at=_instant(event.decoded("dtstamp")),
        answer=answer,
        proposed=_time(event) if method == "COUNTER" else None,
    )


def _time(event: Event) -> Interval:
    end = event.decoded("dtend", None)
    start = event.decoded("dtstart")
    return Interval(_instant(start), _instant(start + event.decoded("duration") if end is None else end))


def _instant(told: date | datetime) -> datetime:
    """Return a moment in UTC; what names no zone is by the clock of Sweden."""
    if not isinstance(told, datetime):
        told = datetime.combine(told, time.min)
    return (told if told.tzinfo else told.replace(tzinfo=STOCKHOLM)).astimezone(UTC)
