"""The database: engine, unit of work, and what its errors mean. The only place that commits."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import msgspec
import structlog
from psycopg import _queries
from psycopg import errors as pg
from sqlalchemy import ColumnElement, Engine, ExceptionContext, Select, create_engine, event
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlmodel import Session

from core.database.postgres.cursor import LaconicCursor
from core.errors import BadInput, CapacityExceeded, Conflict, StorageFull, Unavailable
from core.settings import settings
from core.swedish import composed

log = structlog.get_logger()

# Psycopg looks for the parameters of a statement of over 4,096 letters, or with over 50 of them, each time that it is
# sent. Ours are made once, and the longest, of lists, are sent the most. It keeps 128.
_queries.MAX_CACHED_STATEMENT_LENGTH, _queries.MAX_CACHED_STATEMENT_PARAMS = 32_768, 500

_AFTER_COMMIT = "after_commit"
_OVERFLOW = 5
# A plan for each statement's values: one that is to do for any takes twice as long where there are thousands of keys.
# And by indexes rather than through all of a table: either is in memory, or on a disk that need not turn.
_OPTIONS = ("timezone=UTC", "lock_timeout=15s", "plan_cache_mode=force_custom_plan", "random_page_cost=1.1")
CONNECT = {
    "connect_timeout": 3,
    "options": " ".join(f"-c {each}" for each in _OPTIONS),
    "cursor_factory": LaconicCursor,
}


def sqlalchemy_url(url: str) -> str:
    """Return a PostgreSQL URL that names the driver we use."""
    return re.sub(r"^postgres(ql)?(\+\w+)?://", "postgresql+psycopg://", url)


@cache
def engine() -> Engine:
    """Return this process's engine for the configured database."""
    url = settings().database_url
    if url is None:
        raise Unavailable(
            "No database is running. Start everything with `platsverket up`, or set PLATSVERKET_DATABASE_URL."
        )
    made = create_engine(
        sqlalchemy_url(url),
        pool_size=settings().database_pool_size,
        max_overflow=_OVERFLOW,
        pool_timeout=5,
        pool_pre_ping=True,  # a database that was away is found again without a restart
        connect_args=CONNECT,
        json_deserializer=msgspec.json.decode,  # a country's requirements and facts are tens of thousands of objects
        json_serializer=_composed_json,
        hide_parameters=True,
    )
    event.listen(made, "before_cursor_execute", _with_composed_letters, retval=True)
    event.listen(made, "handle_error", _without_values)
    return made


def _without_values(context: ExceptionContext) -> None:
    """Take names, addresses and all else that stood in a row or a value out of an error's text: texts get into logs.

    What went wrong stays, and `diag` has it all for `meaning_of`.
    """
    cause = context.original_exception
    if isinstance(cause, pg.Error) and cause.sqlstate:
        is_about_a_value = cause.sqlstate.startswith("22")
        kind = type(cause).__name__
        said = kind if is_about_a_value else (cause.diag.message_primary or kind)
        cause.args = (said,)
        if context.sqlalchemy_exception is not None:
            context.sqlalchemy_exception.args = (f"({kind}, {cause.sqlstate}) {said}",)


def _with_composed_letters(
    _connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool
) -> tuple[str, Any]:
    """Give the database each letter as one character, whichever door it came by, to keep and to compare with."""
    if isinstance(parameters, dict):
        return statement, _composed(parameters)
    return statement, [_composed(each) if isinstance(each, dict) else each for each in parameters]


def _composed(parameters: dict[str, Any]) -> dict[str, Any]:
    return {name: composed(value) if isinstance(value, str) else value for name, value in parameters.items()}


def _composed_json(value: Any) -> bytes:
    """Return a value as JSON, each letter as one character in its texts too."""
    encoded = msgspec.json.encode(value)
    if encoded.isascii() or unicodedata.is_normalized("NFC", encoded.decode()):
        return encoded
    return msgspec.json.encode(_composed_within(msgspec.json.decode(encoded)))


def _composed_within(value: Any) -> Any:
    match value:
        case str():
            return composed(value)
        case list():
            return [_composed_within(each) for each in value]
        case dict():
            return {composed(name): _composed_within(each) for name, each in value.items()}
    return value


