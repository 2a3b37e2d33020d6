"""A client that sends nothing, or half of a request, is let go; one that sends it all is answered."""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import uvicorn

from api.http.patience import PatientProtocol

WHOLE = b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\nok"


class Hasty(PatientProtocol):
    receive_s = 0.3


async def _answers(_scope: Any, receive: Callable[[], Awaitable[Any]], send: Callable[[Any], Awaitable[None]]) -> None:
    while (message := await receive())["type"] == "http.request" and message["more_body"]:
        pass
    if message["type"] == "http.request":
        await asyncio.sleep(2 * Hasty.receive_s)  # the time that the product takes is not the client's
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"ok"})


async def _sent(parts: list[bytes], idle: int = 0) -> bytes:
    """Return all that comes back until the server ends the connection, beside so many that send no more than half."""
    config = uvicorn.Config(
        _answers, http=Hasty, port=0, log_config=None, lifespan="off", timeout_keep_alive=1, ws="none"
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 (uvicorn has no event for it)
        await asyncio.sleep(0.01)
    address = server.servers[0].sockets[0].getsockname()
    others = [await asyncio.open_connection(*address) for _ in range(idle)]
    for _, other in others[::2]:
        other.write(WHOLE[:-1])
    reader, writer = await asyncio.open_connection(*address)
    for part in parts:
        writer.write(part)
        await writer.drain()
        await asyncio.sleep(0.05)
    said = await reader.read()
    ended = [await _until_end(other) for other, _ in others]
    for each in (writer, *(other for _, other in others)):
        each.close()
    server.should_exit = True
    await serving
    assert all(each.startswith(b"HTTP/1.1 408 ") or not each for each in ended)
    return said


async def _until_end(reader: asyncio.StreamReader) -> bytes:
    """Return all that comes; nothing of a connection that was given up before its half had come."""
    try:
        return await reader.read()
    except ConnectionResetError:
        return b""


def sent(parts: list[bytes], idle: int = 0) -> bytes:
    """Return the answer; in a thread of its own, as a browser's test leaves a loop running in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(_sent(parts, idle))).result()


@pytest.mark.parametrize(
    "parts",
    [[], [b"GET / HT"], [b"GET / HTTP/1.1\r\n", b"host: x\r\n"], [WHOLE[:-1]], [WHOLE[:-2], b"o"]],
    ids=["nothing", "half a line", "half a head", "half a body", "a body in drops"],
)
def test_what_does_not_arrive_whole_is_given_up(parts):
    assert sent(parts).startswith(b"HTTP/1.1 408 ")


@pytest.mark.parametrize(
    "head",
    [
        b"content-length: 2\r\ncontent-length: 3",
        b"content-length: 2, 3",
        b"content-length: +2",
        b"transfer-encoding: chunked, identity",
        b"transfer-encoding : chunked",
        b"content-length: 2\r\ntransfer-encoding: chunked",
    ],
)
def test_what_contradicts_itself_about_its_end_is_refused(head):
    said = sent([WHOLE.replace(b"content-length: 2", head)])
    assert said.startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 501 ")), said


@pytest.mark.parametrize("parts", [[WHOLE], [WHOLE[:9], WHOLE[9:]], [WHOLE[:-1], WHOLE[-1:]]])
def test_what_arrives_whole_is_answered_however_long_the_answer_takes(parts):
    said = sent(parts)
    assert said.startswith(b"HTTP/1.1 200 ")
    assert said.count(b"HTTP/1.1") == 1


def test_three_hundred_that_send_nothing_or_half_keep_nobody_from_being_answered():
    assert sent([WHOLE], idle=300).startswith(b"HTTP/1.1 200 ")
