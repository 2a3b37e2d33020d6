"""Columns that many tables share, and how values are stored in and looked for in columns."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Any, Generic, TypeVar, cast
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    BindParameter,
    Column,
    ColumnElement,
    Computed,
    DateTime,
    Enum,
    Identity,
    MetaData,
    String,
    TypeDecorator,
    Uuid,
    and_,
    any_,
    bindparam,
    false,
    func,
    literal,
    not_,
    select,
    true,
)
from sqlalchemy import cast as sql_cast
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.types import NullType
from sqlmodel import Field, SQLModel
from uuid_utils.compat import uuid7

from core.actor import Actor, Permission
from core.time import clock

# Named by rule, so that a migration can name what it changes on every installation.
SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
metadata: MetaData = SQLModel.metadata

Instant = DateTime(timezone=True)
T = TypeVar("T")
Rows = TypeVar("Rows", bound=SQLModel)


def stored_by_value(enum: type[StrEnum]) -> Enum:
    """Return the column type that stores an enum's values (not names) as text with a CHECK."""
    return Enum(
        enum,
        native_enum=False,
        length=40,
        create_constraint=True,
        name=_snake(enum.__name__),
        values_callable=lambda members: [member.value for member in members],
    )


class StoredAsJson(TypeDecorator[T], Generic[T]):
    """The column type of values that stand in a row as JSON, whose keys only `read` and `write` know."""

    impl = JSONB
    cache_ok = True

    def __init__(self, read: Callable[[Mapping[str, Any]], T], write: Callable[[T], dict[str, Any]]) -> None:
        super().__init__()
        self.read = read
        self.write = write

    def process_bind_param(self, value: T | None, _dialect: Any) -> dict[str, Any] | None:
        """Return what is stored."""
        return None if value is None else self.write(value)

    def process_result_value(self, value: dict[str, Any] | None, _dialect: Any) -> T | None:
        """Return what was stored."""
        return None if value is None else self.read(value)


def quiet(column: Any, before: datetime) -> ColumnElement[bool]:
    """Return the condition that nothing was heard since an instant, be it as the clock was put back after the last."""
    now = clock.now()
    found: ColumnElement[bool] = not_(column.between(before, now + (now - before)))
    return found


def run_out(lease_until: Any, lease: timedelta) -> ColumnElement[bool]:
    """Return the condition that a lease of so long has run out, be it as the clock was put back since it was given.

    Clocks of several machines may differ by as long again.
    """
    now = clock.now()
    found: ColumnElement[bool] = not_(lease_until.between(now, now + 2 * lease))
    return found


def any_of(column: Any, keys: Iterable[UUID]) -> ColumnElement[bool]:
    """Return the condition that a column is one of the keys, however many: a list of parameters ends at 65,535."""
    found: ColumnElement[bool] = column == any_(
        keys if isinstance(keys, BindParameter) else literal(list(keys), ARRAY(Uuid))
    )
    return found


def one_of(column: Any, words: Iterable[str]) -> ColumnElement[bool]:
    """Return the condition that a column is one of some words, as one value.

    `in_` would put them into the statement anew each time that it is sent, and go through all of its letters for it.
    """
    found: ColumnElement[bool] = column == any_(literal([str(each) for each in words], ARRAY(String)))
    return found


def among(column: Any, name: str) -> ColumnElement[bool]:
    """Return the condition that a column is one of the keys that a statement, made once, is given under a name."""
    found: ColumnElement[bool] = column == any_(bindparam(name, type_=ARRAY(Uuid)))
    return found


def within_text(column: Any, name: str) -> ColumnElement[bool]:
    """Return the condition that a column is one of the keys of a text ``{…,…}`` that a statement is given under a name.

    They are looked up in a table of them: thousands, for thousands of rows.
    """
    keys = sql_cast(bindparam(name, type_=NullType()), ARRAY(Uuid))
    found: ColumnElement[bool] = column.in_(select(func.unnest(keys)))
    return found


def coordinated(actor: Actor, organisation_id: Any) -> ColumnElement[bool]:
    """Return the condition that a column names an organisation that the actor coordinates."""
    if not actor.coordinates:
        return false()
    return true() if actor.area is None else any_of(organisation_id, actor.area.organisation_ids)


def within(actor: Actor, permission: Permission, organisation_id: Any, department: Any) -> ColumnElement[bool]:
    """Return the condition that columns name an organisation, and a unit, in which the actor may do something."""
    if not actor.may(permission):
        return false()
    at_home: ColumnElement[bool] = organisation_id == actor.organisation_id
    units = actor.departments_for(permission)
    return at_home if units is None else and_(at_home, department.in_(units))


def in_swedish_order(*names: str) -> Callable[[type[Rows]], type[Rows]]:
    """Let the database keep beside texts of a table, such as names, what lists are ordered by; see `by_swedish`.

    It is no attribute of the rows, which are read without it.
    """

    def kept(model: type[Rows]) -> type[Rows]:
        table = cast(Any, model).__table__
        for name in names:
            ordered = Computed(f"swedish_order({name}::text)", persisted=True)
            table.append_column(Column(_order_of(name), String(collation="C"), ordered, nullable=True))
        return model

    return kept


def by_swedish(column: Any) -> ColumnElement[str]:
    """Return what a text column `in_swedish_order` is ordered by: å ä ö last, é with e, whatever the case.

    Of a long text it is the beginning that orders. What it is, the function `swedish_order` of the database says, whose
    letters are those of `swedish_key`, which a test holds to.
    """
    text = column.__clause_element__()
    ordered: ColumnElement[str] = text.table.c[_order_of(text.name)]
    return ordered


def _order_of(name: str) -> str:
    return f"{name}_order"


def _snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("_")


def sequence() -> Any:
    """Return a column that numbers rows in the order in which they were written, whatever the clock says."""
    return Field(default=None, sa_type=BigInteger, sa_column_args=[Identity(always=True)], nullable=False)


class Made(SQLModel):
    """Rows with what their columns begin with."""

    def __init__(self, **values: Any) -> None:
        """Make a row. Pydantic would look anew at how each factory is called, which takes longer than all the rest."""
        super().__init__(**{name: made() for name, made in _factories(type(self)) if name not in values} | values)


class Identified(Made):
    """A UUIDv7 key: sortable by time, not guessable in sequence."""

    id: UUID = Field(default_factory=uuid7, primary_key=True)


@cache
def _factories(kind: type[SQLModel]) -> tuple[tuple[str, Callable[[], Any]], ...]:
    fields = ((name, cast(Any, each.default_factory)) for name, each in kind.model_fields.items())
    return tuple((name, factory) for name, factory in fields if factory is not None)


class Timestamped(Made):
    """When the row was made and last changed, UTC."""

    created_at: datetime = Field(default_factory=clock.now, sa_type=Instant, nullable=False)
    updated_at: datetime = Field(
        default_factory=clock.now, sa_type=Instant, nullable=False, sa_column_kwargs={"onupdate": clock.now}
    )


class Versioned(Made):
    """A counter that every change raises, shown as ETag and checked by If-Match."""

    version: int = Field(default=1, nullable=False)
