"""Deadlines wait until the clock is steady

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make room for what the sweeps see of the clock."""
    op.create_table(
        "clock_watch",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("jumped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_clock_watch_only")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock_watch")),
    )


def downgrade() -> None:
    """Forget it."""
    op.drop_table("clock_watch")
