"""Results as Markdown, put into their place in docs/benchmarks.md."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.experiments import growth, scaling, table
from benchmarks.harness.reports import Row, percent, seconds

BEGIN = "<!-- results: written by `platsverket bench document`, not by hand -->"
END = "<!-- end of results -->"


def fill(page: Path, documents: list[dict[str, Any]]) -> None:
    """Replace what stands between the marks with the results.

    Raises
    ------
    ValueError
        The page has no marks.
    """
    text = page.read_text(encoding="utf-8")
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{page} has no place for results: {BEGIN} … {END}")
    parts = [(name, [each for each in documents if each["benchmark"] == name]) for name in PARTS]
    results = "\n\n".join("\n".join(_section(name, several)) for name, several in parts if several)
    page.write_text(f"{before}{BEGIN}\n\n{results}\n\n{END}{after}", encoding="utf-8")


def _section(name: str, documents: list[dict[str, Any]]) -> Iterator[str]:
    title, part = PARTS[name]
    yield f"### {title}"
    for document in documents:
        yield ""
        yield from _lines(document, part)


def _lines(document: dict[str, Any], part: Callable[[list[Row]], Iterator[str]]) -> Iterator[str]:
    machine, versions = document["machine"], document["versions"]
    yield (
        f"`{document['command']}`, {document['date'][:10]}: {machine['processor']}, {machine['cores']} cores, "
        f"{machine['memory_gib']} GiB; "
        + ", ".join(f"{name} {version}" for name, version in versions.items() if version)
    )
    yield ""
    yield from part(document["rows"])


def _markdown(columns: tuple[str, ...], lines: list[list[str]]) -> Iterator[str]:
    yield f"| {' | '.join(columns)} |"
    yield f"|{'---|' * len(columns)}"
    for line in lines:
        yield f"| {' | '.join(line)} |"


def _table(rows: list[Row]) -> Iterator[str]:
    for market in dict.fromkeys((row["needs"], row["kind"]) for row in rows):
        of_market = [row for row in rows if (row["needs"], row["kind"]) == market]
        yield f"{market[0]:,} needs, {market[1]}:"
        yield ""
        yield from _markdown(table.COLUMNS, [table.cells(row) for row in of_market])
        yield ""


def _growth(rows: list[Row]) -> Iterator[str]:
    columns = ("needs", "% of its bound", "to 97 %", "to 98 %", "MiB")
    lines = [
        [
            f"{row['needs']:,}",
            percent(row["value"], row["best_bound"]),
            *(seconds(table.time_to(row, share)) for share in (0.97, 0.98)),
            str(row["peak_mib"]),
        ]
        for row in rows
    ]
    yield from _markdown(columns, lines)
    slope = growth.exponent(rows, 0.98)
    if slope is not None:
        yield ""
        yield f"Time to 98 % of the bound grows with the needs to the power of {slope:.2f}."


def _bounds(rows: list[Row]) -> Iterator[str]:
    columns = ("needs", "PDLP s", "PDLP MiB", "platsverket s", "platsverket MiB")
    lines = [
        [
            f"{row['needs']:,}",
            seconds(row["pdlp"]["seconds"]) if row["pdlp"]["bound"] else "not done",
            str(row["pdlp"]["peak_mib"]),
            seconds(row["reached_s"]),
            str(row["platsverket"]["peak_mib"]),
        ]
        for row in rows
    ]
    yield from _markdown(columns, lines)


def _latency(rows: list[Row]) -> Iterator[str]:
    lines = []
    for row in rows:
        times = np.array([answer["ms"] for answer in row["answers"]])
        compared = [answer for answer in row["answers"] if answer["rerun_gain"] is not None]
        possible = sum(answer["rerun_gain"] for answer in compared)
        share = percent(sum(answer["gain"] for answer in compared), possible) if possible else "–"
        dropped = sum(answer["dropped"] for answer in row["answers"])
        figures = [f"{figure:.1f}" for figure in np.percentile(times, [50, 95])]
        lines.append([f"{row['needs']:,}", str(len(times)), *figures, str(dropped), share])
    columns = ("needs", "new needs", "median ms", "95 % ms", "dropped", "% of a re-run's gain")
    yield from _markdown(columns, lines)


def _workers(rows: list[Row]) -> Iterator[str]:
    yield from _markdown(scaling.COLUMNS, scaling.lines(rows))


def _assigned(rows: list[Row]) -> Iterator[str]:
    lines = [
        [
            row["instance"],
            *(_figure(row[name]) for name in ("found", "best", "bound", "known_bound", "unserved")),
            "–" if row["gap"] is None else f"{100 * row['gap']:.3f}",
            seconds(row["seconds"]),
        ]
        for row in rows
    ]
    columns = ("instance", "found", "best known", "own bound", "known bound", "not assigned", "gap %", "seconds")
    yield from _markdown(columns, lines)


def _packed(rows: list[Row]) -> Iterator[str]:
    lines = [
        [row["instance"], str(row["jobs"]), _figure(row["servers"]), str(row["fewest"]), seconds(row["seconds"])]
        for row in rows
    ]
    yield from _markdown(("instance", "jobs", "servers", "no fewer than", "seconds"), lines)


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.0f}"


PARTS: dict[str, tuple[str, Callable[[list[Row]], Iterator[str]]]] = {
    "table": ("Side by side", _table),
    "bounds": ("Seconds to a bound", _bounds),
    "growth": ("Growth", _growth),
    "latency": ("One new need", _latency),
    "workers": ("Two workers against one", _workers),
    "instances-or-library": ("OR-Library", _assigned),
    "instances-yagiura": ("Yagiura's instances", _assigned),
    "instances-packing": ("Temporal bin packing", _packed),
}
