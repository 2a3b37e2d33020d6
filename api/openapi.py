"""The API's description, OpenAPI 3.1: what Litestar derives from the handlers, and what it cannot know."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, get_args, get_origin

import msgspec
from litestar import Litestar, Request, Response
from litestar.enums import OpenAPIMediaType
from litestar.handlers import HTTPRouteHandler
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import OpenAPIRenderPlugin
from litestar.openapi.spec import Components, Contact, License, SecurityScheme, Tag
from litestar.routes import HTTPRoute

from api.access import ACCESS, Access, roles_for
from api.http.problem_details import CODES, TITLES
from api.schemas.base import KEPT, InvalidParameterOut, Links, Listing, Meta, Problem, Wire
from api.schemas.lookups import ApiInfo

API = "/api/v1"
DOCUMENT = f"{API}/openapi.json"

DESCRIPTION = """\
**English.** Platsverket is where public bodies share rooms, things and working time. This API does all that the
web pages do: list what can be spared, say what a project needs, run the matching, decide on proposals, follow bookings.
Send `Authorization: Bearer …`; tokens have the scopes `read` and `write`. Errors are `application/problem+json`, in
English, or in Swedish with `Accept-Language: sv`. An organisation may have as many offers, waiting needs and searches
at a time as the installation allows; one more is answered 409 `too_many_offers`, `too_many_needs` or `too_many_runs`.
Instants are RFC 3339 in UTC. Lists have `page` and `limit`, and of what is long the beginning: 300 letters of a text,
the next 5 deviations of opening hours, the first 10 needs of a request. Read the one for all of it. Send `If-Match`
with the `ETag` you read when you change something, and an `Idempotency-Key` when you create something, so that a
request sent twice is done once.

**Svenska.** Platsverket är platsen där offentliga organisationer delar lokaler, saker och arbetstid. API:et gör
allt som webbsidorna gör: lägg ut det som kan avvaras, beskriv vad ett projekt behöver, kör matchningen, besluta om
förslag, följ bokningar. Skicka `Authorization: Bearer …`; nycklar har behörigheterna `read` och `write`. Fel besvaras
med `application/problem+json`, på engelska eller med `Accept-Language: sv` på svenska. En organisation får ha så många
erbjudanden, väntande behov och sökningar samtidigt som installationen tillåter; för ett till är svaret 409
`too_many_offers`, `too_many_needs` eller `too_many_runs`. Tidpunkter är RFC 3339 i UTC. Listor har `page` och
`limit`, och början av det som är långt: 300 tecken av en text, öppettidernas 5 närmaste avvikelser och ett behovs 10
första delbehov. Läs posten för sig för att få allt. Skicka `If-Match` med den `ETag` du läst när du ändrar något, och
`Idempotency-Key` när du skapar något, så att en begäran som skickas två gånger utförs en gång.

## Known limitations / Kända begränsningar
- A person's own sign-in gives no token: tokens are made on the page or by another token. / Inloggning på webben ger
  ingen nyckel: nycklar skapas på webbsidan eller med en annan nyckel.
- One member may search and change so often a minute as the installation allows; more is answered 429 with
  `Retry-After`. / En medlem får söka och ändra så ofta per minut som installationen tillåter; annars blir svaret 429
  med `Retry-After`.
