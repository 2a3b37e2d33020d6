"""A form is taken only from a page of ours that was shown to whoever sends it (CSRF).

Each form carries a token that a cookie has as well, which no other site can read. Once somebody is signed in the token
names their session, too: an attacker's own cookie with its token is worth nothing in the session of somebody else, and
none outlives the session it was made for.
"""

import hashlib
import hmac
import secrets
from typing import Any

from litestar import Request
from litestar.enums import ScopeType
from litestar.exceptions import PermissionDeniedException
from litestar.middleware.csrf import CSRFMiddleware
from litestar.types import Message, Receive, Scope, Send
from litestar.utils.scope.state import ScopeState

from api.http.forms.posted import CSRF_FIELD
from api.http.visitor import visitor_of

_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
NOBODY = "-"
"""Stands in a token instead of a session where nobody is signed in."""

AnyRequest = Request[Any, Any, Any]


class SessionBoundCSRF(CSRFMiddleware):
    """Litestar's, with tokens that belong to a session."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse what changes something and does not come from a page of ours."""
        if scope["type"] != ScopeType.HTTP or (self.exclude and self.exclude.search(scope["path"])):
            await self.app(scope, receive, send)
            return
        request: AnyRequest = scope["litestar_app"].request_class(scope=scope, receive=receive)
        shown = request.cookies.get(self.config.cookie_name, "")
        if request.method not in self.config.safe_methods and not self._is_ours(request, shown, await _sent(request)):
            raise PermissionDeniedException("CSRF token verification failed")
        token = ScopeState.from_scope(scope).csrf_token = self._token(request, shown)

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                now = self._token(request, token)  # another one where the handler has signed somebody in or out
                if now != shown:
                    self._set_cookie_if_needed(message, now)
            await send(message)

        await self.app(scope, receive, send_with_cookie)

    def _is_ours(self, request: AnyRequest, shown: str, sent: str) -> bool:
        """Tell whether form and cookie have the same token of ours, of this session where somebody is signed in."""
        if not sent.isascii() or not shown.isascii() or not hmac.compare_digest(sent, shown):
            return False
        return self._is_of(shown, _session_of(request)) if visitor_of(request) else self._is_of(shown, None)

    def _token(self, request: AnyRequest, had: str) -> str:
        """Return the token there is if it belongs to the session as it is now, else a new one."""
        session = _session_of(request)
        if had.isascii() and self._is_of(had, session):
            return had
        said = f"{secrets.token_hex(16)}.{session}"
        return f"{said}.{self._signature(said)}"

    def _is_of(self, token: str, session: str | None) -> bool:
        """Tell whether we made a token, and for this session; for any where none is named."""
        said, _dot, signature = token.rpartition(".")
        belongs_to = said.rpartition(".")[2]
        return hmac.compare_digest(self._signature(said), signature) and session in (None, belongs_to)

    def _signature(self, said: str) -> str:
        return hmac.new(self.config.secret.encode(), said.encode(), hashlib.sha256).hexdigest()


def _session_of(request: AnyRequest) -> str:
    visitor = visitor_of(request)
    return visitor.session_id.hex if visitor else NOBODY


async def _sent(request: AnyRequest) -> str:
    """Return the token that a form or a script sends."""
    sent = request.headers.get("x-csrftoken")
    if sent is None and request.content_type[0] in _FORMS:
        sent = (await request.form()).get(CSRF_FIELD)
    return sent if isinstance(sent, str) else ""
