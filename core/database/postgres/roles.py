"""The two roles of the database: its owner, who changes the schema, and the application's, who may not touch the audit.

Migrations run as the owner (`PLATSVERKET_DATABASE_OWNER_URL`), web, workers and everything else as the other
(`PLATSVERKET_DATABASE_URL`). Where the first setting is left out both are one, as in a database for trying things out.
"""

from psycopg import sql
from sqlalchemy import URL, Connection, Engine, make_url, text
from sqlmodel import Session

from core.database import db
from core.errors import BadInput, Conflict
from core.settings import settings

GROWING = ("audit_entry", "movement")
"""Tables that the application writes to and never changes."""
READ_ONLY = ("audit_seal", "alembic_version")
_PARTED = text("""
    select not bool_or(has_table_privilege(oid, 'update, delete, truncate') or pg_has_role(relowner, 'member'))
    from pg_class where oid in (to_regclass('audit_entry'), to_regclass('audit_seal'))
""")


def owner_url() -> URL:
    """Return where migrations connect.

    Raises
    ------
    BadInput
        It is another database than the application's.
    """
    running = db.engine().url
    if settings().database_owner_url is None:
        return running
    owner = make_url(db.sqlalchemy_url(settings().database_owner_url or ""))
    if owner.database != running.database:
        raise BadInput(
            "PLATSVERKET_DATABASE_OWNER_URL",
            owner.database,
            f"it names another database than PLATSVERKET_DATABASE_URL, which is {running.database}",
        )
    return owner


def admit(owner: Engine, role: URL) -> None:
    """Let the application's role, made where there is none, do what the application needs, and no more."""
    if role.username is None or role.username == owner.url.username:
        return
    with owner.begin() as connection:
        if not connection.scalar(text("select 1 from pg_roles where rolname = :role"), {"role": role.username}):
            _make(connection, role.username, role.password)
        _grant(connection, role.username)


def check_parted(session: Session) -> None:
    """Refuse a role that could change the audit.

    Raises
    ------
    Conflict
        ``database_role``: it is a superuser, owns the audit or may change it.
    """
    if session.scalar(_PARTED) is False:
        raise Conflict(
            "database_role",
            "The role in PLATSVERKET_DATABASE_URL may change the audit. Name another there, which owns nothing, and the"
            " owner in PLATSVERKET_DATABASE_OWNER_URL for `platsverket db upgrade`, which makes it and its rights.",
        )


def _make(connection: Connection, role: str, password: str | None) -> None:
    statement = sql.SQL("create role {} login").format(sql.Identifier(role))
    if password:  # as PostgreSQL keeps it, so that it stands in no log of statements
        driver = connection.connection.dbapi_connection
        kept = driver.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256")  # type: ignore[union-attr]
        statement += sql.SQL(" password {}").format(sql.Literal(kept.decode()))
    connection.exec_driver_sql(statement.as_string())


def _grant(connection: Connection, role: str) -> None:
    schema = connection.scalar(text("select current_schema()"))
    names = {"role": sql.Identifier(role), "schema": sql.Identifier(str(schema))}
    statements = [
        "grant usage on schema {schema} to {role}",
        "grant select, insert, update, delete on all tables in schema {schema} to {role}",
        "grant usage, select on all sequences in schema {schema} to {role}",
        *(f"revoke update, delete on {table} from {{role}}" for table in GROWING),
        *(f"revoke insert, update, delete on {table} from {{role}}" for table in READ_ONLY),
    ]
    for statement in statements:
        connection.exec_driver_sql(sql.SQL(statement).format(**names).as_string())
