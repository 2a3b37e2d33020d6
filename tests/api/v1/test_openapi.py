"""The API's own description holds the conventions of the national REST API profile, for every operation there is."""

import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from api.openapi import API, DOCUMENT, SLA, document
from api.schemas.base import KEPT
from core import limits
from marketplace.organisations.rules import is_address

METHODS = {"get", "post", "put", "patch", "delete"}
PLURAL_OR_SINGLE = {"api-info"}  # the profile names this one itself

# Actions are sub-resources named by a noun: `/offers/{offer}/opening`. These nouns are not plural by nature.
SEGMENT = re.compile(r"[a-z]+(-[a-z]+)*")
PARAMETER = re.compile(r"\{[a-z][A-Za-z]*\}")


@pytest.fixture(scope="module")
def described(app: Litestar) -> dict[str, Any]:
    return document(app, app.openapi_schema.to_schema())


@pytest.fixture(scope="module")
def operations(described) -> list[tuple[str, str, dict[str, Any]]]:
    return list(_operations(described))


def _operations(described: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in described["paths"].items():
        yield from ((path, method, item[method]) for method in METHODS & set(item))


def test_the_document_is_served_without_a_token(client: TestClient[Litestar]):
    answer = client.get(DOCUMENT)
    assert answer.status_code == 200
    assert answer.json()["openapi"].startswith("3.1")


def test_the_document_is_rendered_once(client: TestClient[Litestar], monkeypatch):
    first = client.get(DOCUMENT)
    monkeypatch.setattr("api.openapi.document", None)
    assert client.get(DOCUMENT).content == first.content


def test_the_document_says_who_and_under_which_terms(described):
    info = described["info"]
    assert info["license"]["identifier"] == "EUPL-1.2"
    assert info["contact"]["name"]
    assert info["x-sla"] == SLA
    for words in ("**English.**", "**Svenska.**", "Known limitations", "Kända begränsningar"):
        assert words in info["description"]
    assert described["components"]["securitySchemes"]["token"] == {
        "type": "http",
        "scheme": "bearer",
        "description": "A token made here, with scopes read, write; or your own provider's (RFC 9068).",
    }


def test_only_the_api_is_described(operations):
    assert operations
    assert [path for path, _method, _operation in operations if not path.startswith(f"{API}/")] == []


def test_paths_are_lower_case_words_with_hyphens_and_collections_are_plural(operations):
    for path, _method, _operation in operations:
        segments = path.removeprefix(f"{API}/").rstrip("/").split("/")
        for segment in segments:
            assert SEGMENT.fullmatch(segment) or PARAMETER.fullmatch(segment), path
        assert segments[0].endswith(("s", "people")) or segments[0] in PLURAL_OR_SINGLE, path
        assert "_" not in path


def test_parameters_are_in_camel_case_and_described(operations):
    for path, method, operation in operations:
        for parameter in operation.get("parameters", []):
            where = f"{method} {path}: {parameter['name']}"
            assert parameter["in"] == "path" or parameter.get("description"), where
            if parameter["in"] == "header":
                assert re.fullmatch(r"[A-Za-z]+(-[A-Za-z]+)*", parameter["name"]), where
            else:
                assert re.fullmatch(r"[a-z][A-Za-z0-9]*", parameter["name"]), where


def test_properties_are_in_camel_case(described):
    allowed = {"_meta", "_links", "invalid-parameters"}
    for name, schema in described["components"]["schemas"].items():
        for property_ in schema.get("properties", {}):
            assert re.fullmatch(r"[a-z][A-Za-z0-9]*", property_) or property_ in allowed, f"{name}.{property_}"


def test_unknown_fields_are_refused(described):
    for path, method, operation in _operations(described):
        for media in operation.get("requestBody", {}).get("content", {}).values():
            reference = media["schema"].get("$ref", "")
            schema = described["components"]["schemas"][reference.rpartition("/")[2]]
            assert schema.get("additionalProperties") is False, f"{method} {path}"


def test_every_operation_says_what_it_does_in_both_languages(operations):
    for path, method, operation in operations:
        assert " / " in operation["summary"], f"{method} {path}: “English / Svenska”"
        assert len(operation.get("description", "")) > 10, f"{method} {path}"
        assert operation["tags"], f"{method} {path}"


def test_every_operation_says_what_it_answers_with_examples(operations):
    for path, method, operation in operations:
        answers = operation["responses"]
        good = [status for status in answers if status.startswith("2")]
        assert good, f"{method} {path}"
        for status in good:
            for media in answers[status].get("content", {}).values():
                assert media["examples"], f"{method} {path} {status}"
        for media in operation.get("requestBody", {}).get("content", {}).values():
            assert media["examples"], f"{method} {path}"


def test_every_operation_tells_problems_in_one_shape(operations):
    for path, method, operation in operations:
        for status in ("400", "401", "403", "404", "409", "412", "413", "429", "503"):
            content = operation["responses"][status]["content"]
            assert set(content) == {"application/problem+json"}, f"{method} {path} {status}"
            example = content["application/problem+json"]["examples"]["example"]["value"]
            assert example["status"] == int(status)


def test_every_operation_but_the_information_wants_a_token(described, operations):
    assert described["security"] == [{"token": []}]
    for path, method, operation in operations:
        open_ = operation.get("security") == [{}]
        assert open_ == path.startswith(f"{API}/api-info"), f"{method} {path}"


def test_no_parameter_can_be_null(operations):
    for path, method, operation in operations:
        for parameter in operation["parameters"]:
            assert "null" not in str(parameter["schema"]), f"{method} {path}: {parameter['name']}"


def test_an_address_has_one_name_for_each_of_its_parameters(described):
    addresses = [PARAMETER.sub("{}", path) for path in described["paths"]]
    assert sorted(addresses) == sorted(set(addresses))


def test_whoever_is_nobody_is_told_that_first(client: TestClient[Litestar]):
    answer = client.put(f"{API}/offers/{UUID(int=0)}", json={}, headers={"If-Match": "x"})
    assert answer.status_code == 401


def test_operations_that_create_honour_the_idempotency_key(app, operations):
    created = {path for path, method, operation in operations if method == "post" and "201" in operation["responses"]}
    assert {f"{API}/offers", f"{API}/requests", f"{API}/sites"} <= created
    handlers = {
        route.path_format: handler
        for route in app.routes
        for handler in getattr(route, "route_handlers", ())
        if "POST" in handler.http_methods
    }
    for path in created:
        assert "idempotency" in handlers[path].parsed_fn_signature.parameters, f"{path}: ask for `idempotency`"
    assert {path for path, method, operation in operations if _takes(operation, "Idempotency-Key")} == created


def test_operations_that_change_a_thing_take_its_version(operations):
    changed = {path for path, method, _operation in operations if method in {"patch", "put"}}
    assert f"{API}/offers/{{key}}" in changed
    assert [
        f"{method} {path}: ask for `if_match`"
        for path, method, operation in operations
        if path in changed and method in {"patch", "put"} and not _takes(operation, "If-Match")
    ] == []


def _takes(operation: dict[str, Any], header: str) -> bool:
    return header in [parameter["name"] for parameter in operation.get("parameters", [])]


def test_components_have_names_that_no_move_changes(described):
    schemas = described["components"]["schemas"]
    for name, schema in schemas.items():
        assert re.fullmatch(r"([A-Z][a-z0-9]*)+", name), f"{name}: give one of the two classes of this name another"
        assert schema["title"] == name  # generators name classes by titles
    assert {"OfferOut", "OfferOutListing", "BookingRole", "HallPart", "Problem"} <= set(
        described["components"]["schemas"]
    )


def test_operations_have_names_that_no_move_changes(operations):
    names = [operation["operationId"] for _path, _method, operation in operations]
    assert [name for name in names if not re.fullmatch(r"[a-z]+([A-Z][a-z]+)+", name)] == []
    assert len(set(names)) == len(names)


def test_references_lead_somewhere(described):
    references = re.findall(r"'\$ref': '#/components/schemas/([^']+)'", str(described))
    assert references
    assert set(references) <= set(described["components"]["schemas"])


@pytest.mark.parametrize("family", ["Space", "Furniture", "Vehicle", "Equipment", "Staff"])
def test_what_is_said_asked_and_needed_of_a_family_keeps_its_names(described, family):
    assert {f"{family}Said", f"{family}Asked", f"{family}Need"} <= set(described["components"]["schemas"])


def test_options_names_every_method_of_an_address(client: TestClient[Litestar], described):
    for path, item in described["paths"].items():
        answer = client.options(PARAMETER.sub(str(UUID(int=0)), path.replace("{number}", "1")))
        allowed = set(answer.headers["allow"].split(", "))
        assert (answer.status_code, {method.upper() for method in METHODS & set(item)} - allowed) == (204, set()), path


def test_the_description_has_the_limits_that_the_rules_have(described):
    schemas = described["components"]["schemas"]
    said = {
        ("RequestIn", "title"): {"minLength": 1, "maxLength": limits.LONGEST_NAME},
        ("RequestIn", "needs"): {"minItems": 1, "maxItems": limits.MOST_NEEDS},
        ("SpaceNeed", "alternativeGroup"): {"minimum": 1, "maximum": limits.GREATEST_WHOLE},
        ("SpaceSaid", "seats"): {"minimum": 1, "maximum": 5000},
        ("SiteIn", "latitude"): {"minimum": 55.0, "maximum": 69.5},
        ("ResourceIn", "parts"): {"maxItems": limits.MOST_PARTS},
        ("OfferIn", "conditions"): {"maxLength": limits.LONGEST_TEXT},
        ("MemberIn", "email"): {"maxLength": limits.LONGEST_EMAIL},
        ("OpeningHours", "weekly"): {"propertyNames": {"enum": ["mo", "tu", "we", "th", "fr", "sa", "su"]}},
        ("RunIn", "policy"): {"pattern": "^(balanced|near|thrifty|climate|steady)$"},
        ("RefusalIn", "words"): {"maxLength": limits.LONGEST_WORDS},
        ("StaffSaid", "skills"): {"additionalProperties": {"type": "integer", "minimum": 1, "maximum": 5}},
        ("MobilityWishIn", "languages"): {"items": {"type": "string", "pattern": "^[a-z]{2,3}$"}},
    }
    for (name, field), expected in said.items():
        assert schemas[name]["properties"][field].items() >= expected.items(), (name, field)


def test_all_that_is_sent_in_has_limits_also_within_lists_and_maps(described):
    bodies = [
        media["schema"]
        for path, method, operation in _operations(described)
        for media in operation.get("requestBody", {}).get("content", {}).values()
    ]
    assert bodies
    assert sorted(_unlimited(bodies, described["components"]["schemas"])) == []


def _unlimited(bodies: list[dict[str, Any]], schemas: dict[str, Any]) -> Iterator[str]:
    """Yield where nothing says how much, or how many, there may be."""
    waiting: list[tuple[str, dict[str, Any]]] = [("", body) for body in bodies]
    seen: set[str] = set()
    while waiting:
        where, schema = waiting.pop()
        name = schema.get("$ref", "").rpartition("/")[2]
        if name:
            waiting += [] if name in seen else [(name, schemas[name])]
            seen.add(name)
            continue
        around = {key: value for key, value in schema.items() if key not in {"oneOf", "allOf"}}
        ways = [around | each for kind in ("oneOf", "allOf") for each in schema.get(kind, ())]
        within = [schema.get("items"), schema.get("additionalProperties")]
        waiting += [(where, each) for each in ways]
        waiting += [(f"{where}[]", each) for each in within if isinstance(each, dict)]
        waiting += [(f"{where}.{key}", each) for key, each in schema.get("properties", {}).items()]
        if not ways and not _is_limited(schema, schemas):
            yield where


def _is_limited(schema: dict[str, Any], schemas: dict[str, Any]) -> bool:
    said = schema.keys()
    match schema.get("type"):
        case "string":
            return bool(said & {"enum", "const", "format", "maxLength"}) or schema.get("pattern", KEPT) != KEPT
        case "integer" | "number":
            return all(said & {name, f"exclusive{name.title()}"} for name in ("minimum", "maximum"))
        case "array":  # of given words, one said twice counts once
            return "maxItems" in said or "enum" in schemas.get(schema["items"].get("$ref", "").rpartition("/")[2], {})
        case "object" if isinstance(schema.get("additionalProperties"), dict):
            return "propertyNames" in said and ("maxProperties" in said or "enum" in schema["propertyNames"])
    return True


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("namn@myndigheten.se", True),
        ("för.namn+x@växjö.example.se", True),
        ("namn@myndigheten", False),
        ("na mn@myndigheten.se", False),
        ("namn@@myndigheten.se", False),
        ("namn@.se", False),
    ],
)
def test_the_description_of_an_address_is_the_rule(described, address: str, told: bool):
    pattern = described["components"]["schemas"]["MemberIn"]["properties"]["email"]["pattern"]
    assert (bool(re.fullmatch(pattern, address)), is_address(address)) == (told, told)
