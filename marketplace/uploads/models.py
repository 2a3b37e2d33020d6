"""The rows of files that members have sent to be imported."""

from enum import StrEnum
from functools import partial
from uuid import UUID

import msgspec
from sqlalchemy import Index, LargeBinary
from sqlmodel import Field, SQLModel

from core.database.tables import Identified, StoredAsJson, Timestamped, stored_by_value
from marketplace.importing.report import ImportReport


class UploadState(StrEnum):
    """checking → checked → writing → written; with faults refused, and failed where we could not do it."""

    CHECKING = "checking"
    CHECKED = "checked"
    WRITING = "writing"
    WRITTEN = "written"
    REFUSED = "refused"
    FAILED = "failed"
    DISCARDED = "discarded"


class Upload(Identified, Timestamped, SQLModel, table=True):
    """A file that a member has sent, and what it would do or has done."""

    __tablename__ = "upload"
    __table_args__ = (Index(None, "organisation_id", "state"),)

    organisation_id: UUID = Field(foreign_key="organisation.id")
    member_id: UUID = Field(foreign_key="member.id", index=True)
    name: str
    state: UploadState = Field(default=UploadState.CHECKING, sa_type=stored_by_value(UploadState))
    attempts: int = Field(default=0, description="How often its work was begun, since it was sent or let be written.")
    rows_done: int = 0
    report: ImportReport | None = Field(
        default=None,
        sa_type=StoredAsJson(partial(msgspec.convert, type=ImportReport), msgspec.to_builtins),
        description="What it would do or has done, and what is wrong with it.",
    )


class UploadContent(SQLModel, table=True):
    """A file as it was sent; gone as soon as nothing more is done with it."""

    __tablename__ = "upload_content"

    upload_id: UUID = Field(primary_key=True, foreign_key="upload.id")
    body: bytes = Field(sa_type=LargeBinary, nullable=False)
