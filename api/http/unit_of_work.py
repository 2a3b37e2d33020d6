"""One database session per request, committed before the answer is sent.

Measured with Litestar 2.25 (tests/api/http/test_unit_of_work.py): a generator dependency is closed after the response
was made (templates are rendered by then) and before its first byte is sent, so a commit that fails becomes the answer.
This must stay the only generator dependency: Litestar would close two of them at the same time.

There are never more requests with a session than there are connections, and each of them always finds a thread.
Otherwise requests that wait for a lock could take all threads, and the one that holds the lock none to commit in.
"""

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from weakref import WeakKeyDictionary

from litestar.concurrency import sync_to_thread
from sqlmodel import Session

from core.database import db
from core.errors import Unavailable

# Threads beyond one per session: for what needs no session, such as pages that anybody may read.
SPARE_THREADS = 4
PATIENCE_S = 10

_rooms: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()


async def make_threads() -> None:
    """Make as many threads as handlers may need at once, when the application starts."""
    threads = ThreadPoolExecutor(db.greatest_connections() + SPARE_THREADS, "handler")
    asyncio.get_running_loop().set_default_executor(threads)


async def provide_session() -> AsyncIterator[Session]:
    """Give a handler its session; its end commits, or rolls back, in a thread as the handler itself runs in one."""
    room = _rooms.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(db.greatest_connections()))
    try:
        await asyncio.wait_for(room.acquire(), PATIENCE_S)
    except TimeoutError:
        raise Unavailable("Too many ask at once. Try again in a moment.") from None
    try:
        work = db.unit_of_work()
        session = work.__enter__()  # opens no connection yet
        try:
            yield session
        except BaseException as error:
            await sync_to_thread(work.__exit__, type(error), error, error.__traceback__)
            raise
        await sync_to_thread(work.__exit__, None, None, None)
    finally:
        room.release()
