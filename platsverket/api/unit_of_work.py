"""One database session per request, committed before the answer is sent.

Measured with Litestar 2.25 (tests/api/test_unit_of_work.py): a generator dependency is closed after the response was
made (templates are rendered by then) and before its first byte is sent, so a commit that fails becomes the answer.
This must stay the only generator dependency: Litestar would close two of them at the same time.
"""

from collections.abc import AsyncIterator

from litestar.concurrency import sync_to_thread
from sqlmodel import Session

from platsverket.core import db


async def provide_session() -> AsyncIterator[Session]:
    """Give a handler its session; its end commits, or rolls back, in a thread as the handler itself runs in one."""
    work = db.unit_of_work()
    session = work.__enter__()  # opens no connection yet
    try:
        yield session
    except BaseException as error:
        await sync_to_thread(work.__exit__, type(error), error, error.__traceback__)
        raise
    await sync_to_thread(work.__exit__, None, None, None)
