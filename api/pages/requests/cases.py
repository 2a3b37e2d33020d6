"""A case as a file: all that there is of a request as JSON, and what happened as CSV, for archive and review."""

from uuid import UUID

import msgspec
from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from api.http.responses import csv_file, file
from api.pages.visit import Visit
from api.schemas.history.case import case_out
from api.schemas.history.events import EventOut, event_out
from marketplace.views.case import exported

COLUMNS = EventOut.__struct_fields__


class CasePages(Controller):
    """Files of a case."""

    path = "/requests"

    @get("/{key:uuid}/case", sync_to_thread=True)
    def case(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Response[bytes]:
        """Download a request with its proposals and bookings and what happened to them, as JSON."""
        content = msgspec.json.format(msgspec.json.encode(case_out(exported(visit.session, visit.actor, key))))
        return file(content, "application/json", f"case-{key}.json")

    @get("/{key:uuid}/case-events", sync_to_thread=True)
    def events(self, visit: NamedDependency[Visit], key: FromPath[UUID]) -> Response[bytes]:
        """Download what happened to a request, its proposals and bookings, as CSV."""
        rows = (event_out(event) for event in exported(visit.session, visit.actor, key).events)
        return csv_file(f"case-{key}.csv", COLUMNS, ([getattr(row, name) for name in COLUMNS] for row in rows))
