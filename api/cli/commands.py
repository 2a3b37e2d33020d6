"""Which command lies where, imported only when it is called: `solve` loads no web server, `serve --help` no solver."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any, ClassVar

import typer
from typer.core import TyperGroup

HERE = "api.cli"


class Commands(TyperGroup):
    """A group whose commands are functions or Typer applications named by module and name."""

    places: ClassVar[Mapping[str, tuple[str, str]]] = {
        "up": ("up", "up"),
        "match": ("matching", "match"),
        "replay": ("matching", "replay"),
        "solve": ("solving", "solve"),
        "check": ("solving", "check"),
        "bench": ("bench", "app"),
        "import": ("files", "import_file"),
        "export": ("export", "export"),
        "demo": ("files", "demo"),
        "serve": ("doors.web", "serve"),
        "worker": ("processes", "worker"),
        "scheduler": ("processes", "scheduler"),
        "mail-in": ("doors.mail_in", "mail_in"),
        "sample-provider": ("sample_provider", "sample_provider"),
        "db": ("database", "app"),
        "user": ("users", "app"),
        "organisation": ("records.organisations", "app"),
        "skills": ("records.skills", "app"),
        "audit": ("records.audit", "app"),
        "retention": ("records.retention", "app"),
        "person": ("records.person", "app"),
    }

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 (Typer's signature)
        """Return the names in the order in which help shows them."""
        return list(self.places)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002 (as above)
        """Import and return a command; nothing if there is none."""
        if cmd_name not in self.places:
            return None
        module, name = self.places[cmd_name]
        return _as_command(getattr(import_module(f"{HERE}.{module}"), name), cmd_name)


def _as_command(found: Any, name: str) -> Any:
    app = found
    if not isinstance(found, typer.Typer):
        app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
        app.command(name)(found)
    command = typer.main.get_command(app)
    command.name = name
    return command
