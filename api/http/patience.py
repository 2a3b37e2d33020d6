"""How the web server takes a request in: sent in time, or its client is let go, and with one end, or it is refused."""

import asyncio
from typing import Any

from h11 import IDLE, NEED_DATA, PAUSED, SEND_BODY, SERVER, Connection, Event, RemoteProtocolError, Request
from uvicorn.protocols.http.h11_impl import H11Protocol

RECEIVE_S = 30.0
"""Seconds for all of a request to arrive; the largest that is taken needs no more over a slow line."""

_LATE = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


class OneEnd(Connection):
    """h11, which refuses what contradicts itself about where a request ends, but for a length beside chunks.

    A proxy that goes by the length would take for a part of the body what here is the next request (RFC 9112, 6.1).
    """

    def next_event(self) -> Event | type[NEED_DATA] | type[PAUSED]:
        """Return what has come, or refuse it."""
        event = super().next_event()
        if isinstance(event, Request) and {b"content-length", b"transfer-encoding"} <= {
            name for name, _ in event.headers
        }:
            raise RemoteProtocolError("it has a length and chunks")
        return event


class PatientProtocol(H11Protocol):
    """uvicorn's HTTP with an end to its patience. Its own covers only the time between one answer and a next request.

    What the product does with a request that has arrived, and how long the client takes to read the answer, is not
    timed here.
    """

    receive_s = RECEIVE_S

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        most = self.config.h11_max_incomplete_event_size
        self.conn = OneEnd(SERVER) if most is None else OneEnd(SERVER, most)
        self._deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for a request."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Go on waiting until all of the request is there."""
        if self._deadline is None and self.conn.their_state is IDLE:
            self._wait()
        super().data_received(data)
        if self.conn.their_state not in (IDLE, SEND_BODY):
            self._stop_waiting()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        self._stop_waiting()
        super().connection_lost(exc)

    def _wait(self) -> None:
        self._deadline = self.loop.call_later(self.receive_s, self._give_up)

    def _stop_waiting(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _give_up(self) -> None:
        self._deadline = None
        if self.transport.is_closing():
            return
        if self.conn.their_state is IDLE or not self.cycle.response_started:
            self.transport.write(_LATE)
        self.transport.close()
