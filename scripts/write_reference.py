"""Write the reference pages that are made from the code: settings, command line, JSON API and pages.

Run `make docs` after changing any of them; a test fails where a page is older than its code.
"""

import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import typer
from litestar.openapi.spec import OpenAPI, Operation
from litestar.routes import HTTPRoute
from typer.core import TyperGroup

from api.access import ACCESS, Access
from api.app import create_app
from api.cli.main import app as command_line
from api.deprecation import SHORTEST_NOTICE
from core import limits
from core.roles import AUDIENCES, BY_DEPARTMENT, PERMISSIONS, Reach, Role
from core.settings import SECRET, Settings
from core.telemetry.metrics import LABELS, REGISTRY
from marketplace.runs.figures import FIGURES, PHASE_SECONDS
from retention.register import as_markdown as register_page

DOCS = Path(__file__).parent.parent / "docs"
NOT_PAGES = ("/api/", "/scim/", "/health/", "/static", "/{address:path}")
METHODS = ("get", "post", "put", "patch", "delete")


def settings_page() -> str:
    """Return the settings reference as Markdown."""
    rows = [
        f"| `PLATSVERKET_{name.upper()}` | {_default(field.default)} | {field.description} |"
        for name, field in Settings.model_fields.items()
    ]
    return "\n".join(
        [
            "# Settings",
            "",
            "Every setting is an environment variable. A wrong value, or a variable that is none of these, stops the",
            "start with a message that names it. Secrets may lie in files instead, which "
            + ", ".join(f"`PLATSVERKET_{name.upper()}_FILE`" for name in SECRET)
            + " name.",
            "",
            "| variable | default | meaning |",
            "|---|---|---|",
            *rows,
            "",
        ]
    )


def _default(value: object) -> str:
    return "–" if value is None else f"`{value}`"


def metrics_page() -> str:
    """Return the list of figures for Prometheus as Markdown."""
    own = [each for each in REGISTRY.collect() if each.name.startswith("platsverket_")]
    counted = [
        f"| `{each.name}{'_total' if each.type == 'counter' else ''}` | {each.type} |"
        f" {_labels(LABELS.get(each.name, ()))} | web, worker | {each.documentation} |"
        for each in own
    ]
    found = [
        f"| `{each.name}` | {'histogram' if each is PHASE_SECONDS else 'gauge'} | {_labels(each.labels)} | scheduler |"
        f" {each.meaning} |"
        for each in FIGURES
    ]
    return "\n".join(
        [
            "# Metrics",
            "",
            "Shown to Prometheus where `PLATSVERKET_METRICS_PORT` is set; [operating](operating.md#what-to-watch) says",
            "what to watch. Each process shows `process_…` and `python_info`, too. No label has anybody's data, and",
            "each has few values: a route is the one that an address matched, or `other`.",
            "",
            "| metric | type | labels | shown by | what it tells |",
            "|---|---|---|---|---|",
            *counted,
            *found,
            "",
        ]
    )


def _labels(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names) or "–"


def cli_page() -> str:
    """Return the command line reference as Markdown."""
    root = typer.main.get_command(command_line)
    parts = [
        "# Command line",
        "",
        "Exit codes: 0 done, 1 failed, 2 the input is wrong, 3 in conflict with what is there, 4 a service does not",
        "answer, 130 stopped.",
    ]
    for path, command in _commands(root, "platsverket"):
        parts += ["", f"## `{path}`", "", (command.help or "").strip(), "", "```text", _usage(command, path), "```"]
    return "\n".join([*parts, ""])


def _commands(command: Any, path: str) -> Iterator[tuple[str, Any]]:
    yield path, command
    if isinstance(command, TyperGroup):
        context = typer.Context(command)
        for name in command.list_commands(context):
            child = command.get_command(context, name)
            yield from _commands(child, f"{path} {name}")


def _usage(command: Any, path: str) -> str:
    context = type(command).context_class(command, info_name=path, terminal_width=100, max_content_width=100)
    return "\n".join(line.rstrip() for line in command.get_help(context).splitlines())


def api_page() -> str:
    """Return the list of the JSON API's operations as Markdown."""
    schema: OpenAPI = create_app().openapi_schema
    rows = [
        f"| `{method.upper()} {path}` | {operation.summary} |"
        for path, item in sorted((schema.paths or {}).items())
        for method in METHODS
        if isinstance(operation := getattr(item, method), Operation)
    ]
    return "\n".join(
        [
            "# JSON API",
            "",
            "The whole description, with every field and full examples, is OpenAPI 3.1 at `/api/v1/openapi.json` of a",
            "running installation. Conventions: DIGG's national REST API profile, errors as `application/problem+json`",
            "(RFC 9457), bearer tokens (`platsverket user token`), `ETag`/`If-Match` on updates, `Idempotency-Key` on",
            "creating calls, `page` and `limit` on lists. In place of our tokens a program may show one of its",
            "organisation's own provider: see [signing in](sign-in.md#programs-that-your-own-provider-lets-in).",
            "",
            f"Of what is long lists have the beginning: {limits.LONGEST_LISTED} letters of a text, then […]; the next",
            f"{limits.MOST_DEVIATIONS_LISTED} deviations of opening hours (`shortened` in them says so), the first",
            f"{limits.MOST_NEEDS_LISTED} needs of a request. Reading the one gives all of it, and what was shortened",
            "is refused where it is sent back.",
            "",
            "Within version 1 fields, operations and codes may be added at any time: clients pass over what they do",
            "not know. Nothing is taken away or given another meaning without notice: an operation that will end is",
            "`deprecated` in the description, and its answers have `Deprecation` (RFC 9745) and `Sunset` (RFC 8594),",
            f"{SHORTEST_NOTICE.days} days later at the earliest. What breaks more than that becomes version 2.",
            "",
            "| operation | what it does |",
            "|---|---|",
            *rows,
            "",
        ]
    )


