"""Up to when deadlines may pass, though the clock jumps: what a wrong clock has let pass could not be taken back.

Every sweep looks at the clock. Where it stands before the last look, or long after it (it was put forward, or nobody
looked, as when all was stopped), deadlines wait where they were until it has gone on steadily for a while. Put right
within that time, it has let nothing pass.
"""

from datetime import UTC, datetime, timedelta

from sqlalchemy import CheckConstraint, SmallInteger
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Field, Session, SQLModel

from core.database.tables import Instant
from core.settings import settings
from core.time import clock

JUMP = timedelta(minutes=5)
"""Sweeps are a few seconds apart; a busy worker's may be some minutes late."""
HOUR = timedelta(hours=1)
_ONLY = 1
_NOTHING_PASSED = datetime(2000, 1, 1, tzinfo=UTC)


class ClockWatch(SQLModel, table=True):
    """What the last look at the clock saw. The only row."""

    __tablename__ = "clock_watch"
    __table_args__ = (CheckConstraint("id = 1", name="only"),)

    id: int = Field(default=_ONLY, primary_key=True, sa_type=SmallInteger, sa_column_kwargs={"autoincrement": False})
    seen_at: datetime = Field(sa_type=Instant, nullable=False)
    jumped_at: datetime | None = Field(default=None, sa_type=Instant, description="Where it stood after its last jump.")
    settled_at: datetime = Field(sa_type=Instant, nullable=False, description="Until here deadlines may pass.")
    hour_at: datetime | None = Field(default=None, sa_type=Instant, description="When what is done each hour began.")


def look(session: Session) -> datetime:
    """Look at the clock, and return the instant up to which deadlines may pass: now, where it is steady.

    The first look of all lets nothing pass, the second does.
    """
    now = clock.now()
    first = insert(ClockWatch).values(id=_ONLY, seen_at=now, settled_at=_NOTHING_PASSED).on_conflict_do_nothing()
    is_first = session.execute(first.returning(ClockWatch.__table__.c.id)).one_or_none()  # type: ignore[attr-defined]
    watch = session.get_one(ClockWatch, _ONLY, with_for_update=True, populate_existing=True)
    if not timedelta(0) <= now - watch.seen_at <= JUMP + 4 * timedelta(seconds=settings().sweep_interval_s):
        watch.jumped_at = now
    watch.seen_at = now
    if not is_first and (watch.jumped_at is None or now - watch.jumped_at >= _settling()):
        watch.settled_at = now
    watch.settled_at = min(watch.settled_at, now)
    session.flush()
    return watch.settled_at


def watched(session: Session) -> ClockWatch | None:
    """Return what the last look has seen; nothing where nobody has looked yet."""
    return session.get(ClockWatch, _ONLY, populate_existing=True)


def settled(session: Session) -> datetime:
    """Return the instant up to which deadlines may pass, as the last look has left it."""
    watch = watched(session)
    return min(watch.settled_at, clock.now()) if watch else _NOTHING_PASSED


def hour_is_over(session: Session) -> bool:
    """Tell whether an hour has passed since this was last told: kept here, as a scheduler that starts anew forgets.

    Nothing is told before the first look, nor to two that ask at once. Where the clock was put back, an hour is over.
    """
    watch = session.get(ClockWatch, _ONLY, with_for_update=True, populate_existing=True)
    now = clock.now()
    if watch is None or (watch.hour_at is not None and timedelta(0) <= now - watch.hour_at < HOUR):
        return False
    watch.hour_at = now
    session.flush()
    return True


def _settling() -> timedelta:
    return timedelta(minutes=settings().clock_settling_minutes)
