"""Connections to the web server send what there is at once."""

import socket

import pytest

from api.cli.processes import listen
from core.errors import Conflict


def test_what_is_accepted_does_not_wait_for_acknowledgements() -> None:
    with listen("127.0.0.1", 0) as listener, socket.create_connection(listener.getsockname()):
        accepted, _ = listener.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_a_port_that_is_taken_is_named() -> None:
    with listen("127.0.0.1", 0) as listener, pytest.raises(Conflict):
        listen("127.0.0.1", listener.getsockname()[1])