def pages_page() -> str:
    """Return the list of the web pages as Markdown."""
    handlers = sorted(
        (route.path, method, _meaning(handler.fn))
        for route in create_app().routes
        if isinstance(route, HTTPRoute) and not route.path.startswith(NOT_PAGES)
        for handler in route.route_handlers
        for method in sorted(handler.http_methods - {"HEAD", "OPTIONS"})
    )
    rows = [f"| `{method} {path}` | {meaning} |" for path, method, meaning in handlers]
    return "\n".join(["# Web pages", "", "| address | what it is |", "|---|---|", *rows, ""])


REACHES = {
    Reach.OWN: "the own organisation, or units of it",
    Reach.SITE: "the sites that one is host of",
    Reach.AREA: "admins: the own organisation; coordinators: the organisations of their area",
    Reach.MARKET: "everybody: only coordinators without an area",
}


def _asked(access: Access) -> str:
    beside = f" and `{access.also}`" if access.also else ""
    return ", ".join(f"`{each}`" for each in access.permissions) + beside


def roles_page() -> str:
    """Return which action needs which role, and who reads what is private, as Markdown."""
    permissions = [
        f"| `{name}` | {rule.what} | {', '.join(role for role in Role if role in rule.roles)} | {REACHES[rule.reach]} |"
        for name, rule in PERMISSIONS.items()
    ]
    private = [
        f"| `{name}` | {each.what} | {', '.join(f'`{one}`' for one in sorted(each.permissions))} |"
        for name, each in AUDIENCES.items()
    ]
    addresses = [
        f"| `{key}` | {_asked(access)} | {'yes' if access.confirmed else ''} |"
        for key, access in ACCESS.items()
        if access.permissions or access.confirmed
    ]
    return "\n".join(
        [
            "# Roles",
            "",
            "A role is granted to a member of an organisation, with a reason and perhaps a last day. What is not named",
            "here is open to every member, within what it may see. What one may not see is 404; what one may see",
            "but not do is 403, with the reason. An organisation keeps an admin whose role has no end.",
            "",
            f"The roles {', '.join(role for role in Role if role in BY_DEPARTMENT)} may be granted for units of the",
            "organisation alone. A resource belongs to the unit that its offer names, with its offers, bookings and",
            "closed periods; a request to the unit of who filed it. What belongs to no unit, and every site, is the",
            "whole organisation's: only a role for all of it reaches that. A `hub_host` is host of all sites of its",
            "organisation, or of some by name, which may be other organisations' where a coordinator of both says so.",
            "",
            "| permission | what for | roles | where |",
            "|---|---|---|---|",
            *permissions,
            "",
            "## What is private",
            "",
            "| field | what it is | who reads it: those with one of |",
            "|---|---|---|",
            *private,
            "",
            "## What each address needs",
            "",
            "One of the permissions named, where what the address names is. What is marked as confirmed asks a person",
            "for a [fresh confirmation](sign-in.md#confirming-with-a-passkey), and is refused to programs with 403",
            "`step_up`, as `PLATSVERKET_STEP_UP_REQUIRED` says.",
            "",
            "| address | permissions | confirmed |",
            "|---|---|---|",
            *addresses,
            "",
        ]
    )


def _meaning(handler: object) -> str:
    """Return the first line that a handler says of itself; Litestar wraps those that run in a thread, once an app."""
    while hasattr(handler, "func"):
        handler = handler.func
    return (handler.__doc__ or "").strip().splitlines()[0]


PAGES_OF_REFERENCE = {
    "settings.md": settings_page,
    "cli.md": cli_page,
    "api.md": api_page,
    "pages.md": pages_page,
    "roles.md": roles_page,
    "processing.md": register_page,
    "metrics.md": metrics_page,
}


def main() -> int:
    """Write every page."""
    for name, page in PAGES_OF_REFERENCE.items():
        (DOCS / name).write_text(page(), encoding="utf-8")
        print(f"wrote docs/{name}")
    return 0


if __name__ == "__main__":
    os.environ["PLATSVERKET_ENVIRONMENT"] = "development"  # the application does not start with less settings
    sys.exit(main())
