"""Drafts: forms that an organisation keeps before all of them is filled in, to go on with and send later.

A draft is a kept form (see `kept_forms`) of an organisation instead of a browser. Whoever may fill in the form may open
it; nobody outside the organisation sees it, and it takes no part in anything.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, bindparam, delete, func, select
from sqlmodel import Session, col

from core.actor import Actor
from core.database.kept_forms import LARGEST_BYTES, Content, KeptForm, digest
from core.errors import Conflict, VersionChanged
from core.settings import settings
from core.time import clock

MOST_OF_AN_ORGANISATION = 200


@dataclass(frozen=True)
class Draft:
    """A draft as it is kept: on which page, what of it is filled in, and by whom and when it was last saved."""

    id: UUID
    version: int
    page: str
    content: Content
    at: datetime

    @property
    def kept_until(self) -> datetime:
        """When it is forgotten, unless it is saved again."""
        return self.at + timedelta(days=settings().draft_days)


def find(session: Session, actor: Actor, draft_id: UUID, page: str, *, lock: bool = False) -> Draft | None:
    """Return a draft of the actor's organisation of the form on a page, if it is there still."""
    found = select(KeptForm).where(_is_there(actor), col(KeptForm.id) == draft_id, col(KeptForm.page) == page)
    if lock:
        found = found.with_for_update().execution_options(populate_existing=True)
    row = session.scalars(found).one_or_none()
    return _draft(row) if row else None


def drafts_of(session: Session, actor: Actor, pages: str) -> list[Draft]:
    """Return the drafts of the actor's organisation of the forms whose pages begin so, the last saved first."""
    asked = {"home": actor.organisation_id, "oldest": _oldest(), "pages": pages}
    return [_draft(row) for row in session.scalars(_OF_PAGES, asked)]


_OF_PAGES = (
    select(KeptForm)
    .where(
        col(KeptForm.organisation_id) == bindparam("home"),
        col(KeptForm.at) > bindparam("oldest"),
        func.starts_with(col(KeptForm.page), bindparam("pages")),
    )
    .order_by(col(KeptForm.at).desc(), col(KeptForm.id))
)


def taken_up(session: Session, actor: Actor, draft_id: UUID, page: str, version: int | None) -> Draft:
    """Return the draft that is gone on with, locked, as it was opened.

    Raises
    ------
    Conflict
        ``draft_gone``: somebody has sent or discarded it.
    VersionChanged
        Somebody has saved it since it was opened.
    """
    draft = find(session, actor, draft_id, page, lock=True)
    if draft is None:
        raise Conflict(
            "draft_gone", "The draft has been sent or discarded meanwhile. What stands here is not saved yet."
        )
    if draft.version != version:
        raise VersionChanged("draft", draft_id)
    return draft


def save(
    session: Session, actor: Actor, page: str, content: Content, draft: Draft | None = None, *, key: UUID | None = None
) -> UUID:
    """Keep a form as a draft, a new one or in the place of one that was `taken_up`; return its id.

    A new one has the `key` that its form was shown with, if nothing has that already.

    Raises
    ------
    Conflict
        ``draft_too_large``, ``too_many_drafts``: nothing is saved.
    """
    written = msgspec.json.encode(content)
    if len(written) > LARGEST_BYTES:
        raise Conflict("draft_too_large", "It is more than can be kept as a draft: take something away.")
    if draft is None:
        _check_room(session, actor)
        row = KeptForm(member_id=actor.member_id, organisation_id=actor.organisation_id, page=page, content=written)
        if key is not None and session.get(KeptForm, key) is None:
            row.id = key
        session.add(row)
    else:
        row = session.get_one(KeptForm, draft.id)
        row.content, row.member_id, row.version = written, actor.member_id, draft.version + 1
    row.at = clock.now()
    session.flush()
    return row.id


def sent(session: Session, draft: Draft) -> None:
    """Forget a draft whose form was sent."""
    session.execute(delete(KeptForm).where(col(KeptForm.id) == draft.id))


def discard(session: Session, actor: Actor, draft: Draft, secret: str, why: str) -> None:
    """Let a draft be a kept form of whoever discards it, in the same browser and for as long as these are kept."""
    row = session.get_one(KeptForm, draft.id)
    row.organisation_id, row.browser, row.member_id, row.at = None, digest(secret), actor.member_id, clock.now()
    row.content = msgspec.json.encode(Content(draft.content.fields, why))
    session.flush()


def _check_room(session: Session, actor: Actor) -> None:
    kept = session.scalar(select(func.count()).select_from(KeptForm).where(_is_there(actor))) or 0
    if kept >= MOST_OF_AN_ORGANISATION:
        raise Conflict(
            "too_many_drafts",
            f"Your organisation has {MOST_OF_AN_ORGANISATION} drafts already: send or discard some of them first.",
        )


def _is_there(actor: Actor) -> ColumnElement[bool]:
    at_home: ColumnElement[bool] = col(KeptForm.organisation_id) == actor.organisation_id
    return at_home & (col(KeptForm.at) > _oldest())


def _oldest() -> datetime:
    return clock.now() - timedelta(days=settings().draft_days)


def _draft(row: KeptForm) -> Draft:
    return Draft(row.id, row.version, row.page, msgspec.json.decode(row.content, type=Content), row.at)
