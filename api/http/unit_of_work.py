"""One database session per request, committed before the answer is sent.

Measured with Litestar 2.25 (tests/api/http/test_unit_of_work.py): a generator dependency is closed after the response
was made (templates are rendered by then) and before its first byte is sent, so a commit that fails becomes the answer.
This must stay the only generator dependency: Litestar would close two of them at the same time.

There are never more requests with a session than there are connections, and each of them always finds a thread.
Otherwise requests that wait for a lock could take all threads, and the one that holds the lock none to commit in.
Nor does one caller get more than a third of the sessions, so that whoever asks much waits for their own requests only.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any
from weakref import WeakKeyDictionary, WeakValueDictionary

from litestar import Request
from litestar.concurrency import sync_to_thread
from litestar.connection import ASGIConnection
from litestar.exceptions import TooManyRequestsException
from litestar.types import Scope
from sqlmodel import Session

from api.http.visitor import SESSION_COOKIE, cookie_name
from core.database import db
from core.errors import Unavailable

# Threads beyond one per session: for what needs no session, such as pages that anybody may read.
SPARE_THREADS = 4
PATIENCE_S = 10
_LEASE = "platsverket_lease"

Connection = ASGIConnection[Any, Any, Any, Any]

_rooms: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()
_turns: WeakKeyDictionary[asyncio.AbstractEventLoop, WeakValueDictionary[str, asyncio.Semaphore]] = WeakKeyDictionary()


async def make_threads() -> None:
    """Make as many threads as handlers may need at once, when the application starts."""
    threads = ThreadPoolExecutor(db.greatest_connections() + SPARE_THREADS, "handler")
    asyncio.get_running_loop().set_default_executor(threads)


def most_at_once() -> int:
    """Return how many requests of one caller have a session at the same time; its others wait for their turn."""
    return max(1, db.greatest_connections() // 3)


class _Lease:
    """A request's session, and the place that it takes among those who have one, ended exactly once."""

    def __init__(self, places: AsyncExitStack) -> None:
        self.places, self.work, self.ended = places, db.unit_of_work(), False
        self.session = self.work.__enter__()  # opens no connection yet

    async def end(self, error: BaseException | None = None) -> None:
        """Commit, or roll back where there is an error, in a thread as the handler itself runs in one."""
        if self.ended:
            return
        self.ended = True
        try:
            place = error.__traceback__ if error else None  # lost otherwise: leaving sets it to what it is given
            await sync_to_thread(self.work.__exit__, type(error) if error else None, error, place)
        finally:
            await self.places.aclose()


async def provide_session(request: Request[Any, Any, Any]) -> AsyncIterator[Session]:
    """Give a handler its session; its end commits, or rolls back."""
    async with AsyncExitStack() as entered:
        await entered.enter_async_context(_turn(_caller(request)))
        await entered.enter_async_context(_room())
        lease = _Lease(entered.pop_all())
    request.scope[_LEASE] = lease  # type: ignore[literal-required]
    try:
        yield lease.session
    except BaseException as error:
        await lease.end(error)
        raise
    await lease.end()


async def asked(connection: Connection, question: Callable[[Session], object]) -> None:
    """Ask the database something before a request is read, in a session of its own that waits for its turn as any."""

    def answered() -> None:
        with db.unit_of_work() as session:
            question(session)

    async with _turn(_caller(connection)), _room():
        await sync_to_thread(answered)


async def end_session(scope: Scope) -> None:
    """Roll back what a request still holds when it has been answered.

    Litestar forgets a generator dependency when another dependency refuses the request, as for a wrong token.
    """
    lease = scope.get(_LEASE)
    if isinstance(lease, _Lease):
        await lease.end(GeneratorExit())


def _caller(request: Connection) -> str:
    """Return who asks, as far as can be told before the database is asked: a token, a session, or an address."""
    session = (value for name, value in request.cookies.items() if name.startswith(cookie_name(SESSION_COOKIE)))
    return request.headers.get("authorization") or "".join(session) or (request.client.host if request.client else "")


@asynccontextmanager
async def _turn(caller: str) -> AsyncIterator[None]:
    """Wait until few enough requests of the same caller have a session."""
    turns = _turns.setdefault(asyncio.get_running_loop(), WeakValueDictionary())
    turn = turns.setdefault(caller, asyncio.Semaphore(most_at_once()))
    try:
        await _take(turn)
    except TimeoutError:
        raise TooManyRequestsException(
            "You have many requests going on already. Wait until some of them are answered.",
            headers={"Retry-After": str(PATIENCE_S)},
        ) from None
    try:
        yield
    finally:
        turn.release()


async def _take(places: asyncio.Semaphore) -> None:
    """Take a place, after waiting for one if need be: a timeout makes a task, which costs as much as a small page."""
    if places.locked():
        await asyncio.wait_for(places.acquire(), PATIENCE_S)
    else:
        await places.acquire()


@asynccontextmanager
async def _room() -> AsyncIterator[None]:
    """Wait until there is a connection for one request more."""
    room = _rooms.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(db.greatest_connections()))
    try:
        await _take(room)
    except TimeoutError:
        raise Unavailable("Too many ask at once. Try again in a moment.") from None
    try:
        yield
    finally:
        room.release()
