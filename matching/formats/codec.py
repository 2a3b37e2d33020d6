"""Problems and plans as JSON and back, strictly: what is not understood is refused, naming the place."""

from collections.abc import Iterator
from pathlib import Path

from matching.arrays.arrays import Arrays
from matching.formats.read_arrays import arrays_from_file, arrays_from_json
from matching.formats.read_json import parsed, read_plan, read_problem
from matching.formats.write_json import write_arrays, write_plan, write_problem
from matching.problem.errors import PlanError, ProblemError
from matching.problem.plan import Plan
from matching.problem.problem import Problem

__all__ = [
    "arrays_from_file",
    "arrays_from_json",
    "arrays_to_file",
    "arrays_to_json",
    "plan_from_json",
    "plan_to_json",
    "problem_from_json",
    "problem_to_json",
]


def problem_from_json(data: bytes | str) -> Problem:
    """The problem that the JSON says.

    Raises
    ------
    ProblemError
        It says none; the error names the place.
    """
    return read_problem(parsed(data))


def plan_from_json(data: bytes | str) -> Plan:
    """The plan that the JSON says.

    Raises
    ------
    PlanError
        It says none; the error names the place.
    """
    try:
        return read_plan(parsed(data))
    except ProblemError as error:
        raise PlanError(error.where, error.message) from error


def problem_to_json(problem: Problem) -> bytes:
    """The problem as UTF-8 JSON; reading it again gives an equal problem."""
    return write_problem(problem)


def plan_to_json(plan: Plan) -> bytes:
    """The plan as UTF-8 JSON; reading it again gives an equal plan."""
    return write_plan(plan)


def arrays_to_json(arrays: Arrays) -> Iterator[bytes]:
    """The problem as UTF-8 JSON, in parts to be put together; reading it again gives equal arrays."""
    return write_arrays(arrays)


def arrays_to_file(arrays: Arrays, path: Path) -> None:
    """Write the problem as UTF-8 JSON, a part at a time; reading it again gives equal arrays."""
    with path.open("wb") as file:
        file.writelines(arrays_to_json(arrays))
