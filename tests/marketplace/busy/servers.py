"""Servers on this machine that busy times are read from: one that answers as a test tells it, and radicale."""

import base64
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import radicale
from radicale import config

Answer = tuple[int, dict[str, str], bytes]


class Feeds:
    """A web server: `answer` is what it says, of the path and the headers that it is asked with."""

    def __init__(self) -> None:
        self.answer: Callable[[str, dict[str, str]], Answer | None] = lambda _path, _headers: (404, {}, b"")
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.address = ""

    def says(self, body: bytes, status: int = 200, **headers: str) -> None:
        """Say the same from now on, whatever is asked."""
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answer = lambda _path, _headers: (status, told, body)


@contextmanager
def feeding() -> Iterator[Feeds]:
    """Run one."""
    feeds = Feeds()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            feeds.asked.append((self.path, headers))
            answer = feeds.answer(self.path, headers)
            if answer is None:  # drips until nobody listens
                with suppress(OSError):
                    for _ in range(600):
                        self.wfile.write(b"H")
                        time.sleep(0.05)
                return
            status, told, body = answer
            self.send_response(status)
            for name, value in told.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            with suppress(OSError):
                self.wfile.write(body)

        def log_message(self, *_args: Any) -> None:
            pass

    with running(ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as port:
        feeds.address = f"http://127.0.0.1:{port}"
        yield feeds


@contextmanager
def running(server: Any) -> Iterator[int]:
    """Serve in a thread; the port is told."""
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_args: Any) -> None:
        pass


@contextmanager
def radicale_running(folder: Path) -> Iterator[str]:
    """Run radicale, with one user, and tell the address of its calendars."""
    users = folder / "users"
    users.write_text("drift:hemligt\n")
    configuration = config.load()
    told = {
        "auth": {"type": "htpasswd", "htpasswd_filename": str(users), "htpasswd_encryption": "plain", "delay": "0"},
        "storage": {"filesystem_folder": str(folder / "collections")},
    }
    configuration.update(told, "test", privileged=True)
    with running(make_server("127.0.0.1", 0, radicale.Application(configuration), handler_class=_Quiet)) as port:
        yield f"http://127.0.0.1:{port}/drift/"


BASIC = {"Authorization": "Basic " + base64.b64encode(b"drift:hemligt").decode()}
