"""`solve` and `check`: the optimiser on files alone, without a database."""

import os
import tempfile
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from platsverket.api.cli.progress import solver_progress
from platsverket.core.errors import BadInput, StorageFull
from platsverket.matching import checker, codec
from platsverket.matching import solve as solver
from platsverket.matching.arrays import Arrays
from platsverket.matching.conversion import relevant
from platsverket.matching.errors import MatchingError
from platsverket.matching.problem import Problem

ProblemFile = Annotated[Path, typer.Argument(help="A problem, see docs/matching-format.md.", show_default=False)]


def solve(
    problem_file: ProblemFile,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Where the plan goes. Left out: standard output.")
    ] = None,
    time_limit: Annotated[float | None, typer.Option(min=0, help="Seconds. Left out: until proven optimal.")] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="Left out: the problem's own.")] = None,
    workers: Annotated[
        int, typer.Option(min=1, help="Search threads; with one, the same input gives the same plan.")
    ] = 1,
) -> None:
    """Solve a matching problem and write the plan."""
    problem = _read_problem(problem_file)
    if output is not None:
        _check_folder(output)
    with solver_progress(time_limit) as progress:
        plan = solver.solve(problem, time_limit_s=time_limit, seed=seed, workers=workers, progress=progress)
    document = codec.plan_to_json(plan)
    if output is None:
        typer.echo(document.decode())
    else:
        _write_whole(output, document)
    served = len(checker.served(problem, plan.matches))
    Console(stderr=True, highlight=False).print(
        f"{plan.status}: objective {plan.objective}, bound {plan.bound}, "
        f"{served} of {len(problem.needs)} needs served, {plan.runtime_s:.1f} s"
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


def _read_problem(path: Path) -> Problem:
    try:
        return codec.problem_from_json(_read(path))
    except MatchingError as error:
        raise BadInput(str(path), None, str(error)) from error


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
