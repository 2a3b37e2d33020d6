"""Runs migrations on the connection handed in, or on the configured database when Alembic is called by hand."""

from typing import Literal

from alembic import context
from sqlalchemy import Connection
from sqlmodel.sql.sqltypes import AutoString

from core.database import db
from migrations.tables import metadata

BROKER_TABLES = ("kombu_message", "kombu_queue")  # made by the embedded broker, not ours


def _ours(name: str | None, kind: str, _parents: object) -> bool:
    return not (kind == "table" and name in BROKER_TABLES)


def _plain_text(kind: str, item: object, _context: object) -> str | Literal[False]:
    """Write SQLModel's own text type as the plain one that it is in the database."""
    if kind == "type" and isinstance(item, AutoString):
        return f"sa.String(length={item.length})" if item.length else "sa.String()"
    return False


def _migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        compare_type=True,
        include_name=_ours,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


given: Connection | None = context.config.attributes.get("connection")
if given is not None:
    _migrate(given)
else:
    with db.engine().connect() as own:
        _migrate(own)
        own.commit()
