"""What every request gets, also one that matches no route: a trace, a language, a line in the log, safe headers."""

import re
import time
from contextvars import ContextVar

import structlog
from litestar.datastructures import Headers, MutableScopeHeaders
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from api.http.security_headers import security_headers
from api.http.unit_of_work import end_session
from api.http.visitor import cookie_name
from api.language import i18n
from core.telemetry import metrics, trace

log = structlog.get_logger("platsverket.access")

LANGUAGE_COOKIE = "platsverket_language"

current_scope: ContextVar[Scope | None] = ContextVar("current_scope", default=None)
"""Of the request that is answered, also in the thread that its handler runs in."""


class RequestContext:
    """The outermost layer of the web application."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        headers = Headers.from_scope(scope)
        current_scope.set(scope)
        code = i18n.choose(_language_cookie(headers.get("cookie", "")), headers.get("accept-language", ""))
        begun = trace.span("request", kind=trace.SpanKind.SERVER, traceparent=headers.get("traceparent", ""))
        with begun as span, i18n.speaking(code):
            answer = _Answer(send, span, safe=security_headers(scope["path"]))
            try:
                await self.app(scope, receive, answer)
            finally:
                await end_session(scope)
                answer.tell(scope)


class _Answer:
    """Sends the answer on, with the headers that every answer has, and remembers what to tell of it."""

    def __init__(self, send: Send, span: trace.Span, safe: dict[str, str]) -> None:
        self.send, self.span, self.safe = send, span, safe
        self.started = time.perf_counter()
        self.status = self.size = 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableScopeHeaders.from_message(message)
            headers["traceparent"] = str(self.span.trace)
            headers["x-request-id"] = self.span.trace.span_id
            has = {name.lower() for name, _value in headers.headers}
            safe = ((name.encode(), value.encode()) for name, value in self.safe.items())
            headers.headers.extend(each for each in safe if each[0] not in has)
        elif message["type"] == "http.response.body":
            self.size += len(message["body"])
        await self.send(message)

    def tell(self, scope: Scope) -> None:
        """Log, count and trace the request by the route that it matched: what was typed may be anybody's data."""
        seconds = time.perf_counter() - self.started
        method = metrics.method_label(str(scope.get("method", "")))
        route = scope.get("path_template") or metrics.OTHER
        metrics.count_request(method, route, self.status, seconds)
        self.span.rename(f"{method} {route}")
        self.span.note(**{"http.request.method": method, "http.route": route})
        self.span.note(**{"http.response.status_code": self.status, "http.response.body.size": self.size})
        if self.status >= 500 or self.status == 0:
            self.span.fail()
        if self.status >= 400 or not route.startswith(("/static", "/health/")):
            milliseconds = round(seconds * 1000)
            log.info("request", method=method, route=route, status=self.status, ms=milliseconds, bytes=self.size)


def _language_cookie(cookies: str) -> str | None:
    found = re.search(rf"(?:^|;\s*){cookie_name(LANGUAGE_COOKIE)}=(\w+)", cookies)
    return found[1] if found else None
