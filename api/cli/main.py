"""`platsverket`: every command, and what its exit codes mean.

0 done · 1 failed · 2 the input is wrong · 3 in conflict with what is there · 4 a service does not answer · 130 stopped
"""

import gc
import sys
from typing import Annotated

import typer
from rich.console import Console

from api.cli import supervisor
from api.cli.commands import Commands
from core.errors import BadInput, Conflict, PlatsverketError, StorageFull, Unavailable
from core.version import __version__
from matching.problem.errors import MatchingError

COLLECTED_AFTER = (50_000, 10, 10)
"""Garbage is looked for after so many objects: what is loaded is none, and a start loads half a million."""

app = typer.Typer(
    name="platsverket",
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _say_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"platsverket {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_say_version, is_eager=True, help="Say the version.")
    ] = False,
) -> None:
    """Public bodies share rooms, things and working time. Settings: environment variables, see docs/settings.md."""


def exit_code(error: Exception) -> int:
    """Return the exit code for an error that was raised on purpose."""
    match error:
        case BadInput() | MatchingError():
            return 2
        case Conflict():
            return 3
        case Unavailable() | StorageFull():
            return 4
    return 1


def run() -> None:
    """Run the command line; say what went wrong in one line, without a traceback."""
    gc.set_threshold(*COLLECTED_AFTER)
    supervisor.stop_with_parent()
    try:
        app()
    except (PlatsverketError, MatchingError) as error:
        Console(stderr=True, highlight=False, markup=False, soft_wrap=True).print(f"platsverket: {error}")
        sys.exit(exit_code(error))
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    run()
