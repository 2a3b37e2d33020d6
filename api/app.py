"""The web application, put together: routes, dependencies, errors, templates, sessions. The composition root."""

import re
from typing import Any

from cryptography.exceptions import InvalidTag
from litestar import Litestar, Router, route
from litestar.config.csrf import CSRFConfig
from litestar.connection import ASGIConnection
from litestar.datastructures import MutableScopeHeaders
from litestar.di import Provide
from litestar.exceptions import HTTPException, SerializationException
from litestar.handlers import BaseRouteHandler
from litestar.middleware import DefineMiddleware
from litestar.middleware.session.client_side import ClientSideSessionBackend, CookieBackendConfig
from litestar.params import FromPath
from litestar.routes import HTTPRoute
from litestar.serialization import encode_json
from litestar.types import Message, Scope

from api.deprecation import tell_deprecation
from api.errors import tell
from api.http.auth import bearer_actor, check_token_first, has_body, provisioning_actor
from api.http.characters import refuse_nul, refuse_nul_in_address
from api.http.forms.forgery import SessionBoundCSRF
from api.http.forms.posted import provide_posted
from api.http.health import live, ready
from api.http.idempotency import provide_idempotency
from api.http.openid.providers import providers
from api.http.paging import provide_paging
from api.http.request_context import RequestContext
from api.http.responses import provide_if_match
from api.http.unit_of_work import make_threads, provide_session
from api.http.visitor import FORM_COOKIE, SESSION_COOKIE, cookie_name
from api.openapi import API, openapi_config
from api.pages.rendering import template_config
from api.pages.routes import pages
from api.pages.static_files import static_files
from api.pages.visit import provide_form, provide_visit
from api.scim.discovery import Discovery
from api.scim.groups import Groups
from api.scim.messages import provide_question
from api.scim.schemas import BASE, MEDIA_TYPE
from api.scim.users import Users
from api.v1 import CONTROLLERS
from core.errors import NotFound
from core.secret.key import key_for
from core.settings import check_serves, settings
from core.telemetry.logs import configure_logs

Connection = ASGIConnection[Any, Any, Any, Any]
_PARAMETER = re.compile(r"\{[^}]*\}")
LARGEST_BODY = 1_000_000
"""Bytes: fifty needs or a hall of fifty parts, with all that may be said of each, and room to spare."""
_CAME = "session_as_it_came"
# What has no session and no forms of ours.
_NOT_PAGES = ["^/api/", "^/scim/", "^/static/", "^/health/", "^/calendars/"]


def create_app() -> Litestar:
    """Return the application that a web server runs."""
    configure_logs()
    check_serves()
    providers()  # a fault in their file is told now, not to the first who signs in
    app = Litestar(
        route_handlers=[_api(), _scim(), _pages(), live, ready, static_files()],
        dependencies={
            "session": Provide(provide_session),
            "paging": Provide(provide_paging, sync_to_thread=False),
        },
        exception_handlers={Exception: tell, HTTPException: tell},
        on_startup=[make_threads],
        before_send=[_name_all_methods, tell_deprecation],
        middleware=[_sessions().middleware, DefineMiddleware(SessionBoundCSRF, config=_csrf())],
        template_config=template_config(),
        openapi_config=openapi_config(),
        logging_config=None,
        request_max_body_size=LARGEST_BODY,
    )
    app.asgi_handler = RequestContext(app.asgi_handler)  # outside of everything, so that a 404 has it too
    return app


async def _name_all_methods(message: Message, scope: Scope) -> None:
    """Let `OPTIONS` name every method of an address: Litestar's answer knows only those that were added first."""
    if message["type"] == "http.response.start" and scope.get("method") == "OPTIONS":
        address = _PARAMETER.sub("{}", scope.get("path_template", ""))
        here = [each for each in scope["litestar_app"].routes if _PARAMETER.sub("{}", each.path_format) == address]
        methods = {method for each in here if isinstance(each, HTTPRoute) for method in each.methods}
        if methods:
            MutableScopeHeaders.from_message(message)["allow"] = ", ".join(sorted(methods))


