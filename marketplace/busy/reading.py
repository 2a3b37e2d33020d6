"""Reading one calendar: a feed by its address, or a collection of a CalDAV server (RFC 4791)."""

import base64
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

import msgspec
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from core.outward.client import MOST_REDIRECTS, Answer, Call, CallFailed, call
from core.time.interval import Interval, union
from marketplace.busy import expanding
from marketplace.busy.rules import EXPANDING_S, LARGEST_BYTES, MOST_TIMES, PATIENCE_S, BusyFault, BusyKind

_QUERY = """<?xml version="1.0" encoding="utf-8"?>
<C:calendar-query xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:prop><C:calendar-data/></D:prop>
<C:filter><C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT"><C:time-range start="{start}" end="{end}"/>
</C:comp-filter></C:comp-filter></C:filter></C:calendar-query>"""
_DATA = "{urn:ietf:params:xml:ns:caldav}calendar-data"
_FAULTS = {401: BusyFault.DENIED, 403: BusyFault.DENIED, 404: BusyFault.GONE, 410: BusyFault.GONE}
_LONGEST_ETAG = 300


class Unread(Exception):
    """A calendar could not be read."""

    def __init__(self, fault: BusyFault) -> None:
        self.fault = fault
        super().__init__(fault.value)


class Access(msgspec.Struct, frozen=True):
    """Where a calendar is, and what its server asks for."""

    address: str
    user: str = ""
    password: str = ""

    @property
    def authorization(self) -> str | None:
        """What is sent to its server."""
        if not self.user and not self.password:
            return None
        return "Basic " + base64.b64encode(f"{self.user}:{self.password}".encode()).decode()


@dataclass(frozen=True)
class Known:
    """What was read last, if its repetitions were worked out for the same time."""

    etag: str = ""
    digest: str = ""


@dataclass(frozen=True)
class Reading:
    """What was read; without times where that is the same as before."""

    known: Known
    busy: list[Interval] | None


def read(kind: BusyKind, access: Access | None, known: Known, during: Interval) -> Reading:
    """Read a calendar.

    Raises
    ------
    Unread
        Telling why.
    """
    if access is None:
        raise Unread(BusyFault.LOCKED)
    try:
        answer = call(_feed(access, known) if kind is BusyKind.FEED else _query(access, during))
    except CallFailed as failed:
        raise Unread(BusyFault(failed.fault.value)) from failed
    if answer.status == 304 and known.etag:
        return Reading(known, None)
    if not 200 <= answer.status < 300:
        raise Unread(_FAULTS.get(answer.status, BusyFault.REFUSED))
    body = answer.body if kind is BusyKind.FEED else _calendars(answer)
    etag = answer.headers.get("etag", "")
    found = Known(etag if len(etag) <= _LONGEST_ETAG else "", sha256(body).hexdigest())
    if found.digest == known.digest:
        return Reading(found, None)
    # A collection without events answers with nothing; a feed is a calendar, be it an empty one.
    return Reading(found, _busy(body, during) if body or kind is BusyKind.FEED else [])


def _feed(access: Access, known: Known) -> Call:
    headers = {"accept": "text/calendar"} | ({"if-none-match": known.etag} if known.etag else {})
    return Call(
        "GET",
        access.address,
        headers,
        authorization=access.authorization,
        patience_s=PATIENCE_S,
        largest=LARGEST_BYTES,
        redirects=MOST_REDIRECTS,
    )


def _query(access: Access, during: Interval) -> Call:
    start, end = (f"{each.astimezone(UTC):%Y%m%dT%H%M%SZ}" for each in (during.start, during.limit))
    return Call(
        "REPORT",
        access.address,
        {"content-type": "application/xml; charset=utf-8", "depth": "1"},
        _QUERY.format(start=start, end=end).encode(),
        authorization=access.authorization,
        patience_s=PATIENCE_S,
        largest=LARGEST_BYTES,
    )


def _calendars(answer: Answer) -> bytes:
    """Return the calendars of a CalDAV answer, one after the other."""
    try:
        if answer.status != 207:
            raise Unread(BusyFault.NO_CALENDAR)
        found = [each.text or "" for each in fromstring(answer.body).iter(_DATA)]
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise Unread(BusyFault.NO_CALENDAR) from error
    return "\r\n".join(sorted(found)).encode()


def _busy(body: bytes, during: Interval) -> list[Interval]:
    try:
        found = expanding.busy_times(body, during.start, during.limit, MOST_TIMES, EXPANDING_S)
    except expanding.NoCalendarError as error:
        raise Unread(BusyFault.NO_CALENDAR) from error
    except expanding.TooManyTimesError as error:
        raise Unread(BusyFault.TOO_MANY_TIMES) from error
    except expanding.EndlessError as error:
        raise Unread(BusyFault.ENDLESS) from error
    return union(_within_reason(start, end) for start, end in found)


def _within_reason(start: datetime, end: datetime) -> Interval:
    first, last = (datetime(year, 1, 1, tzinfo=UTC) for year in (2000, 2200))
    return Interval(max(start, first), min(end, last))
