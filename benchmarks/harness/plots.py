"""Pictures of results, drawn from their JSON: value against time, time against size."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import matplotlib as mpl

from benchmarks.contestants.contestants import CONTESTANTS
from benchmarks.experiments.table import time_to
from benchmarks.harness.reports import Row, console

mpl.use("Agg")
from matplotlib import pyplot as plt


def draw(documents: Iterable[dict[str, Any]], folder: Path) -> list[Path]:
    """The pictures of all results that have any, as SVG and PNG; their files."""
    written = []
    for document in documents:
        if document["benchmark"] == "table":
            for market in dict.fromkeys((row["needs"], row["kind"]) for row in document["rows"]):
                rows = [row for row in document["rows"] if (row["needs"], row["kind"]) == market]
                written += _save(_value_against_time(rows, *market), folder, f"value-{market[0]}-{market[1]}")
        if document["benchmark"] == "growth":
            written += _save(_time_against_size(document["rows"]), folder, "growth")
    for path in written:
        console.print(f"Drawn in {path}")
    return written


def _value_against_time(rows: list[Row], needs: int, kind: str) -> Any:
    figure, axes = plt.subplots(figsize=(8, 4.5), layout="constrained")
    for row in rows:
        if "failed" in row or not row["best_bound"]:
            continue
        title = CONTESTANTS[row["contestant"]].title
        points = [(moment, value) for moment, value, _ in row["progress"]] + [(row["seconds"], row["value"])]
        times = [max(moment, 0.01) for moment, _ in points]
        shares = [100 * value / row["best_bound"] for _, value in points]
        axes.step(times, shares, where="post", marker="o", markersize=3, label=title)
    axes.set(xscale="log", xlabel="seconds", ylabel="% of the best bound", title=f"{needs} needs, {kind}")
    axes.set_ylim(80, 100.2)
    axes.grid(visible=True, alpha=0.3)
    axes.legend(loc="lower right", fontsize="small")
    return figure


def _time_against_size(rows: list[Row]) -> Any:
    figure, axes = plt.subplots(figsize=(8, 4.5), layout="constrained")
    for share in (0.97, 0.98, 0.99):
        reached = [(row["needs"], time_to(row, share)) for row in rows]
        points = [(needs, moment) for needs, moment in reached if moment]
        if points:
            axes.plot(*zip(*points, strict=True), marker="o", label=f"{100 * share:.0f} % of the bound")
    axes.set(xscale="log", yscale="log", xlabel="needs", ylabel="seconds", title="Time against size")
    axes.grid(visible=True, which="both", alpha=0.3)
    axes.legend()
    return figure


def _save(figure: Any, folder: Path, name: str) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    files = [folder / f"{name}.{suffix}" for suffix in ("svg", "png")]
    for file in files:
        figure.savefig(file, dpi=150)
    plt.close(figure)
    return files
