"""Files that members send to be imported: taken, checked at once in the background, and written when they say so."""

from datetime import timedelta
from uuid import UUID

import structlog
from sqlalchemy import delete
from sqlmodel import Session, col

from core.actor import Actor, Permission, check_may
from core.database import audit
from core.database.counting import take_turn
from core.jobs import Job, enqueue
from core.limits import LONGEST_NAME
from core.settings import settings
from core.text import check_text
from core.time import clock
from marketplace.importing.report import ImportReport
from marketplace.uploads import queries
from marketplace.uploads.models import Upload, UploadContent, UploadState
from marketplace.uploads.rules import UPLOAD, check_room, check_size

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
    take_turn(session, "uploads", actor.organisation_id)
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
    end(session, actor, upload_id, UploadState.DISCARDED)


def send_lost_again(session: Session) -> None:
    """Have worked on again what a dead worker left or no message told of, and throw away what nobody decided about."""
    now = clock.now()
    for upload_id in queries.lost(session, now - timedelta(seconds=settings().run_lease_s)):
        _enqueue(session, upload_id)
    for upload_id in queries.undecided(session, now - WAITS_FOR_A_DECISION):
        end(session, None, upload_id, UploadState.DISCARDED)


def end(
    session: Session, actor: Actor | None, upload_id: UUID, to: UploadState, report: ImportReport | None = None
) -> None:
    """Move a file to where it ends, and throw its content away."""
    UPLOAD.move(session, actor, upload_id, to, report=report)
    session.execute(delete(UploadContent).where(col(UploadContent.upload_id) == upload_id))


def _enqueue(session: Session, upload_id: UUID) -> None:
    enqueue(session, Job.WORK_ON_UPLOAD, str(upload_id))