"""

TAGS = {
    "about": "About the API / Om API:et",
    "organisations": "Public bodies and their members / Organisationer och medlemmar",
    "sites": "Addresses / Platser",
    "resources": "What can be lent / Resurser",
    "offers": "What is put up for sharing / Erbjudanden",
    "skills": "Words for what people can do / Kompetenser",
    "municipalities": "Municipalities and counties / Kommuner och län",
    "requests": "What projects need / Behov",
    "inquiries": "Whether a change of a need would do / Frågor om ändrade behov",
    "questions": "About a skill, to its panel or through HR / Frågor om en kompetens",
    "card-approvals": "What you are asked as somebody's manager / Vad du tillfrågas om som chef",
    "my-cards": "Your own capacity card / Ditt eget kompetenskort",
    "matching-runs": "Optimisations / Matchningskörningar",
    "mobility-wishes": "Your own wishes to try another employer / Önskemål om att prova en annan arbetsgivare",
    "rosters": "Who may be called in a crisis / Beredskapslistor",
    "surges": "Alerts in a crisis, and who may come / Insatser",
    "proposals": "What the optimiser suggests / Matchningsförslag",
    "bookings": "What both sides have agreed / Bokningar",
    "hubs": "Places to meet, and who belongs to them / Hubbar och vilka som hör dit",
    "history": "What happened, by whom and why / Historik och ärenden",
    "notices": "What an organisation should know / Aviseringar",
}

BY_PERSONS = "Where a fresh confirmation by a person is demanded, as in production, a token gets 403 `step_up`."

SLA = {
    "description": "No service level is promised while the API is in beta. / Ingen servicenivå utlovas under beta.",
    "availability": "best effort",
    "support": "office hours, Europe/Stockholm",
}

TRACEPARENT = {
    "name": "traceparent",
    "in": "header",
    "required": False,
    "description": "W3C Trace Context; continued in the answer. / Fortsätts i svaret.",
    "schema": {"type": "string"},
}

_COMPONENT = "#/components/schemas/"
_LISTING = re.compile(r"Listing_(?:\w+\.)*(\w+)_")  # as Litestar calls `Listing[…]`, with the module of what is listed

_ERRORS = (400, 401, 403, 404, 409, 412, 413, 429, 503)


def openapi_config() -> OpenAPIConfig:
    """Return Litestar's configuration: one document, nothing that loads scripts from elsewhere."""
    return OpenAPIConfig(
        title="Platsverket",
        version=ApiInfo.example().api_version,
        description=DESCRIPTION,
        contact=Contact(name="Platsverket", url="https://www.samverket.org"),
        license=License(name="EUPL-1.2", identifier="EUPL-1.2"),
        components=Components(
            security_schemes={
                "token": SecurityScheme(
                    type="http",
                    scheme="bearer",
                    description="A token made here, with scopes read, write; or your own provider's (RFC 9068).",
                )
            }
        ),
        security=[{"token": []}],
        tags=[Tag(name=name, description=text) for name, text in TAGS.items()],
        use_handler_docstrings=True,
        path=DOCUMENT,
        render_plugins=[_Document()],
    )


class _Document(OpenAPIRenderPlugin):
    """Serves the finished document at the configured path itself, rendered once: it takes half a second."""

    def __init__(self) -> None:
        super().__init__(path=["/", "/openapi.json"], media_type=OpenAPIMediaType.OPENAPI_JSON)
        self._rendered = b""

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        """Return the document with our additions."""
        self._rendered = self._rendered or msgspec.json.encode(document(request.app, openapi_schema))
        return self._rendered


def document(app: Litestar, derived: dict[str, Any]) -> dict[str, Any]:
    """Return the whole description as plain data, from what Litestar derived."""
    made: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(derived))
    made["info"]["x-sla"] = SLA
    made = _with_names_of_their_own(made)
    _add_problem_schemas(made)
    for route, handler in _handlers(app):
        for method in handler.http_methods:
            operation = made["paths"].get(route.path_format, {}).get(method.lower())
            if operation is not None:
                _add_examples(operation, handler)
                operation["responses"] |= _problem_responses()
                _add_access(operation, ACCESS.get(f"{method} {route.path_format}"))
                operation.setdefault("parameters", []).append(TRACEPARENT)
                for parameter in operation["parameters"]:
                    parameter["schema"] = _without_nul(_without_null(parameter["schema"]))
                _refuse_unknown_fields(operation.get("requestBody", {}), made["components"]["schemas"])
    return made


@dataclass(frozen=True)
class Operation:
    """One line of the page for developers."""

    method: str
    path: str
    summary: str


def operations(app: Litestar) -> list[tuple[str, list[Operation]]]:
    """Return every operation by its group, as the page for developers shows them."""
    groups: dict[str, list[Operation]] = {tag: [] for tag in TAGS}
    for route, handler in _handlers(app):
        for method in sorted(handler.http_methods):
            groups.setdefault((handler.resolve_tags() or ["about"])[0], []).append(
                Operation(method, route.path_format, handler.summary or "")
            )
    return [(TAGS.get(tag, tag), found) for tag, found in groups.items() if found]


def _handlers(app: Litestar) -> Iterator[tuple[HTTPRoute, HTTPRouteHandler]]:
    for route in app.routes:
        if isinstance(route, HTTPRoute) and route.path.startswith(API):
            yield from ((route, handler) for handler in route.route_handlers if handler.resolve_include_in_schema())


def _add_examples(operation: dict[str, Any], handler: HTTPRouteHandler) -> None:
    signature = handler.parsed_fn_signature
    if "requestBody" in operation:
        _put_example(operation["requestBody"]["content"], example_of(signature.parameters["data"].annotation))
    for status, response in operation["responses"].items():
        if status.startswith("2") and "content" in response:
            _put_example(response["content"], example_of(signature.return_type.annotation))


