"""What is done in the background with a file that a member has sent: it is checked, or written.

Both with the rights that its sender has at that moment. What it would do is shown before; what it does is everything
or nothing.
"""

import time
from collections.abc import Callable
from uuid import UUID

import structlog
from sqlalchemy import text
from sqlmodel import Session

from core.actor import Permission, check_may
from core.database import db
from core.errors import BadInput, NotAllowed, NotFound, PlatsverketError, StorageFull, Unavailable
from marketplace.importing import service as importing
from marketplace.importing.report import ImportReport, Remark
from marketplace.organisations.queries import actor_for
from marketplace.uploads import queries
from marketplace.uploads.models import Upload, UploadState
from marketplace.uploads.rules import MOST_ATTEMPTS, UPLOAD, kinds_read
from marketplace.uploads.service import end

log = structlog.get_logger()

TOLD_EVERY_S = 1.0


def work_on(upload_id: UUID) -> None:
    """Check or write a file. For one that is worked on, or has nothing to be done, it does nothing."""
    with db.unit_of_work() as session:
        if not _is_ours(session, upload_id):
            return
        found = queries.content_to_work_on(session, upload_id)
        if found is None:
            return
        upload, data = found
        if not _begin(upload):
            return
        try:
            with session.begin_nested():  # what undoes it goes on holding the file
                to, report = _import(session, upload, data)
        except (Unavailable, StorageFull):
            raise  # the sweep tries again
        except Exception as error:
            log.exception("upload_failed", upload=str(upload_id), error=error)
            to, report = UploadState.FAILED, None
        if to is UploadState.CHECKED:
            UPLOAD.move(session, None, upload_id, to, report=report)
        else:
            end(session, None, upload_id, to, report)


def _import(session: Session, upload: Upload, data: bytes) -> tuple[UploadState, ImportReport]:
    """Import with the sender's rights of today; return where that leads and what is told."""
    writes = upload.state is UploadState.WRITING
    try:
        actor = actor_for(session, upload.member_id)
        check_may(actor, Permission.UPLOAD)
        may_hold = [each.name for each in kinds_read()]
        report = importing.import_csv(
            session, actor, upload.name, data, dry_run=not writes, only=may_hold, progress=_telling(upload.id)
        )
    except (BadInput, NotAllowed, NotFound) as error:
        return UploadState.REFUSED, _refusal(error)
    if report.errors:
        return UploadState.REFUSED, report
    return UploadState.WRITTEN if writes else UploadState.CHECKED, report


def _refusal(error: PlatsverketError) -> ImportReport:
    """Return a report of what is wrong with a file as a whole."""
    told = (
        [Remark(0, "", str(each.value or ""), each.reason) for each in error.parameters]
        if isinstance(error, BadInput)
        else [Remark(0, "", "", str(error))]
    )
    return ImportReport("", 0, 0, 0, 0, tuple(told), (), dry_run=True)


def _is_ours(session: Session, upload_id: UUID) -> bool:
    """Hold a file until the transaction ends, without locking its row, which tells meanwhile how far it has come."""
    key = upload_id.int & (2**63 - 1)
    return bool(session.execute(text("select pg_try_advisory_xact_lock(:key)"), {"key": key}).scalar_one())


def _begin(upload: Upload) -> bool:
    """Count the attempt where a worker that dies in it leaves the count; a file that kills each is given up."""
    with db.unit_of_work() as own:
        if upload.attempts >= MOST_ATTEMPTS:
            end(own, None, upload.id, UploadState.FAILED)
            return False
        queries.count_attempt(own, upload.id)
    return True


def _telling(upload_id: UUID) -> Callable[[int, int], None]:
    told = time.monotonic()

    def tell(done: int, _rows: int) -> None:
        nonlocal told
        if time.monotonic() - told >= TOLD_EVERY_S:
            told = time.monotonic()
            with db.unit_of_work() as own:
                queries.tell_rows(own, upload_id, done)

    return tell
