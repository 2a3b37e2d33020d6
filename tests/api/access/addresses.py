"""Every address of the API and of the pages that has an access of its own."""

import re
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from litestar import Litestar
from litestar.routes import HTTPRoute

from api.access import ACCESS
from core.time import clock

OUTSIDE = ("/health/", "/static", "/.well-known/", "/{address:path}", "/api/v1/openapi")
"""What has no access of its own: files, the state of health, the description of the API, and what is not there."""
DOORS = ("/api/", "/scim/")
"""Of programs, which show a token."""
KEYS = {
    "/scim/v2/ResourceTypes/{key}": "User",
    "/scim/v2/Schemas/{key}": "urn:ietf:params:scim:schemas:core:2.0:User",
}
"""Of what is no organisation."""
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def routes(app: Litestar) -> Iterator[tuple[str, str, Any]]:
    """Every method and address, its parameters without their kinds, and what handles it."""
    for route in app.routes:
        if isinstance(route, HTTPRoute) and not route.path.startswith(OUTSIDE):
            for handler in route.route_handlers:
                for method in sorted(handler.http_methods & set(METHODS)):
                    yield method, re.sub(r"\{(\w+):\w+\}", r"{\1}", route.path), handler


def filled_in(path: str, values: dict[str, object]) -> str:
    """Return an address with its parameters."""
    return re.sub(r"\{(\w+)\}", lambda match: str(values[match[1]]), path)


ASKED = {
    "competence": ("", "skill=procurement"),
    "offers": ("", "text=Fj%C3%A4ll", "family=space&near=63.18,14.64"),
    "requests": ("", "text=Fj%C3%A4ll"),
    "free-periods": ("first={day}&last={day}",),
}
"""What is looked for in some of them."""
AS_FILES = (
    "/give-and-take",
    "/unmet-demand",
    "/hubs/{key}/figures",
    "/timeline",
    "/runs/{key}/map",
    "/offers/map",
    "/surges/{key}/report",
)
"""Pages whose tables may be had as a file, too."""
_OF_NOBODY = ("/sign-in", "/language", "/accessibility", "/developers", "/offers/new", "/requests/new", "/runs/new")


def addresses_about(app: Litestar, things: Mapping[str, UUID], home_id: UUID) -> Iterator[str]:
    """Return every address that may be read and tells of somebody, about some things by their kinds."""
    things = dict.fromkeys(("provisioned_user", "provisioned_group"), things["member"]) | dict(things)
    things = dict.fromkeys(("card_approval", "card_link", "own_card"), things["card"]) | things
    things = {"lent": things["resource"]} | things
    for method, path, _handler in routes(app):
        access = ACCESS[f"{method} {path}"]
        if method != "GET" or path.startswith(_OF_NOBODY) or (not access.signed_in and path != "/"):
            continue
        values = {
            "code": "procurement",
            "kind": "spaces",
            "key": things[access.thing] if access.thing else KEYS.get(path, home_id),
        }
        values |= {
            "need": things["need"],
            "photo": things["photo"],
            "report": things["report"],
            "movement": things["movement"],
            "person": things["person"],
            "initiative": things["initiative"],
            "number": 1,
            "size": "small",
            "secret": "link",
        }
        for resource in ("resource", "card") if "{resource}" in path else ("resource",):
            found = filled_in(path, values | {"resource": things[resource]})
            for query in (*ASKED.get(path.rpartition("/")[2], ("",)), *(["as=csv"] if path in AS_FILES else [])):
                yield f"{found}?{query.format(day=clock.today())}".rstrip("?")