def _api() -> Router:
    return Router(
        API,
        route_handlers=CONTROLLERS,
        dependencies={
            "actor": Provide(bearer_actor, sync_to_thread=True),
            "if_match": Provide(provide_if_match, sync_to_thread=False),
            "idempotency": Provide(provide_idempotency, sync_to_thread=False),
        },
        guards=[check_token_first, _takes_json],
        before_request=refuse_nul,
    )


def _scim() -> Router:
    return Router(
        BASE,
        route_handlers=[Users, Groups, Discovery],
        dependencies={
            "actor": Provide(provisioning_actor, sync_to_thread=True),
            "question": Provide(provide_question, sync_to_thread=False),
        },
        guards=[check_token_first, _takes_scim],
        before_request=refuse_nul,
        include_in_schema=False,
    )


def _pages() -> Router:
    return Router(
        "/",
        route_handlers=[*pages(), _no_such_page],
        dependencies={
            "visit": Provide(provide_visit),
            "form": Provide(provide_form, sync_to_thread=False),
            "posted": Provide(provide_posted),
        },
        include_in_schema=False,
        before_request=refuse_nul_in_address,
    )


@route("/{address:path}", http_method=["GET", "POST"], sync_to_thread=False, include_in_schema=False)
def _no_such_page(address: FromPath[str]) -> None:
    """Say that there is no such page inside the pages' own layers, so that the answer knows who is signed in."""
    raise NotFound("page", address)


def _takes_json(connection: Connection, _handler: BaseRouteHandler) -> None:
    kind = connection.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
    if has_body(connection) and kind != "application/json":
        raise HTTPException(f"Send application/json instead of {kind}.", status_code=415)


def _takes_scim(connection: Connection, _handler: BaseRouteHandler) -> None:
    kind = connection.headers.get("content-type", MEDIA_TYPE).partition(";")[0].strip().lower()
    if has_body(connection) and kind not in {MEDIA_TYPE, "application/json"}:
        raise HTTPException(f"Send {MEDIA_TYPE} instead of {kind}.", status_code=415)


class _CookieBackend(ClientSideSessionBackend):
    """Litestar's, but what is damaged is no session: it lets some of what a cookie may hold become an error.

    Nor is a session sent back that is as it came: it would be encrypted anew for every page.
    """

    def load_data(self, data: list[bytes]) -> dict[str, Any]:
        """Return what the cookie holds; nothing where it is not as it was made here."""
        try:
            return super().load_data(data)
        except (InvalidTag, SerializationException, ValueError, KeyError, TypeError):
            return {}

    async def load_from_connection(self, connection: Connection) -> dict[str, Any]:
        """Return what the cookies hold, and remember what that was."""
        found = await super().load_from_connection(connection)
        connection.scope["state"][_CAME] = encode_json(found)
        return found

    async def store_in_message(self, scope_session: Any, message: Message, connection: Connection) -> None:
        """Let the browser keep the session where something in it has changed."""
        came = connection.scope["state"].get(_CAME)
        if not (scope_session and isinstance(scope_session, dict) and encode_json(scope_session) == came):
            await super().store_in_message(scope_session, message, connection)


class _CookieConfig(CookieBackendConfig):
    _backend_class = _CookieBackend


def _sessions() -> CookieBackendConfig:
    return _CookieConfig(
        secret=key_for("session"),
        key=cookie_name(SESSION_COOKIE),
        max_age=settings().session_hours * 3600,
        secure=settings().environment == "production",
        samesite="lax",
        exclude=_NOT_PAGES,
    )


def _csrf() -> CSRFConfig:
    return CSRFConfig(
        secret=key_for("csrf").hex(),
        cookie_name=cookie_name(FORM_COOKIE),
        cookie_secure=settings().environment == "production",
        cookie_httponly=True,
        exclude=[
            *_NOT_PAGES,
            "^/sign-in/providers/[^/]+/logout$",
            "^/letter-stops/[^/]+/at-once$",
        ],  # signed, and sent by others
    )
