"""Files that are sent to be read in, on the wire."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from msgspec import Meta

from api.schemas.base import Name, Wire, in_base64, limited
from core.spreadsheets import csv_of
from marketplace.exporting.service import Format
from marketplace.importing.report import Remark
from marketplace.uploads.models import Upload, UploadState
from marketplace.uploads.rules import LARGEST_BYTES


class UploadIn(Wire):
    """A file. Its name says what it holds, or else its header does, see the guide to importing."""

    name: Name
    content: Annotated[
        bytes,
        limited(
            f"CSV or an Excel workbook, in Base64; at most {LARGEST_BYTES} bytes unpacked.",
            min_length=1,
            max_length=in_base64(LARGEST_BYTES),
        ),
    ]

    @classmethod
    def example(cls) -> Self:
        """Return a file of one room."""
        return cls(name="lokaler.csv", content="plats;namn;typ;sittplatser\nHuset;Grupprum;mötesrum;8\n".encode())


class ExportOut(Wire):
    """A file of what an organisation has, with the name by which it would be read in."""

    name: str
    media_type: str
    content: Annotated[bytes, Meta(description="In Base64.")]

    @classmethod
    def example(cls) -> Self:
        """Return a file of one partnership."""
        return cls(name="partnerskap.csv", media_type="text/csv", content=csv_of(["partner"], [["Vinnova"]]))


def export_out(form: Format, name: str, content: bytes) -> ExportOut:
    """Return a file on the wire."""
    return ExportOut(name=name, media_type=form.media_type, content=content)


class RemarkOut(Wire):
    """What is wrong with a cell, or worth knowing of it. Row 1 is the header, row 0 the file as a whole."""

    row: int
    column: str
    value: str
    reason: str
    clashes_with: int | None


class UploadOut(Wire):
    """A file that was sent: how far it has come, and once it was looked through what it would do, or has done."""

    id: UUID
    name: str
    state: UploadState
    sent_at: datetime
    rows_done: int
    kind: str | None
    rows: int | None
    created: int | None
    changed: int | None
    unchanged: int | None
    errors: list[RemarkOut]
    notes: list[RemarkOut]

    @classmethod
    def example(cls) -> Self:
        """Return a file that waits for a decision."""
        return cls(
            id=UUID("01980000-0000-7000-8000-000000000001"),
            name="lokaler.csv",
            state=UploadState.CHECKED,
            sent_at=datetime.fromisoformat("2026-11-21T08:30:00Z"),
            rows_done=0,
            kind="spaces",
            rows=1,
            created=1,
            changed=0,
            unchanged=0,
            errors=[],
            notes=[],
        )


def upload_out(upload: Upload) -> UploadOut:
    """Return a file as its sender may read it."""
    report = upload.report
    return UploadOut(
        id=upload.id,
        name=upload.name,
        state=upload.state,
        sent_at=upload.created_at,
        rows_done=upload.rows_done,
        kind=report.kind or None if report else None,
        rows=report.rows if report else None,
        created=report.created if report else None,
        changed=report.changed if report else None,
        unchanged=report.unchanged if report else None,
        errors=[_remark(each) for each in report.errors] if report else [],
        notes=[_remark(each) for each in report.notes] if report else [],
    )


def _remark(told: Remark) -> RemarkOut:
    return RemarkOut(
        row=told.row, column=told.column, value=told.quoted, reason=told.reason, clashes_with=told.clashes_with
    )
