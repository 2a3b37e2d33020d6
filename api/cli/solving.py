"""`solve` and `check`: the optimiser on files alone, without a database."""

import os
import tempfile
import time
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from api.cli.progress import solver_progress, stoppable
from core.errors import BadInput, StorageFull
from matching import solve as solver
from matching.arrays.arrays import Arrays
from matching.arrays.conversion import relevant
from matching.formats import codec
from matching.params.solve import SolveParams
from matching.problem import checker
from matching.problem.errors import MatchingError

ProblemFile = Annotated[Path, typer.Argument(help="A problem, see docs/matching-format.md.", show_default=False)]

SHORTEST_S = 0.001
"""What is left of a time limit that reading has used up: enough for a plan of what is fixed, and its bound."""


def solve(
    problem_file: ProblemFile,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Where the plan goes. Left out: standard output.")
    ] = None,
    time_limit: Annotated[
        float | None,
        typer.Option(min=0, help="Seconds, reading included. Left out: until proven best or the last round."),
    ] = None,
    gap: Annotated[
        float,
        typer.Option(min=0, max=0.99, help="Stop when so small a share of the bound is left to gain: 0.01 is 1 %."),
    ] = 0.0,
    blocks: Annotated[
        int | None,
        typer.Option(min=0, help="Stop after so many blocks; with one worker that gives the same plan again."),
    ] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="Left out: the problem's own.")] = None,
    workers: Annotated[
        int, typer.Option(min=1, help="Processes that solve blocks; with one the same input takes the same steps.")
    ] = 1,
) -> None:
    """Solve a matching problem and write the plan; after Ctrl-C the best one found so far."""
    started = time.monotonic()
    problem = _read_arrays(problem_file)
    if output is not None:
        _check_folder(output)
    left = None if time_limit is None else max(SHORTEST_S, time_limit - (time.monotonic() - started))
    with solver_progress(time_limit) as progress, stoppable() as asked_to_stop:
        params = SolveParams(time_limit_s=left, gap=gap, blocks=blocks, seed=seed, workers=workers)
        plan = solver.solve(problem, params, progress=progress, should_stop=asked_to_stop).plan
    document = codec.plan_to_json(plan)
    if output is None:
        typer.echo(document.decode())
    else:
        _write_whole(output, document)
    served = len(checker.served(relevant(problem, plan), plan.matches))
    Console(stderr=True, highlight=False).print(
        f"{plan.status}: objective {plan.objective}, bound {plan.bound}, "
        f"{served} of {len(problem.need_ids)} needs served, {plan.runtime_s:.1f} s"
    )


def check(
    problem_file: ProblemFile,
    plan_file: Annotated[Path, typer.Argument(help="The plan to check against it.", show_default=False)],
) -> None:
    """Check a plan: feasible, objective as stated, bound not below it. Exit 1 where it is not right."""
    arrays = _read_arrays(problem_file)
    try:
        plan = codec.plan_from_json(_read(plan_file))
    except MatchingError as error:
        raise BadInput(str(plan_file), None, str(error)) from error
    violations = checker.check(relevant(arrays, plan), plan)
    for violation in violations:
        typer.echo(str(violation))
    if violations:
        raise typer.Exit(1)
    typer.echo(f"right: objective {plan.objective}, bound {plan.bound}, {len(plan.matches)} matches")


def _read_arrays(path: Path) -> Arrays:
    try:
        return codec.arrays_from_file(path)
    except MatchingError as error:
        raise BadInput(str(path), None, str(error)) from error
    except OSError as error:
        raise _unreadable(path, error) from error


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: OSError) -> BadInput:
    return BadInput(str(path), None, f"cannot be read: {error.strerror}")


def _check_folder(path: Path) -> None:
    """Say before a long search, not after it, that its answer could not be written."""
    if not path.parent.is_dir():
        raise BadInput(str(path), None, f"the folder {path.parent} does not exist")
    if not os.access(path.parent, os.W_OK):
        raise BadInput(str(path), None, f"the folder {path.parent} may not be written to")


def _write_whole(path: Path, document: bytes) -> None:
    """Write a file whole or not at all."""
    try:
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=path.name, delete=False) as file:
            file.write(document)
        Path(file.name).replace(path)
    except OSError as error:
        Path(file.name).unlink(missing_ok=True)
        raise StorageFull(f"The plan could not be written to {path}: {error.strerror}.") from error
