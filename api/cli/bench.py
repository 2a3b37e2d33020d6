"""`bench`: the measurements of the folder `benchmarks`, which comes with the source and is not installed."""

import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import typer

import api

SOURCE = Path(api.__file__).parent.parent


def bench_app() -> typer.Typer:
    """The commands of `benchmarks`, or one that says what is missing."""
    if (SOURCE / "benchmarks").is_dir() and str(SOURCE) not in sys.path:
        sys.path.append(str(SOURCE))
    if find_spec("benchmarks") is None:
        return _only("The benchmarks come with the source of platsverket, not with the installed package.")
    try:
        found = import_module("benchmarks.cli").app
    except ModuleNotFoundError as missing:
        return _only(f"The benchmarks need the package {missing.name}; `make bench` installs what they need.")
    assert isinstance(found, typer.Typer)
    return found


def _only(message: str) -> typer.Typer:
    """A command that takes anything, says the message and fails."""
    only = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)

    @only.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
    def bench() -> None:
        """Measure the optimiser (with the source of platsverket only)."""
        typer.echo(message, err=True)
        raise typer.Exit(1)

    return only


app = bench_app()
