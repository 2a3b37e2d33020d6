"""Progress displays in the terminal, on standard error and only where a person looks at it."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from matching.solve import Progress as Solving

FIGURES = ("value", "bound", "served", "seconds", "blocks")


@contextmanager
def display() -> Iterator[Progress]:
    """Give a display that vanishes when the work is done."""
    with Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[state]}"),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    ) as progress:
        yield progress


@contextmanager
def solver_progress(time_limit_s: float | None) -> Iterator[Callable[[Solving], None]]:
    """Give what the solver calls with its progress: the bar is the time, the text is value and bound."""
    with display() as progress:
        task = progress.add_task("solving", total=time_limit_s, state="")

        def show(now: Solving) -> None:
            progress.update(task, completed=now.seconds, state=_state(now))

        yield show


def _state(now: Solving) -> str:
    return f"value {now.value}  bound {now.bound}  gap {100 * now.gap:.2f} %  served {now.served}  blocks {now.blocks}"


@contextmanager
def run_progress() -> Iterator[Callable[[Mapping[str, Any]], None]]:
    """Give what a run is followed with: the text is its step, and as soon as there is a plan how good that is."""
    with display() as progress:
        task = progress.add_task("building", total=None, state="")

        def show(now: Mapping[str, Any]) -> None:
            found = Solving(*(now[name] for name in FIGURES)) if "value" in now else None
            progress.update(task, description=now["step"], state=_state(found) if found else "")

        yield show
