"""A case as a file: all that there is of a request as JSON, and what happened as CSV, for archive and review."""

import csv
import io
from datetime import datetime
from uuid import UUID

import msgspec
from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlmodel import Session

from api.schemas.history.case import case_out
from api.schemas.history.events import EventOut, event_out
from core.actor import Actor
from marketplace.views.case import exported

COLUMNS = EventOut.__struct_fields__


class CasePages(Controller):
    """Files of a case."""

    path = "/requests"

    @get("/{key:uuid}/case", sync_to_thread=True)
    def case(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: FromPath[UUID]
    ) -> Response[bytes]:
        """Download a request with its proposals and bookings and what happened to them, as JSON."""
        content = msgspec.json.format(msgspec.json.encode(case_out(exported(session, actor, key))))
        return _file(content, "application/json", f"case-{key}.json")

    @get("/{key:uuid}/case-events", sync_to_thread=True)
    def events(
        self, *, session: NamedDependency[Session], actor: NamedDependency[Actor], key: FromPath[UUID]
    ) -> Response[bytes]:
        """Download what happened to a request, its proposals and bookings, as CSV."""
        written = io.StringIO()
        table = csv.writer(written, delimiter=";", lineterminator="\r\n")
        table.writerow(COLUMNS)
        for event in exported(session, actor, key).events:
            row = event_out(event)
            table.writerow([_cell(getattr(row, name)) for name in COLUMNS])
        return _file(written.getvalue().encode("utf-8-sig"), "text/csv", f"case-{key}.csv")


def _cell(value: object) -> str:
    """Return a value as a cell that no spreadsheet takes for a formula."""
    text = value.isoformat() if isinstance(value, datetime) else "" if value is None else str(value)
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _file(content: bytes, media_type: str, name: str) -> Response[bytes]:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(content, media_type=media_type, headers=headers)
