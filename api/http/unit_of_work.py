"""One database session per request, committed before the answer is sent.

Measured with Litestar 2.25 (tests/api/http/test_unit_of_work.py): a generator dependency is closed after the response
was made (templates are rendered by then) and before its first byte is sent, so a commit that fails becomes the answer.
This must stay the only generator dependency: Litestar would close two of them at the same time.

There are never more requests with a session than there are connections, and each of them always finds a thread.
Otherwise requests that wait for a lock could take all threads, and the one that holds the lock none to commit in.
Nor does one caller get more than a third of the sessions, so that whoever asks much waits for their own requests only.
"""

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any
from weakref import WeakKeyDictionary, WeakValueDictionary

from litestar import Request
from litestar.concurrency import sync_to_thread
from litestar.exceptions import TooManyRequestsException
from sqlmodel import Session

from api.http.visitor import SESSION_COOKIE
from core.database import db
from core.errors import Unavailable

# Threads beyond one per session: for what needs no session, such as pages that anybody may read.
SPARE_THREADS = 4
PATIENCE_S = 10

_rooms: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()
_turns: WeakKeyDictionary[asyncio.AbstractEventLoop, WeakValueDictionary[str, asyncio.Semaphore]] = WeakKeyDictionary()


async def make_threads() -> None:
    """Make as many threads as handlers may need at once, when the application starts."""
    threads = ThreadPoolExecutor(db.greatest_connections() + SPARE_THREADS, "handler")
    asyncio.get_running_loop().set_default_executor(threads)


def most_at_once() -> int:
    """Return how many requests of one caller have a session at the same time; its others wait for their turn."""
    return max(1, db.greatest_connections() // 3)


async def provide_session(request: Request[Any, Any, Any]) -> AsyncIterator[Session]:
    """Give a handler its session; its end commits, or rolls back, in a thread as the handler itself runs in one."""
    async with _turn(_caller(request)), _room():
        work = db.unit_of_work()
        session = work.__enter__()  # opens no connection yet
        try:
            yield session
        except BaseException as error:
            await sync_to_thread(work.__exit__, type(error), error, error.__traceback__)
            raise
        await sync_to_thread(work.__exit__, None, None, None)


def _caller(request: Request[Any, Any, Any]) -> str:
    """Return who asks, as far as can be told before the database is asked: a token, a session, or an address."""
    session = (value for name, value in request.cookies.items() if name.startswith(SESSION_COOKIE))
    return request.headers.get("authorization") or "".join(session) or (request.client.host if request.client else "")


@asynccontextmanager
async def _turn(caller: str) -> AsyncIterator[None]:
    """Wait until few enough requests of the same caller have a session."""
    turns = _turns.setdefault(asyncio.get_running_loop(), WeakValueDictionary())
    turn = turns.setdefault(caller, asyncio.Semaphore(most_at_once()))
    try:
        await asyncio.wait_for(turn.acquire(), PATIENCE_S)
    except TimeoutError:
        words = "You have many requests going on already. Wait until some of them are answered."
        raise TooManyRequestsException(words, headers={"Retry-After": str(PATIENCE_S)}) from None
    try:
        yield
    finally:
        turn.release()


@asynccontextmanager
async def _room() -> AsyncIterator[None]:
    """Wait until there is a connection for one request more."""
    room = _rooms.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(db.greatest_connections()))
    try:
        await asyncio.wait_for(room.acquire(), PATIENCE_S)
    except TimeoutError:
        raise Unavailable("Too many ask at once. Try again in a moment.") from None
    try:
        yield
    finally:
        room.release()
