"""What every request gets, also one that matches no route: a trace, a language, a line in the log, safe headers."""

import re
import secrets
import time
from contextvars import ContextVar
from dataclasses import dataclass

import structlog
from litestar.datastructures import Headers, MutableScopeHeaders
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from api.http.security_headers import security_headers
from api.http.unit_of_work import end_session
from api.language import i18n

log = structlog.get_logger("platsverket.access")

LANGUAGE_COOKIE = "platsverket_language"

current_scope: ContextVar[Scope | None] = ContextVar("current_scope", default=None)
"""Of the request that is answered, also in the thread that its handler runs in."""

_TRACEPARENT = re.compile(r"00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})")


@dataclass(frozen=True)
class Trace:
    """W3C Trace Context: which larger errand a request belongs to, and this request's own part of it."""

    trace_id: str
    span_id: str
    flags: str

    @classmethod
    def continued(cls, traceparent: str) -> "Trace":
        """Continue the caller's trace, or start one where the header is missing or makes no sense."""
        match = _TRACEPARENT.fullmatch(traceparent.strip())
        known = match is not None and set(match[1]) != {"0"} and set(match[2]) != {"0"}
        trace_id, flags = (match[1], match[3]) if match and known else (secrets.token_hex(16), "00")
        return cls(trace_id, secrets.token_hex(8), flags)

    def __str__(self) -> str:
        return f"00-{self.trace_id}-{self.span_id}-{self.flags}"


class RequestContext:
    """The outermost layer of the web application."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        headers = Headers.from_scope(scope)
        trace = Trace.continued(headers.get("traceparent", ""))
        answer = _Answer(send, trace, safe=security_headers(scope["path"]))
        current_scope.set(scope)
        code = i18n.choose(_language_cookie(headers.get("cookie", "")), headers.get("accept-language", ""))
        with structlog.contextvars.bound_contextvars(trace=trace.trace_id), i18n.speaking(code):
            try:
                await self.app(scope, receive, answer)
            finally:
                await end_session(scope)
                answer.log(scope)


class _Answer:
    """Sends the answer on, with the headers that every answer has, and remembers what to log."""

    def __init__(self, send: Send, trace: Trace, safe: dict[str, str]) -> None:
        self.send, self.trace, self.safe = send, trace, safe
        self.started = time.perf_counter()
        self.status = 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableScopeHeaders.from_message(message)
            headers["traceparent"] = str(self.trace)
            headers["x-request-id"] = self.trace.span_id
            for name, value in self.safe.items():
                headers.setdefault(name, value)
        await self.send(message)

    def log(self, scope: Scope) -> None:
        if scope["path"].startswith(("/static/", "/health/")) and self.status < 400:
            return
        milliseconds = round((time.perf_counter() - self.started) * 1000)
        method = scope.get("method", scope["type"])
        log.info("request", method=method, path=scope["path"], status=self.status, ms=milliseconds)


def _language_cookie(cookies: str) -> str | None:
    found = re.search(rf"(?:^|;\s*){LANGUAGE_COOKIE}=(\w+)", cookies)
    return found[1] if found else None
