"""Every question about files that were sent. A file is seen by whoever sent it, and by nobody else."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select, update
from sqlmodel import Session, col

from core.actor import Actor
from core.database.page import DEFAULT_LIMIT, Page, read_page
from core.database.tables import quiet
from core.errors import NotFound
from marketplace.uploads.models import Upload, UploadContent, UploadState
from marketplace.uploads.rules import KEPT, UNDER_WAY


def _visible_to(actor: Actor) -> Select[Upload]:
    return select(Upload).where(
        col(Upload.member_id) == actor.member_id, col(Upload.organisation_id) == actor.organisation_id
    )


def uploads_page(session: Session, actor: Actor, page: int = 1, limit: int = DEFAULT_LIMIT) -> Page[Upload]:
    """Return the files that the actor has sent, the last first."""
    return read_page(session, _visible_to(actor).order_by(col(Upload.id).desc()), page, limit)


def upload(session: Session, actor: Actor, upload_id: UUID) -> Upload:
    """Return one file that the actor has sent; NotFound where there is none."""
    found = session.scalars(_visible_to(actor).where(col(Upload.id) == upload_id)).one_or_none()
    if found is None:
        raise NotFound("upload", upload_id)
    return found


def content_to_work_on(session: Session, upload_id: UUID) -> tuple[Upload, bytes] | None:
    """Return a file that is to be checked or written, with its content; None where nothing is to be done."""
    found = (
        select(Upload, col(UploadContent.body))
        .join(UploadContent, col(UploadContent.upload_id) == col(Upload.id))
        .where(col(Upload.id) == upload_id, col(Upload.state).in_(UNDER_WAY))
    )
    row = session.execute(found).one_or_none()
    return (row[0], row[1]) if row else None


def kept_of(session: Session, organisation_id: UUID) -> int:
    """Return how many files of an organisation something may still be done with."""
    found = select(func.count()).where(col(Upload.organisation_id) == organisation_id, col(Upload.state).in_(KEPT))
    return int(session.execute(found).scalar_one())


def lost(session: Session, before: datetime) -> Sequence[UUID]:
    """Return files that are to be worked on and of which nothing was heard since, locked, but for what others hold."""
    return _locked(session, UNDER_WAY, quiet(col(Upload.updated_at), before))


def undecided(session: Session, before: datetime) -> Sequence[UUID]:
    """Return files that were found without fault so long ago, locked as above."""
    return _locked(session, [UploadState.CHECKED], col(Upload.updated_at) < before)


def _locked(session: Session, states: Collection[UploadState], waits: ColumnElement[bool]) -> Sequence[UUID]:
    found = select(col(Upload.id)).where(col(Upload.state).in_(states), waits)
    return session.scalars(found.order_by(col(Upload.id)).with_for_update(skip_locked=True)).all()


def count_attempt(session: Session, upload_id: UUID) -> None:
    """Write down that work on a file has begun once more."""
    session.execute(update(Upload).where(col(Upload.id) == upload_id).values(attempts=col(Upload.attempts) + 1))


def tell_rows(session: Session, upload_id: UUID, done: int) -> None:
    """Write down how many rows of a file have been read."""
    session.execute(update(Upload).where(col(Upload.id) == upload_id).values(rows_done=done))
