"""What a single field may hold: whole numbers in range, names, and names that differ."""

from collections.abc import Iterable

from matching.problem.errors import ProblemError

LARGEST = 2**31
"""Largest size of a capacity, an amount, a value or a score."""
LARGEST_EXACT = 2**53
"""Largest size of a minute and of a whole plan's worth: whole numbers up to it survive JSON and floats unchanged."""


def check_whole(where: str, number: object, at_least: int, at_most: int) -> None:
    """Refuse anything but an int (a bool is not one) between the two, both included."""
    if type(number) is not int:
        raise ProblemError(where, f"{number!r} is not a whole number")
    if not at_least <= number <= at_most:
        raise ProblemError(where, f"{number} is not between {at_least} and {at_most}")


def check_number(where: str, number: object, at_least: float, at_most: float) -> None:
    """Refuse anything but an int or float (a bool is neither) between the two, both included."""
    if isinstance(number, bool) or not isinstance(number, int | float) or not at_least <= number <= at_most:
        raise ProblemError(where, f"{number!r} is not a number between {at_least} and {at_most}")


def check_name(where: str, name: object) -> None:
    """Refuse anything but a text of at least one printable character."""
    if not isinstance(name, str) or not name or not name.isprintable():
        raise ProblemError(where, f"{name!r} is not a name; a name is a text of at least one printable character")


def check_different(where: str, names: Iterable[object], what: str) -> None:
    """Refuse the same thing twice; `where` is the list that holds them."""
    seen = set()
    for position, name in enumerate(names):
        if name in seen:
            raise ProblemError(f"{where}[{position}]", f"{what} {name!r} is given twice")
        seen.add(name)
