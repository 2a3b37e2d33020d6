"""How errors are logged: where they happened and of what kind they are, without the values that they quote.

A name or an address gets into an error's text easily: `KeyError('Anna')`. What stands in quotation marks, addresses and
long numbers are left out, and all that our own errors say, which is written for whoever asked and quotes them.
"""

import re
import traceback
from collections.abc import Iterator
from types import TracebackType

from psycopg import Error as PostgresError
from sqlalchemy.exc import SQLAlchemyError

from core.errors import PlatsverketError

ABOUT_CODE = (TypeError, AttributeError, NameError, ImportError, RecursionError, MemoryError, ArithmeticError)
"""Their texts are about the code, not about what it was given."""
WITHOUT_VALUES = (SQLAlchemyError, PostgresError)
"""From their texts `core.database.db` has taken the values already."""
LEFT_OUT = "…"
_VALUES = re.compile(
    r"""(?P<quote>['"`“”«»])(?:\\.|(?!(?P=quote)).)*(?:(?P=quote)|$)|\S*@\S*|\+?\d[\d \-]{4,}\d""", re.MULTILINE
)
_MOST_LETTERS = 500

Raised = tuple[type[BaseException], BaseException, TracebackType | None]


def described(error: BaseException) -> str:
    """Return in a line of what kind an error is, and what it says without values."""
    kind = type(error).__qualname__
    if isinstance(error, PlatsverketError):
        code = getattr(error, "code", "")
        return f"{kind}: {code}" if code else kind
    said = str(error)
    if not isinstance(error, (*ABOUT_CODE, *WITHOUT_VALUES)):
        said = _VALUES.sub(LEFT_OUT, said)
    return f"{kind}: {said[:_MOST_LETTERS]}" if said else kind


def formatted(error: BaseException) -> str:
    """Return an error with where it happened, and those that led to it."""
    return "\n".join(_lines(error, set())).rstrip()


def _lines(error: BaseException, seen: set[int]) -> Iterator[str]:
    seen.add(id(error))
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None and id(before) not in seen:
        yield from _lines(before, seen)
        yield "\nwhich led to:\n"
    yield "Traceback (most recent call last):"
    yield "".join(traceback.format_tb(error.__traceback__)).rstrip("\n")
    yield described(error)
    for number, inner in enumerate(error.exceptions if isinstance(error, BaseExceptionGroup) else (), 1):
        if id(inner) not in seen:
            yield f"\nin it, {number}:\n"
            yield from _lines(inner, seen)
