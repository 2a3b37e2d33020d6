"""Files that members send to be imported: taken, tried at once in the background, and written when they say so.

A file is checked and written with the rights that its sender has at that moment. What it would do is shown before; what
it does is everything or nothing.
"""

import time
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import structlog
from sqlalchemy import delete, text
from sqlmodel import Session, col

from core.actor import Actor, Permission, check_may
from core.database import audit, db
from core.errors import BadInput, NotAllowed, NotFound, PlatsverketError, StorageFull, Unavailable
from core.jobs import Job, enqueue
from core.limits import LONGEST_NAME
from core.settings import settings
from core.text import check_text
from core.time import clock
from marketplace.importing import service as importing
from marketplace.importing.report import ImportReport, Remark
from marketplace.organisations.queries import actor_for
from marketplace.uploads import queries
from marketplace.uploads.models import Upload, UploadContent, UploadState
from marketplace.uploads.rules import MOST_ATTEMPTS, UPLOAD, check_room, check_size, kinds_read

log = structlog.get_logger()

TOLD_EVERY_S = 1.0
WAITS_FOR_A_DECISION = timedelta(days=1)


def send(session: Session, actor: Actor, name: str, data: bytes) -> Upload:
    """Keep a file and have it checked.

    Raises
    ------
    BadInput
        It is empty or too large.
    NotAllowed, Conflict
        The actor may not send any, or too many are kept, see `rules.check_room`.
    """
    check_may(actor, Permission.UPLOAD)
    check_size(data)
    check_text("file", name, least=1, most=LONGEST_NAME)
    check_room(queries.kept_of(session, actor.organisation_id))
    row = Upload(organisation_id=actor.organisation_id, member_id=actor.member_id, name=name)
    session.add(row)
    session.flush()
    session.add(UploadContent(upload_id=row.id, body=data))
    audit.record(session, actor, UPLOAD.entity, row.id, to_state=row.state)
    _enqueue(session, row.id)
    return row


def write(session: Session, actor: Actor, upload_id: UUID) -> None:
    """Have a file written that was found without fault.

    Raises
    ------
    NotFound, StateChanged
        There is none, or nothing of it is to be written.
    """
    queries.upload(session, actor, upload_id)
    check_may(actor, Permission.UPLOAD)
    UPLOAD.move(session, actor, upload_id, UploadState.WRITING, attempts=0, rows_done=0)
    _enqueue(session, upload_id)


def discard(session: Session, actor: Actor, upload_id: UUID) -> None:
    """Throw a file away that was found without fault.

    Raises
    ------
    NotFound, StateChanged
        There is none, or it is past that.
    """
    queries.upload(session, actor, upload_id)
    check_may(actor, Permission.UPLOAD)
    _end(session, actor, upload_id, UploadState.DISCARDED)


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
            to, report = _import(session, upload, data)
        except (Unavailable, StorageFull):
            raise  # the sweep tries again
        except Exception as error:
            log.exception("upload_failed", upload=str(upload_id), error=error)
            session.rollback()
            to, report = UploadState.FAILED, None
        if to is UploadState.CHECKED:
            UPLOAD.move(session, None, upload_id, to, report=report)
        else:
            _end(session, None, upload_id, to, report)


def send_lost_again(session: Session) -> None:
    """Have worked on again what a dead worker left or no message told of, and throw away what nobody decided about."""
    now = clock.now()
    for upload_id in queries.lost(session, now - timedelta(seconds=settings().run_lease_s)):
        _enqueue(session, upload_id)
    for upload_id in queries.undecided(session, now - WAITS_FOR_A_DECISION):
        _end(session, None, upload_id, UploadState.DISCARDED)


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
            _end(own, None, upload.id, UploadState.FAILED)
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


def _end(
    session: Session, actor: Actor | None, upload_id: UUID, to: UploadState, report: ImportReport | None = None
) -> None:
    UPLOAD.move(session, actor, upload_id, to, report=report)
    session.execute(delete(UploadContent).where(col(UploadContent.upload_id) == upload_id))


def _enqueue(session: Session, upload_id: UUID) -> None:
    enqueue(session, Job.WORK_ON_UPLOAD, str(upload_id))
