"""What a page's form sent, and the signed token in it that lets each form be posted once.

A token names the showing of a page (`page`), which of its forms it is (`place`) and the member that it was shown to. A
form that is shown again because something in it was wrong keeps its token; one that is opened anew gets another. It
does not stand in for the CSRF token: it only says which form this is.
"""

import hashlib
import hmac
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request
from litestar.datastructures.multi_dicts import FormMultiDict
from litestar.types import Scope
from litestar.utils.scope.state import ScopeState

from api.http.visitor import visitor_of
from core.secret.key import key_for

TOKEN_FIELD = "form_token"  # noqa: S105
CSRF_FIELD = "_csrf_token"
_STATE = "posted"


@dataclass(frozen=True)
class FormToken:
    """Which form of which showing of a page, and whose."""

    page: str
    place: int
    member_id: UUID

    def __str__(self) -> str:
        said = f"{self.page}.{self.place}.{self.member_id.hex}"
        return f"{said}.{_signature(said)}"

    @classmethod
    def read(cls, text: str) -> "FormToken | None":
        """Return the token that a form sent, if we signed it."""
        said, _dot, signature = text.rpartition(".")
        if not text.isascii() or not hmac.compare_digest(_signature(said), signature):
            return None
        page, place, member = said.split(".")
        return cls(page, int(place), UUID(member))


@dataclass(frozen=True)
class Posted:
    """The fields of a form, without those of ours, and its token."""

    fields: dict[str, list[str]] = field(default_factory=dict)
    token: FormToken | None = None

    def digest(self, path: str) -> str:
        """Return what tells two forms of the same token apart."""
        return hashlib.sha256(path.encode() + msgspec.json.encode(self.fields, order="deterministic")).hexdigest()


async def provide_posted(request: Request[Any, Any, Any]) -> Posted:
    """Read the form of a request; files are left out."""
    posted = _read((await request.form()).multi_items())
    request.scope["state"][_STATE] = posted
    return posted


def posted_of(request: Request[Any, Any, Any]) -> Posted | None:
    """Return the form of a request that was refused before its handler, as far as it has been read."""
    form = ScopeState.from_scope(request.scope).form
    return _read(FormMultiDict.from_form_data(form).multi_items()) if isinstance(form, Mapping) else None


def _read(pairs: Iterable[tuple[str, Any]]) -> Posted:
    fields: dict[str, list[str]] = {}
    for name, value in pairs:
        if isinstance(value, str):
            fields.setdefault(name, []).append(value)
    fields.pop(CSRF_FIELD, None)
    sent = fields.pop(TOKEN_FIELD, [""])
    return Posted(fields, FormToken.read(sent[0]))


class FormFields:
    """The hidden fields that every form of a page has: against forgery, and the form's own token."""

    def __init__(self, request: Request[Any, Any, Any], csrf_field: str) -> None:
        self._csrf_field = csrf_field
        self._visitor = visitor_of(request)
        self._page = _page_of(request.scope) or secrets.token_urlsafe(12)
        self._place = 0

    def next(self) -> str:
        """Return the fields of the next form on the page, as HTML."""
        if self._visitor is None:
            return self._csrf_field
        self._place += 1
        token = FormToken(self._page, self._place, self._visitor.member_id)
        return f'{self._csrf_field}<input type="hidden" name="{TOKEN_FIELD}" value="{token}" />'


def _page_of(scope: Scope) -> str | None:
    """Return the showing that a form which is shown again belongs to."""
    posted = scope["state"].get(_STATE)
    return posted.token.page if isinstance(posted, Posted) and posted.token else None


def _signature(said: str) -> str:
    return hmac.new(key_for("form"), said.encode(), hashlib.sha256).hexdigest()[:32]
