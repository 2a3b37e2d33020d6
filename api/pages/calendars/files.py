"""What calendar programs fetch: a calendar by its address, without signing in, and a booking as a file."""

import hashlib
from collections.abc import Callable
from email.utils import format_datetime
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

from litestar import Controller, Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlmodel import Session

from api.calendars.activities import activities_calendar
from api.calendars.calendar import BACK, MEDIA_TYPE, calendar_of
from api.calendars.events import changed_at
from api.calendars.naming import SUFFIX, title_of
from api.http.auth import refuse_if_too_often
from api.language.i18n import speaking
from api.pages.visit import Visit
from core.rate_limits import CALENDARS_GUESSED, SEARCHES, of_address
from core.time import clock
from hubs.activities.queries import in_feed_of_group
from hubs.groups import queries as groups
from marketplace.bookings import queries as bookings
from marketplace.calendars import queries, service

T = TypeVar("T")
NOTHING = {404: "There is no such calendar.", 410: "This calendar is not to be had any more."}


class CalendarFiles(Controller):
    """Fetch, download."""

    path = "/"

    @get("/calendars/{secret:str}", sync_to_thread=True)
    def fetch(
        self, request: Request[Any, Any, Any], session: NamedDependency[Session], secret: FromPath[str]
    ) -> Response[Any]:
        """Answer with what a calendar's owner may see now; 410 where it is revoked, or the owner may not have it."""
        feed = _found(request, secret, partial(queries.feed_at, session))
        if feed is None:
            return _nothing(404)
        refuse_if_too_often(SEARCHES.spend(str(feed.id)))
        reader = queries.reader_of(session, feed)
        if reader is None:
            return _nothing(410)
        now = clock.now()
        service.note_fetch(session, feed, now)
        views = queries.booked(session, reader, feed, now)
        with speaking(reader.language):
            body = calendar_of(views, name=title_of(feed, queries.site_names(session, [feed])), now=now)
        etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        headers = {
            "cache-control": "private, no-cache",
            "etag": etag,
            "last-modified": format_datetime(max((feed.created_at, *map(changed_at, views))), usegmt=True),
        }
        if etag in {each.strip().removeprefix("W/") for each in request.headers.get("if-none-match", "").split(",")}:
            return Response(None, status_code=304, headers=headers)
        return Response(body, media_type=MEDIA_TYPE, headers=headers)

    @get("/hub-group-calendars/{secret:str}", sync_to_thread=True)
    def fetch_of_group(
        self, request: Request[Any, Any, Any], session: NamedDependency[Session], secret: FromPath[str]
    ) -> Response[Any]:
        """Answer with what a group of a hub has on, as far as whose address it is sees it; 410 if that one may not."""
        found = _found(request, secret, partial(groups.feed_at, session))
        if found is None:
            return _nothing(404)
        group, reader = found
        if reader is None:
            return _nothing(410)
        refuse_if_too_often(SEARCHES.spend(f"{group.id} {reader.member_id}"))
        with speaking(reader.language):
            body = activities_calendar(group.name, in_feed_of_group(session, reader, group.id, clock.now() - BACK))
        return Response(body, media_type=MEDIA_TYPE, headers={"cache-control": "private, no-cache"})

    @get("/bookings/{key:uuid}/calendar", sync_to_thread=True)
    def download(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Response[bytes]:
        """Answer with all dates of a booking, to be put into a calendar once."""
        view = bookings.booking_view(visit.session, visit.actor, key)
        headers = {"content-disposition": f'attachment; filename="{key}{SUFFIX}"'}
        return Response(calendar_of([view]), media_type=MEDIA_TYPE, headers=headers)


def _found(request: Request[Any, Any, Any], secret: str, look_up: Callable[[str], T | None]) -> T | None:
    """Return what a secret leads to; from where too many were guessed none is looked up."""
    address = of_address(request.client.host if request.client else None)
    refuse_if_too_often(CALENDARS_GUESSED.wait_s(address))
    found = look_up(secret.removesuffix(SUFFIX))
    if found is None:
        refuse_if_too_often(CALENDARS_GUESSED.spend(address))
    return found


def _nothing(status: int) -> Response[str]:
    return Response(NOTHING[status], status_code=status, media_type="text/plain")
