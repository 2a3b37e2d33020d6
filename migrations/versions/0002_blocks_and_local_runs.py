"""Blocks that any worker may solve, runs around one request, and values beyond 32 bits

Revision ID: 0002
Revises: 0001

Every run there is so far looked at all that was open.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

WORTHS = ("objective", "bound")


def upgrade() -> None:
    """Make the table of blocks, and let runs say what they are over and be worth more."""
    op.create_table(
        "run_block",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "leased",
                "answered",
                name="block_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("question", sa.LargeBinary(), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease", sa.Uuid(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["matching_run.id"], name=op.f("fk_run_block_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run_block")),
    )
    op.create_index(op.f("ix_run_block_run_id"), "run_block", ["run_id"], unique=False)
    op.add_column(
        "matching_run",
        sa.Column(
            "kind",
            sa.Enum("whole", "local", name="run_kind", native_enum=False, create_constraint=True, length=40),
            nullable=False,
            server_default="whole",
        ),
    )
    op.alter_column("matching_run", "kind", server_default=None)
    op.add_column("matching_run", sa.Column("request_id", sa.Uuid(), nullable=True))
    op.create_index(op.f("ix_matching_run_request_id"), "matching_run", ["request_id"], unique=False)
    op.create_foreign_key(op.f("fk_matching_run_request_id"), "matching_run", "request", ["request_id"], ["id"])
    for column in WORTHS:
        op.alter_column("matching_run", column, type_=sa.BigInteger(), existing_type=sa.Integer())


def downgrade() -> None:
    """Forget what blocks there are, what runs were over, and worths that 32 bits cannot hold."""
    for column in WORTHS:
        op.execute(f"update matching_run set {column} = null where abs({column}) > {2**31 - 1}")  # noqa: S608 (our own)
        op.alter_column("matching_run", column, type_=sa.Integer(), existing_type=sa.BigInteger())
    op.drop_constraint(op.f("fk_matching_run_request_id"), "matching_run", type_="foreignkey")
    op.drop_index(op.f("ix_matching_run_request_id"), table_name="matching_run")
    op.drop_column("matching_run", "request_id")
    op.drop_column("matching_run", "kind")
    op.drop_index(op.f("ix_run_block_run_id"), table_name="run_block")
    op.drop_table("run_block")
