"""The audit only grows: the database refuses to change it, and seals each entry as it is committed

Revision ID: 0012
Revises: 0011

An entry says who by the member's id alone. Names stand with the members, where they can be taken away.

`audit_seal` is filled by a trigger that fires when the transaction commits, with its owner's rights: the application's
role may write no seals. It takes one lock, the last that the transaction takes, so that nobody can wait for both.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

CANONICAL = """
    jsonb_build_object(
        'id', entry.id, 'sequence', entry.sequence,
        'at', to_char(entry.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        'actor_id', entry.actor_id, 'entity', entry.entity, 'entity_id', entry.entity_id,
        'from_state', entry.from_state, 'to_state', entry.to_state, 'reason_code', entry.reason_code,
        'words', entry.words, 'run_id', entry.run_id, 'details', entry.details
    )::text
"""
SEAL = """
create function audit_seal_entry(entry {schema}.audit_entry) returns void language plpgsql
security definer set search_path = pg_catalog, pg_temp as $$
declare
    last record;
begin
    perform pg_advisory_xact_lock(7065112);
    select number, hash into last from {schema}.audit_seal order by number desc limit 1;
    insert into {schema}.audit_seal (number, entry_id, hash) values (
        coalesce(last.number, 0) + 1, entry.id, sha256(coalesce(last.hash, '') || convert_to({canonical}, 'UTF8'))
    );
end $$
"""
SEALED = """
create function audit_entry_sealed() returns trigger language plpgsql
security definer set search_path = pg_catalog, pg_temp as $$
begin
    perform {schema}.audit_seal_entry(new);
    return null;
end $$
"""
KEPT = """
create function audit_kept() returns trigger language plpgsql as $$
begin
    raise exception 'The audit only grows: % of % is refused.', lower(tg_op), tg_table_name
        using errcode = 'insufficient_privilege';
end $$
"""
ENTRY_SEALED = """
create constraint trigger audit_entry_sealed after insert on audit_entry deferrable initially deferred
for each row execute function audit_entry_sealed()
"""


def upgrade() -> None:
    """Chain the entries that there are, in their order, and guard them."""
    op.drop_column("audit_entry", "actor_name")
    op.create_table(
        "audit_seal",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit_seal")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_audit_seal_entry_id")),
    )
    schema = op.get_bind().scalar(sa.text("select quote_ident(current_schema())"))
    op.execute(SEAL.format(schema=schema, canonical=CANONICAL))
    op.execute(SEALED.format(schema=schema))
    op.execute("revoke execute on function audit_seal_entry(audit_entry), audit_entry_sealed() from public")
    op.execute(
        "do $$ declare entry audit_entry; begin for entry in select * from audit_entry order by sequence loop"
        " perform audit_seal_entry(entry); end loop; end $$"
    )
    op.execute(KEPT)
    op.execute(ENTRY_SEALED)
    for table in ("audit_entry", "audit_seal"):
        op.execute(
            f"create trigger {table}_kept before update or delete or truncate on {table}"
            " for each statement execute function audit_kept()"
        )


def downgrade() -> None:
    """Unchain the entries; whoever acted has the name that the member has now."""
    op.execute("drop trigger audit_entry_kept on audit_entry")
    op.execute("drop trigger audit_entry_sealed on audit_entry")
    op.drop_table("audit_seal")
    op.execute("drop function audit_entry_sealed()")
    op.execute("drop function audit_seal_entry(audit_entry)")
    op.execute("drop function audit_kept()")
    op.add_column("audit_entry", sa.Column("actor_name", sa.String(), nullable=True))
    op.execute(
        "update audit_entry set actor_name = case when actor_id is null then 'system' else"
        " coalesce((select name from member where member.id = actor_id), '') end"
    )
    op.alter_column("audit_entry", "actor_name", nullable=False)
