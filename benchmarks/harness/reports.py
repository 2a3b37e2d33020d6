"""Results as tables on the screen and as JSON in a folder."""

import json
import math
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.harness.setting import setting

Row = dict[str, Any]

console = Console(width=None if sys.stdout.isatty() else 140)


def show(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table, the first column to the left and figures to the right."""
    table = Table(title=title, title_justify="left")
    for number, column in enumerate(columns):
        table.add_column(column, justify="right" if number else "left")
    for row in rows:
        table.add_row(*row)
    console.print(table)


def write(folder: Path, name: str, rows: Sequence[Row], **more: Any) -> Path:
    """Write the results with where, when and by what command they were measured; the file's path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}-{datetime.now(UTC):%Y%m%dT%H%M%S}.json"
    document = {"benchmark": name, "command": _command(), **setting(), **more, "rows": list(rows)}
    path.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    console.print(f"Written to {path}")
    return path


def read(folder: Path) -> list[dict[str, Any]]:
    """The results in the folder, the latest of each command, those of a benchmark together."""
    documents = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))]
    latest = {(document["benchmark"], document["command"]): document for document in documents}
    return [latest[key] for key in sorted(latest)]


def percent(part: float, whole: float | None) -> str:
    """A share with two decimals, or a dash."""
    return "–" if not whole or not math.isfinite(whole) else f"{100 * part / whole:.2f}"


def seconds(duration: float | None) -> str:
    """With a precision that fits."""
    if duration is None:
        return "–"
    return f"{duration:.3f}" if duration < 1 else f"{duration:.1f}"


def _command() -> str:
    """As it was given, without the folder that the program lies in."""
    return " ".join([Path(sys.argv[0]).name, *sys.argv[1:]])
