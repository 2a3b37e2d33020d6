"""The background entry of calendars with busy times."""

import time

import structlog

from core.database import db
from core.jobs import Job, job
from marketplace.busy import service
from marketplace.busy.reading import Unread, read
from marketplace.busy.service import Due

log = structlog.get_logger()

READING_S = 10
"""How long one sweep begins to read another calendar; the next goes on. Other jobs get their turn."""


@job(Job.SWEEP_BUSY)
def sweep_busy() -> None:
    """Read the calendars that have waited longest, each by itself: one that fails stops no other."""
    end = time.monotonic() + READING_S
    while time.monotonic() < end:
        with db.unit_of_work() as session:
            due = service.take_due(session)
        if due is None:
            return
        try:
            _read(due)
        except Exception:
            log.exception("busy_calendar_failed", calendar=str(due.calendar_id))


def _read(due: Due) -> None:
    """Read one outside of any transaction, and note what became of it."""
    try:
        reading = read(due.kind, due.access, due.known, due.during)
    except Unread as unread:
        log.info("busy_calendar_unread", calendar=str(due.calendar_id), why=unread.fault.value)
        with db.unit_of_work() as session:
            service.note_unread(session, due.calendar_id, unread.fault)
        return
    with db.unit_of_work() as session:
        service.note_read(session, due.calendar_id, reading)