class WorkSession(Session):
    """SQLModel's session, which asks for columns without the machinery for objects: it takes as long as the sending."""

    def execute(self, statement: Any, params: Any = None, **named: Any) -> Any:
        """Ask something; what has been changed so far is written first, but where `no_autoflush` keeps it back."""
        if named or not _is_of_columns(statement):
            return super().execute(statement, params, **named)
        if self.autoflush:
            self.flush()
        return self.connection().execute(statement, params)


def _is_of_columns(statement: Any) -> bool:
    """Tell whether a statement asks for columns alone: a class of rows stands in it as its table."""
    if not isinstance(statement, Select) or statement._with_options:  # noqa: SLF001 (nothing else says so cheaply)
        return False
    return all(isinstance(each, ColumnElement) for each in statement._raw_columns)  # noqa: SLF001


def greatest_connections() -> int:
    """Return how many connections this process may have open at once."""
    return settings().database_pool_size + _OVERFLOW


@contextmanager
def unit_of_work() -> Iterator[Session]:
    """Give a session; commit when the block ends well, roll back when it does not, then send the jobs off.

    Raises
    ------
    Unavailable, StorageFull, CapacityExceeded, Conflict
        What the database's refusal means.
    """
    with translated(), WorkSession(engine(), expire_on_commit=False) as session:
        yield session
        session.commit()
        for send in session.info.pop(_AFTER_COMMIT, []):
            send()


def after_commit(session: Session, send: Callable[[], object]) -> None:
    """Do this once the session's transaction has been committed, and never otherwise."""
    session.info.setdefault(_AFTER_COMMIT, []).append(send)


@event.listens_for(Session, "after_rollback")
def _forget_jobs(session: Any) -> None:
    session.info.pop(_AFTER_COMMIT, None)


@contextmanager
def translated() -> Iterator[None]:
    """Turn the database driver's errors inside the block into ours; others pass unchanged."""
    try:
        yield
    except DBAPIError as error:
        raise meaning_of(error) from error
    except PoolTimeout as error:
        raise Unavailable("The database has no free connection.") from error


def meaning_of(error: DBAPIError) -> Exception:
    """Return our error for one from the driver, or the same error where it has no meaning to a user."""
    cause = error.orig
    match cause:
        case pg.ExclusionViolation() if (cause.diag.table_name or "") == "claim" or "claim" in str(cause):
            return CapacityExceeded(_capacity_message(cause), {"database": cause.diag.message_detail or ""})
        case pg.CheckViolation() if cause.diag.constraint_name == "ck_claim_within_capacity":
            return CapacityExceeded("The claim is larger than the unit's capacity.")
        case pg.DiskFull():
            return StorageFull(
                "The disk under the database is full. Nothing was written. Free some space and try again."
            )
        case pg.DeadlockDetected() | pg.SerializationFailure() | pg.LockNotAvailable():
            return Conflict("busy", "Somebody else is changing the same things. Nothing was written. Try again.")
        case pg.UniqueViolation():
            return Conflict("already_exists", f"There is already one with {_key_taken(cause)}.")
        case pg.ProgramLimitExceeded() | pg.DataError():  # should a rule have let through what no row can hold
            log.warning("value_refused_by_database", error=cause)
            return BadInput("", None, "something in it is too large, or has a character that cannot be kept")
    if isinstance(error, OperationalError) or error.connection_invalidated:
        log.warning("database_unavailable", error=cause)
        return Unavailable("The database does not answer. Nothing was written. Try again in a moment.")
    return error


def _key_taken(cause: pg.Error) -> str:
    """Return the last value of a key that is taken: those before it say whose it is."""
    found = re.fullmatch(r"Key \((.*)\)=\((.*)\) already exists\.", cause.diag.message_detail or "", re.DOTALL)
    return found[2].split(", ", found[1].count(", "))[-1] if found else "the same key"


def _capacity_message(cause: pg.Error) -> str:
    if cause.diag.constraint_name == "ex_claim_exclusive":
        return "The unit is already taken in that period."
    return cause.diag.message_primary or "The unit has no capacity left in that period."
