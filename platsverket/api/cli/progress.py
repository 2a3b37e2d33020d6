"""Progress displays in the terminal, on standard error and only where a person looks at it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from platsverket.matching.solve import Progress as Solving


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
            progress.update(
                task, completed=now.seconds, state=f"value {now.value}  bound {now.bound}  served {now.served}"
            )

        yield show