def _add_access(operation: dict[str, Any], access: Access | None) -> None:
    """Say of an operation which roles it needs one of."""
    if access is None:
        return
    said = [operation.get("description", "")]
    said += [f"For one of these roles: {', '.join(access.roles)}."] if access.roles else []
    said += [f"And for one of these: {', '.join(roles_for(access.also))}."] if access.also else []
    said += [BY_PERSONS] if access.confirmed else []
    operation["description"] = "\n\n".join(filter(None, said))


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """Return what a parameter may be: it can be left out, but an address or a header has no way to write null."""
    left = [each for each in schema.get("oneOf", ()) if each != {"type": "null"}]
    if not left:
        return schema
    rest = {name: value for name, value in schema.items() if name != "oneOf"}
    return rest | (left[0] if len(left) == 1 else {"oneOf": left})


def _without_nul(schema: dict[str, Any]) -> dict[str, Any]:
    """Say of text in an address what `http.characters` refuses there, where nothing narrower is said."""
    says_more = {"pattern", "enum", "format"} & schema.keys()
    return schema | {"pattern": KEPT} if schema.get("type") == "string" and not says_more else schema


def _refuse_unknown_fields(part: object, schemas: dict[str, Any]) -> None:
    """Say of everything that comes in what `Wire` does: there are no other fields. Litestar does not say it."""
    if isinstance(part, list):
        for item in part:
            _refuse_unknown_fields(item, schemas)
    if not isinstance(part, dict):
        return
    schema = schemas.get(str(part.get("$ref", "")).rpartition("/")[2])
    if schema is not None and "additionalProperties" not in schema:
        schema["additionalProperties"] = False
        _refuse_unknown_fields(schema, schemas)
    for value in part.values():
        _refuse_unknown_fields(value, schemas)


def _with_names_of_their_own(made: dict[str, Any]) -> dict[str, Any]:
    """Name lists after what they list: `OfferOutListing` instead of `Listing_api.schemas.offers.OfferOut_`.

    Every other component is called what its class is called. Where two classes share a name, Litestar puts their
    modules before it. Rename one of the two then: generated clients know components by name, and modules move.
    """
    schemas = made["components"]["schemas"]
    names = {key: _LISTING.sub(r"\1Listing", key) for key in schemas}
    named: dict[str, Any] = _renamed(made, {_COMPONENT + key: _COMPONENT + name for key, name in names.items()})
    named["components"]["schemas"] = {
        names[key]: schema | {"title": names[key]} for key, schema in named["components"]["schemas"].items()
    }
    return named


def _renamed(part: Any, references: Mapping[str, str]) -> Any:
    """Return a part of the document with its references exchanged."""
    if isinstance(part, list):
        return [_renamed(item, references) for item in part]
    if isinstance(part, dict):
        return {key: references[value] if key == "$ref" else _renamed(value, references) for key, value in part.items()}
    return part


def _add_problem_schemas(made: dict[str, Any]) -> None:
    _refs, schemas = msgspec.json.schema_components([Problem], ref_template=f"{_COMPONENT}{{name}}")
    made["components"].setdefault("schemas", {}).update(schemas)


def _problem_responses() -> dict[str, Any]:
    """Return the error answers that every operation may give; Litestar's own are in another shape than ours."""
    schema = {"$ref": f"{_COMPONENT}{Problem.__name__}"}
    return {
        str(status): {
            "description": TITLES[status],
            "content": {
                Problem.media_type: {"schema": schema, "examples": {"example": {"value": _problem_example(status)}}}
            },
        }
        for status in _ERRORS
    }


def _put_example(content: dict[str, Any], example: object) -> None:
    for media in content.values():
        media.setdefault("examples", {"example": {"value": msgspec.to_builtins(example)}})


def example_of(annotation: Any) -> object:
    """Return an example of what a handler takes or gives: a `Wire`, or a listing, list or response of one."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin in {Response, list} or (origin is not None and not isinstance(origin, type)):
        inner = example_of(arguments[0])
        return [inner] if origin is list else inner
    if origin is Listing:
        return _listing_of(example_of(arguments[0]))
    if isinstance(annotation, type) and issubclass(annotation, Wire):
        return annotation.example()
    raise TypeError(f"{annotation} has no example: the API takes and gives Wire structs only")


def _listing_of(item: object) -> Listing[object]:
    links = Links(this="?page=1&limit=20", first="?page=1&limit=20", last="?page=1&limit=20")
    return Listing(items=[item], meta=Meta(page=1, limit=20, total=1, pages=1), links=links)


def _problem_example(status: int) -> Mapping[str, Any]:
    code = "state_changed" if status == 409 else CODES[status]
    wrong = [InvalidParameterOut(property="limit", value=0, reason="it has to be 1 or more")] if status == 400 else None
    told = Problem(
        type=f"/developers#problem-{code.replace('_', '-')}",
        title=TITLES[status],
        status=status,
        detail="limit: it has to be 1 or more" if wrong else TITLES[status],
        instance=f"{API}/offers",
        code=code,
        invalid_parameters=wrong,
    )
    made: dict[str, Any] = msgspec.to_builtins(told)
    return made
